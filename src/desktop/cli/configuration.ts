// A board's configuration from options: docs/configuration.md has its fields.

import type { Configuration, WifiSettings } from "../../firmware/configuration.js";
import { ExitCode, Failure } from "../failure.js";
import type { HostAndPort } from "./parsers.js";

export interface ConfigurationFlags {
  xmpp?: HostAndPort;
  tls?: boolean;
  jid?: string;
  password?: string;
  scopenode?: string;
  certifier?: string;
  sign: boolean;
  encrypt: boolean;
  exposure?: string;
  period?: number;
  wifiSsid?: string;
  wifiPassword?: string;
}

const DEFAULT_PERIOD_S = 60;

/** Nothing where none of its options is given: passwords may be in the environment for other commands. */
export function configurationOf(flags: ConfigurationFlags): Configuration | undefined {
  if (!isWanted(flags)) return undefined;
  const { host, port } = demand(flags.xmpp, "--xmpp");
  const { tls = false, exposure = "", period = DEFAULT_PERIOD_S } = flags;
  const wifi = wifiOf(flags);
  return {
    host,
    port,
    tls,
    jid: demand(flags.jid, "--jid"),
    password: demand(flags.password, "--password (or MICROSPIME_PASSWORD)"),
    scopenode: demand(flags.scopenode, "--scopenode"),
    ...securityOf(flags),
    exposure,
    samplePeriodS: period,
    ...(wifi && { wifi }),
  };
}

function isWanted(flags: ConfigurationFlags): boolean {
  const { xmpp, tls, jid, scopenode, certifier, exposure, period, wifiSsid } = flags;
  const given = [xmpp, tls, jid, scopenode, certifier, exposure, period, wifiSsid];
  return given.some((value) => value !== undefined) || !flags.sign || !flags.encrypt;
}

/** The ScopeNode's key is told by the certification service: without one nothing can be encrypted. */
function securityOf({ certifier, sign, encrypt }: ConfigurationFlags) {
  return certifier === undefined ? {} : { certifier, sign, encrypt };
}

/** IEEE 802.11i: a passphrase, or the key itself in hexadecimal. */
const WIFI_PASSWORD = /^(?:[ -~]{8,63}|[0-9A-Fa-f]{64})?$/;

/** Without a password it is an open network. */
function wifiOf({ wifiSsid: ssid, wifiPassword = "" }: ConfigurationFlags) {
  if (ssid === undefined) return undefined;
  if (!WIFI_PASSWORD.test(wifiPassword)) {
    const message = "--wifi-password must have 8 to 63 characters of ASCII.";
    throw new Failure(ExitCode.usage, message, "Leave it out for a network that is open.");
  }
  return { ssid, password: wifiPassword } satisfies WifiSettings;
}

/** An empty one, from the environment for example, is none. */
function demand<T>(value: T | undefined, option: string): T {
  if (value) return value;
  const message = `For microspime.json ${option} is needed too.`;
  throw new Failure(ExitCode.usage, message, "microspime provision --help lists what it takes.");
}
