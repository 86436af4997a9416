// The account that an owner's commands log in with, as options.

import { Option } from "commander";
import type { Command } from "commander";
import { serviceOf } from "../connecting.js";
import type { ClaimerAccount, OnStanza } from "../claimer/index.js";
import type { CertificateTrust } from "../certificates/index.js";
import { usageFailure } from "../failure.js";
import type { HostAndPort } from "./parsers.js";
import { fingerprintOf, fullJidOf, hostAndPort } from "./parsers.js";

export interface TrustFlags {
  trusting?: boolean;
  fingerprint?: string;
}

export interface AccountFlags extends TrustFlags {
  xmpp: HostAndPort;
  tls?: boolean;
  jid: string;
  password?: string;
  trace?: boolean;
  json?: boolean;
}

export function withAccount(command: Command): Command {
  return command
    .requiredOption("--xmpp <host:port>", "your XMPP server", hostAndPort)
    .requiredOption("--jid <address>", "your full address: claims are for it", fullJidOf)
    .addOption(new Option("--password <text>", "your password").env("MICROSPIME_PASSWORD"))
    .option("--tls", "direct TLS (XEP-0368); else STARTTLS where the server offers it")
    .option("--trusting", "believe any certificate, and do without STARTTLS, as a board does")
    .option(
      "--fingerprint <sha256>",
      "believe this certificate of the server's, and no other",
      fingerprintOf,
    )
    .option("--trace", "show every stanza, → sent, ← received")
    .option("--json", "one JSON object a line, for scripts");
}

export function accountOf(flags: AccountFlags, onStanza: OnStanza): ClaimerAccount {
  const { tls = false, jid, trace = false } = flags;
  if (!flags.password) {
    const message = "--password (or MICROSPIME_PASSWORD) is needed.";
    throw usageFailure(message, `It is that of ${jid}.`);
  }
  const service = serviceOf(flags.xmpp.host, flags.xmpp.port, tls);
  const { password } = flags;
  return { service, jid, password, ...trustFrom(flags), ...(trace && { onStanza }) };
}

/** What is demanded of the server's certificate. */
export function trustFrom({ trusting = false, fingerprint }: TrustFlags): CertificateTrust {
  if (trusting && fingerprint !== undefined) {
    const message = "--trusting believes any certificate, --fingerprint one.";
    throw usageFailure(message, "Leave one of them out.");
  }
  return { isTrusting: trusting, ...(fingerprint !== undefined && { fingerprint }) };
}
