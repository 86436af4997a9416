// The server from outside that a simulation or a tour runs on, as options.

import { serviceOf } from "../connecting.js";
import { usageFailure } from "../failure.js";
import type { CertifierLogin } from "../certification/joining.js";
import type { ComponentLogin, OutsideServer } from "../sim/cast.js";
import type { TourServer } from "../tour/stage.js";
import { trustFrom } from "./account.js";
import { demandFor } from "./demand.js";
import type { HostAndPort } from "./parsers.js";

export interface OutsideFlags {
  tls?: boolean;
  trusting?: boolean;
  fingerprint?: string;
  plain?: boolean;
  xmpp?: HostAndPort;
  jid?: string;
  password?: string;
  component?: HostAndPort;
  componentDomain?: string;
  componentSecret?: string;
  scopenode?: string;
  certifier?: string;
  certifierJid?: string;
  certifierPassword?: string;
  ownerJid?: string;
  ownerPassword?: string;
  pubsub?: string;
}

const DEFAULT_COMPONENT_PORT = 5347;

const demand = demandFor("sim", "With --xmpp,");

function componentOf(flags: OutsideFlags, host: string): ComponentLogin {
  const { component = { host, port: DEFAULT_COMPONENT_PORT } } = flags;
  const domain = demand(flags.componentDomain, "--component-domain (or --scopenode)");
  const secret = demand(flags.componentSecret, "--component-secret (or MICROSPIME_SECRET)");
  return { ...component, domain, secret };
}

/** Whoever forgets --xmpp would see a simulation on the embedded server, and take it for his own. */
function refuseWithoutXmpp(flags: OutsideFlags): void {
  const { jid, component, componentDomain, scopenode, certifier, certifierJid } = flags;
  const { ownerJid, pubsub, trusting, fingerprint } = flags;
  const given = Object.entries({
    "--jid": jid,
    "--component": component,
    "--component-domain": componentDomain,
    "--scopenode": scopenode,
    "--certifier": certifier,
    "--certifier-jid": certifierJid,
    "--owner-jid": ownerJid,
    "--pubsub": pubsub,
    "--trusting": trusting,
    "--fingerprint": fingerprint,
  }).find(([, value]) => value !== undefined);
  if (!given) return;
  const message = `${given[0]} is about an outside server, and --xmpp is missing.`;
  throw usageFailure(message, "Name it with --xmpp host:port.");
}

/** The board's, and only TLS has one. */
function checkTrust({ tls, trusting, fingerprint }: OutsideFlags): void {
  if (tls || (!trusting && fingerprint === undefined)) return;
  const option = trusting ? "--trusting" : "--fingerprint";
  throw usageFailure(`${option} is about a certificate, and --tls is missing.`, "Give --tls too.");
}

export function outsideOf(flags: OutsideFlags): OutsideServer | undefined {
  if (!flags.xmpp) {
    refuseWithoutXmpp(flags);
    return undefined;
  }
  checkTrust(flags);
  const { host } = flags.xmpp;
  const jid = demand(flags.jid, "--jid");
  const password = demand(flags.password, "--password (or MICROSPIME_PASSWORD)");
  const scopenode = flags.scopenode ?? componentOf(flags, host);
  const certifier = flags.plain ? undefined : certifierOf(flags, flags.xmpp, jid);
  return { ...flags.xmpp, jid, password, scopenode, certifier, ...trustFrom(flags) };
}

/** Who tells the public keys: one that runs elsewhere, or one to start with an account there. */
function certifierOf(flags: OutsideFlags, { host, port }: HostAndPort, jid: string) {
  const { certifier, certifierJid, certifierPassword } = flags;
  if (!jid.includes("/")) {
    const message = `--jid ${jid} has no resource, and keys are registered under full addresses.`;
    throw usageFailure(message, `Write --jid ${jid}/spime, or use --plain.`);
  }
  if (certifier !== undefined) return certifier;
  if (certifierJid === undefined) {
    const message =
      "Signed reports need a certification service on that server, and none is named.";
    throw usageFailure(message, "Name it with --certifier-jid, or use --plain.");
  }
  const password = demand(certifierPassword, "--certifier-password (or MICROSPIME_CERT_PASSWORD)");
  const service = serviceOf(host, port, flags.tls);
  return { service, jid: certifierJid, password } satisfies CertifierLogin;
}

/** Who is needed on a server from outside for the whole document; nothing without --xmpp. */
export function tourServerOf(flags: OutsideFlags): TourServer | undefined {
  const { xmpp, tls = false } = flags;
  if (!xmpp) {
    refuseWithoutXmpp(flags);
    return undefined;
  }
  checkTrust(flags);
  return {
    ...xmpp,
    ...trustFrom(flags),
    tls,
    jid: demand(flags.jid, "--jid"),
    password: demand(flags.password, "--password (or MICROSPIME_PASSWORD)"),
    scopenode: componentOf(flags, xmpp.host),
    certifier: {
      service: serviceOf(xmpp.host, xmpp.port, tls),
      jid: demand(flags.certifierJid, "--certifier-jid"),
      password: demand(
        flags.certifierPassword,
        "--certifier-password (or MICROSPIME_CERT_PASSWORD)",
      ),
    },
    owner: {
      jid: demand(flags.ownerJid, "--owner-jid"),
      password: demand(flags.ownerPassword, "--owner-password (or MICROSPIME_OWNER_PASSWORD)"),
    },
    pubsub: demand(flags.pubsub, "--pubsub"),
  };
}
