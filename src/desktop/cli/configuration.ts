// A board's configuration from options: docs/configuration.md has its fields.

import { randomInt } from "node:crypto";
import type { ClaimsSettings, SampleSettings, WifiSettings } from "../../firmware/configuration.js";
import { usageFailure } from "../failure.js";
import type { BoardConfiguration } from "../provisioning/board-configuration.js";
import { newSecret } from "../sim/embedded-addresses.js";
import { demandFor } from "./demand.js";
import type { HostAndPort } from "./parsers.js";

export interface ConfigurationFlags {
  xmpp?: HostAndPort;
  tls?: boolean;
  plainTo?: string;
  jid?: string;
  password?: string;
  register?: boolean;
  accountLater?: boolean;
  loginKeys?: boolean;
  fingerprint?: string;
  scopenode?: string;
  certifier?: string;
  sign: boolean;
  encrypt: boolean;
  suite?: string;
  claims?: ClaimPolicy;
  owner?: string[];
  claimDays?: number;
  buttonSeconds?: number;
  pubsub?: string;
  exposure?: string;
  period?: number;
  co2Preheat?: number;
  location?: string;
  withoutFix?: string;
  leastPpm?: number;
  mostPpm?: number;
  mostStepPpm?: number;
  wifiSsid?: string;
  wifiPassword?: string;
}

/** As it is written, or with keys in the password's place. */
export type NewConfiguration = BoardConfiguration & { readonly password: string };

/** Who may claim a board: docs/configuration.md. */
export const CLAIM_POLICIES = ["none", "open", "owners", "first", "button", "code"] as const;

export type ClaimPolicy = (typeof CLAIM_POLICIES)[number];

const demand = demandFor("provision", "For microspime.json");

const DEFAULT_PERIOD_S = 60;
const DEFAULT_CLAIM_DAYS = 365;
const DEFAULT_BUTTON_S = 60;

/** Nothing where none of its options is given: passwords may be in the environment for other commands. */
export function configurationOf(flags: ConfigurationFlags): NewConfiguration | undefined {
  checkClaimFlags(flags);
  checkFingerprint(flags);
  checkAccountFlags(flags);
  if (!isWanted(flags)) return undefined;
  const { host, port } = demand(flags.xmpp, "--xmpp");
  const { tls = false, plainTo, fingerprint, exposure = "", period = DEFAULT_PERIOD_S } = flags;
  const wifi = wifiOf(flags);
  return {
    host,
    port,
    tls,
    ...(plainTo !== undefined && { plainTo }),
    jid: demand(flags.jid, "--jid"),
    password: passwordOf(flags),
    ...(tls && fingerprint !== undefined && { fingerprint }),
    scopenode: demand(flags.scopenode, "--scopenode"),
    ...securityOf(flags),
    ...claimsOf(flags),
    ...(flags.pubsub !== undefined && { pubsub: flags.pubsub }),
    exposure,
    samplePeriodS: period,
    ...samplesOf(flags),
    ...(flags.co2Preheat !== undefined && { co2PreheatS: flags.co2Preheat }),
    ...(wifi && { wifi }),
  };
}

/** An account that is made gets a password of its own, as strong as 144 random bits. */
function passwordOf({ password, register, accountLater }: ConfigurationFlags): string {
  if (register || accountLater) return password || newSecret();
  return demand(password, "--password (or MICROSPIME_PASSWORD)");
}

/** Without TLS a board sees no certificate; this program does, by STARTTLS. */
function checkFingerprint({ fingerprint, tls, register, loginKeys }: ConfigurationFlags): void {
  if (fingerprint === undefined || tls || register || loginKeys) return;
  const message = "--fingerprint is of a certificate, and without --tls the board sees none.";
  throw usageFailure(message, "Give --tls too.");
}

function checkAccountFlags({ accountLater, register, loginKeys }: ConfigurationFlags): void {
  if (!accountLater || !(register || loginKeys)) return;
  const other = register ? "--register" : "--login-keys";
  throw usageFailure(
    `${other} talks to the server about an account, and with --account-later there is none yet.`,
    "Leave one of them out.",
  );
}

