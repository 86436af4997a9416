// A certification service that a command runs beside its own work, as an account on a server: the login as
// people write it, and what to tell them if it fails.

import { trustOf } from "../certificates/index.js";
import type { CertificateTrust } from "../certificates/index.js";
import { whereOf } from "../connecting.js";
import { ExitCode, Failure, messageOf } from "../failure.js";
import { startCertificationService } from "./certification.js";
import type { CertificationService } from "./certification.js";
import type { KeySource } from "./key-store.js";

export interface CertifierLogin {
  /** xmpp://host:port, or xmpps:// for direct TLS. */
  readonly service: string;
  /** Its resource is `cert` where it has none. */
  readonly jid: string;
  readonly password: string;
}

export interface CertifierOptions {
  readonly login: CertifierLogin;
  readonly keys: KeySource;
  /** As in `ClientLogin`. */
  readonly trust: CertificateTrust;
  /** What to do where it is not the login that was refused. */
  readonly advice: string;
}

const RESOURCE = "cert";

/** Rejects with a `Failure`. */
export async function joinCertifier(options: CertifierOptions): Promise<CertificationService> {
  const { login, keys, trust } = options;
  const { service, password } = login;
  const [bare, resource] = certifierJidOf(login).split(/\/(.*)/s);
  const [username, domain] = bare.split("@");
  try {
    const account = { service, username, domain, resource, password };
    return await startCertificationService({ ...account, ...trustOf(trust), keys });
  } catch (error) {
    const refused = "Check --certifier-jid and --certifier-password.";
    const where = whereOf(service);
    const advice = { refused, otherwise: options.advice };
    throw accountRefused(certifierJidOf(login), where, advice, error);
  }
}

export function certifierJidOf({ jid }: CertifierLogin): string {
  return jid.includes("/") ? jid : `${jid}/${RESOURCE}`;
}

/** What to do where the login was refused, and where it did not come so far. */
interface Advice {
  readonly refused: string;
  readonly otherwise: string;
}

/** `where` is host:port, the error is one of `startCertificationService`. */
export function accountRefused(
  jid: string,
  where: string,
  advice: Advice,
  error: unknown,
): Failure {
  const cause = error instanceof Error ? error.cause : undefined;
  const isRefused = cause instanceof Error && cause.name === "SASLError";
  const reason = messageOf(error).replace(/^certification service \S+ on \S+: /, "");
  return new Failure(
    isRefused ? ExitCode.loginRefused : ExitCode.network,
    `The certification service cannot log in as ${jid} at ${where}: ${reason}.`,
    isRefused ? advice.refused : advice.otherwise,
  );
}
