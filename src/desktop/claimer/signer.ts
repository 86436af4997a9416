// Who a request comes from, OpenSpime v0.9 section 1.0.1: the owner's key, and the certification service that
// tells its public half. The owner may bring that service along: section 1.2.1 has it on a domain of his own.

import type { KeyObject } from "node:crypto";
import type { CertificateTrust } from "../certificates/index.js";
import { joinCertifier } from "../certification/joining.js";
import type { CertifierLogin } from "../certification/joining.js";
import { publicPemOf } from "../openspime/keys.js";
import type { Session } from "./session.js";

export interface Signing {
  /** Private. */
  readonly key: KeyObject;
  /** One that runs elsewhere and has the key, by its address; or the account to run one with meanwhile. */
  readonly certifier: string | CertifierLogin;
}

export interface Signer {
  readonly key: KeyObject;
  readonly osid: string;
  /** Address of the certification service. */
  readonly certifier: string;
}

/** Runs the certification service, where it is to be ours, as long as the task. */
export async function withSigner<T>(
  { key, certifier }: Signing,
  { jid: osid }: Session,
  trust: CertificateTrust,
  task: (signer: Signer) => Promise<T>,
): Promise<T> {
  if (typeof certifier === "string") return task({ key, osid, certifier });
  const service = await joinCertifier({
    login: certifier,
    keys: new Map([[osid, publicPemOf(key)]]),
    trust,
    advice: "Check --xmpp and --certifier-jid, or use --certifier.",
  });
  try {
    return await task({ key, osid, certifier: service.jid });
  } finally {
    await service.stop();
  }
}
