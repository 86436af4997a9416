// What the owner asks of a spime, OpenSpime v0.9 section 1.1.0: an iq set to its full JID.

import type { Element } from "@xmpp/client";
import { ExitCode, Failure } from "../failure.js";
import { isAddress, parseAddress } from "../openspime/address.js";
import type { XmlElement } from "../openspime/element.js";
import { explain } from "./explanations.js";
import type { Explanations } from "./explanations.js";
import type { ClaimerAccount } from "./login.js";
import { envelopeOf } from "./request.js";
import type { Session } from "./session.js";
import { withSigner } from "./signer.js";
import type { Signing } from "./signer.js";

export interface SpimeRequest extends ClaimerAccount {
  /** Full JID. */
  readonly spime: string;
  /** Without it the request is not signed. */
  readonly signing?: Signing;
  /** A chip without accelerator takes minutes for a claim key: default 10 minutes. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 600_000;

/** The iq of the result; rejects with a `Failure`. */
export async function askSpime(
  session: Session,
  request: SpimeRequest,
  payload: Element,
  explanations: Explanations,
): Promise<XmlElement> {
  const { spime, signing, timeoutMs = TIMEOUT_MS } = request;
  const ask = (query: Element) => session.ask(spime, query, timeoutMs);
  const reply = await (signing
    ? withSigner(signing, session, request, (signer) => ask(envelopeOf(payload, signer)))
    : ask(envelopeOf(payload)));
  if ("result" in reply) return reply.result;
  throw "error" in reply ? explain(spime, reply.error, explanations) : silent(spime, timeoutMs);
}

export function checkSpime(spime: string): void {
  const isFull = isAddress(spime) && parseAddress(spime).resource !== "";
  if (!isFull) throw new TypeError("spime: not a full address");
}

function silent(spime: string, timeoutMs: number): Failure {
  const message = `${spime} has not answered in ${timeoutMs / 1000} s.`;
  const advice =
    "Try again: what it has made meanwhile it need not make anew. --wait waits longer.";
  return new Failure(ExitCode.notAcknowledged, message, advice);
}
