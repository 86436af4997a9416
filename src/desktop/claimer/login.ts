// Logging in as an account, RFC 6120 sections 5 to 7: with TLS, direct or by STARTTLS where the server offers
// it, its certificate is verified. The password itself goes over TLS only: else it is SCRAM or no login.

import type { Entity } from "@xmpp/client";
import type { CertificateTrust } from "../certificates/index.js";
import { clientOf } from "../certification/client-of.js";
import { goOnline } from "../certification/going-online.js";
import { connectionAdvice, connectionReason, whereOf } from "../connecting.js";
import { ExitCode, Failure, messageOf } from "../failure.js";
import { isAddress, parseAddress } from "../openspime/address.js";
import { watchStanzas } from "../openspime/watching.js";
import type { OnStanza } from "../openspime/watching.js";
import { within } from "../within.js";

export type { OnStanza } from "../openspime/watching.js";

/** `isTrusting`: connects as a board does: no STARTTLS, any certificate, SCRAM or nothing. */
export interface ClaimerAccount extends CertificateTrust {
  /** xmpp://host:port, or xmpps:// for direct TLS. */
  readonly service: string;
  /** Full: its resource is part of the osid that a claim key holds. */
  readonly jid: string;
  readonly password: string;
  /** Stanzas after the login, as XML. */
  readonly onStanza?: OnStanza;
}

export interface LoggedIn {
  readonly entity: Entity;
  /** Full, as the server shows it. */
  readonly jid: string;
}

const LOGIN_TIMEOUT_MS = 30_000;
const IN_TIME = "the server did not answer in time";

/** Rejects with a `Failure`. */
export async function logIn(account: ClaimerAccount): Promise<LoggedIn> {
  checkAccount(account);
  const entity = entityOf(account);
  // An "error" that nobody hears would end the process; what it ends is the connection.
  entity.on("error", () => {});
  entity.reconnect.stop();
  try {
    const jid = await within(LOGIN_TIMEOUT_MS, IN_TIME, goOnline(entity));
    checkResource(jid, account);
    if (account.onStanza) watchStanzas(entity, account.onStanza);
    return { entity, jid };
  } catch (error) {
    await entity.stop();
    throw error instanceof Failure ? error : refused(account, error);
  }
}

function checkAccount({ service, jid }: ClaimerAccount): void {
  if (!/^xmpps?:\/\/[^/]+$/.test(service)) throw new TypeError("service: not xmpp://host:port");
  const { local, resource } = parseAddress(jid);
  if (!isAddress(jid) || !local || !resource) throw new TypeError("jid: not a full address");
}

function entityOf(account: ClaimerAccount): Entity {
  const { service, jid, password } = account;
  const { local: username, domain, resource } = parseAddress(jid);
  return clientOf({ service, domain, resource }, account, { username, password });
}

/** RFC 6120 section 7.6: a server may choose another, and then claim keys are for somebody else. */
function checkResource(jid: string, account: ClaimerAccount): void {
  if (parseAddress(jid).resource === parseAddress(account.jid).resource) return;
  const message = `The server made ${account.jid} ${jid}, and claims are for a full address.`;
  throw new Failure(
    ExitCode.network,
    message,
    "Give the address that the server makes with --jid.",
  );
}

/** What the package says where only PLAIN is offered, and that over an open line. */
const NO_MECHANISM = /^SASL: Mechanism undefined/;

function refused({ service, jid }: ClaimerAccount, error: unknown): Failure {
  const isSasl = error instanceof Error && error.name === "SASLError";
  const isRefused = isSasl || NO_MECHANISM.test(messageOf(error));
  const where = whereOf(service);
  return new Failure(
    isRefused ? ExitCode.loginRefused : ExitCode.network,
    `${jid} cannot log in at ${where}: ${reasonOf(error)}.`,
    isRefused
      ? "Check --jid and --password, or use --tls."
      : connectionAdvice(error, "; --trusting believes any"),
  );
}

function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (NO_MECHANISM.test(message)) return "the server offers no SCRAM login";
  if (error instanceof Error && error.name === "TimeoutError") return IN_TIME;
  return connectionReason(error);
}