function isWanted(flags: ConfigurationFlags): boolean {
  const { xmpp, tls, jid, scopenode, certifier, exposure, period, wifiSsid } = flags;
  const { claims, owner, claimDays, buttonSeconds, pubsub, suite } = flags;
  const { register, accountLater, loginKeys, fingerprint, plainTo } = flags;
  const ofAccount = [register, accountLater, loginKeys, fingerprint, plainTo];
  const ofOthers = [
    certifier,
    suite,
    claims,
    owner,
    claimDays,
    buttonSeconds,
    pubsub,
    ...ofAccount,
  ];
  const ofSamples = [flags.co2Preheat, ...Object.values(sampleSettings(flags))];
  const given = [xmpp, tls, jid, scopenode, exposure, period, wifiSsid, ...ofOthers, ...ofSamples];
  return given.some((value) => value !== undefined) || !flags.sign || !flags.encrypt;
}

function sampleSettings(flags: ConfigurationFlags): SampleSettings {
  const { location, withoutFix, leastPpm, mostPpm, mostStepPpm } = flags;
  return { location, withoutFix, leastPpm, mostPpm, mostStepPpm };
}

/** Those that are given; the board has its defaults. */
function samplesOf(flags: ConfigurationFlags): { samples?: SampleSettings } {
  const { leastPpm = 0, mostPpm = Infinity } = flags;
  if (leastPpm > mostPpm) {
    throw usageFailure("--least-ppm is more than --most-ppm.", "No reading would be let in.");
  }
  const given = Object.entries(sampleSettings(flags)).filter(([, value]) => value !== undefined);
  return given.length > 0 ? { samples: Object.fromEntries(given) } : {};
}

/** The ScopeNode's key is told by the certification service: without one nothing can be encrypted. */
function securityOf({ certifier, sign, encrypt, suite }: ConfigurationFlags) {
  if (certifier === undefined && suite !== undefined) {
    throw usageFailure("--suite needs --certifier.", "Without it nothing is signed or encrypted.");
  }
  return certifier === undefined ? {} : { certifier, sign, encrypt, ...(suite && { suite }) };
}

/** A claim key is opened with the board's certified key: without a certification service there is none. */
function claimsOf(flags: ConfigurationFlags): { claims?: ClaimsSettings } {
  const { claims: policy, certifier, owner, claimDays: days = DEFAULT_CLAIM_DAYS } = flags;
  if (policy === undefined || policy === "none") return {};
  if (certifier === undefined) {
    throw usageFailure("--claims needs --certifier.", "It tells claimers the board's public key.");
  }
  const windowS = flags.buttonSeconds ?? DEFAULT_BUTTON_S;
  return {
    claims: {
      policy,
      ...(policy === "owners" && { owners: owner ?? [] }),
      ...(policy === "code" && { code: newCode() }),
      ...(policy === "button" && { windowS }),
      days,
    },
  };
}

function checkClaimFlags({ claims, owner, buttonSeconds }: ConfigurationFlags): void {
  if ((claims === "owners") !== (owner !== undefined)) {
    throw usageFailure("--claims owners and --owner go together.", "Name each owner with --owner.");
  }
  if (buttonSeconds !== undefined && claims !== "button") {
    throw usageFailure("--button-seconds is for --claims button.", "Leave it out.");
  }
}

/** As people read digits aloud: 1234-5678. The board lets in six tries at once and one in ten seconds. */
function newCode(): string {
  const half = () => String(randomInt(10_000)).padStart(4, "0");
  return `${half()}-${half()}`;
}

/** IEEE 802.11i: a passphrase, or the key itself in hexadecimal. */
const WIFI_PASSWORD = /^(?:[ -~]{8,63}|[0-9A-Fa-f]{64})?$/;

/** Without a password it is an open network. */
function wifiOf({ wifiSsid: ssid, wifiPassword = "" }: ConfigurationFlags) {
  if (ssid === undefined) return undefined;
  if (!WIFI_PASSWORD.test(wifiPassword)) {
    const message = "--wifi-password must have 8 to 63 characters of ASCII.";
    throw usageFailure(message, "Leave it out for a network that is open.");
  }
  return { ssid, password: wifiPassword } satisfies WifiSettings;
}
