// Whether who asks for a spime's data may have them, in the order of OpenSpime v0.9 section 1.2.1: the claim
// key, if there is one, and then the signature of the request. A spime that asks for its own (section 1.2.0)
// needs no claim key. An item of a PubSub node proves no sender: what is not signed is not answered.

import type { KeyObject } from "node:crypto";
import { isSameAddress } from "../openspime/address.js";
import { openEnvelope, openSealedClaimKey } from "../openspime/opening.js";
import type { Security } from "../openspime/opening.js";
import type { SealedClaimKey } from "../openspime/envelope.js";
import type { SeekCall } from "./seek-call.js";

export type Denial = "unsigned" | "not-entitled" | "claim-key-refused" | "signature-refused";

/** The key that who asks has signed with, or why there is no answer. */
export type Authority =
  { readonly key: KeyObject } | { readonly denial: Denial; readonly text: string };

export async function authorize(call: SeekCall, security: Security, now: Date): Promise<Authority> {
  const { osid, request, envelope } = call;
  const { claimKey, signature } = envelope;
  if (signature === undefined) return deny("unsigned", `${osid} did not sign`);
  if (claimKey === undefined) {
    if (osid !== request.spimeId) return deny("not-entitled", `${osid} has no claim key`);
  } else {
    const refusal = await checkClaimKey(claimKey, call, security, now);
    if (refusal !== undefined) return deny("claim-key-refused", refusal);
  }
  const opened = await openEnvelope(envelope, osid, security);
  if ("fault" in opened) return deny("signature-refused", opened.fault.text);
  const { signerKey } = opened.value;
  return signerKey ? { key: signerKey } : deny("unsigned", `${osid} did not sign`);
}

/** Why the claim key is not one, or undefined. */
async function checkClaimKey(
  sealed: SealedClaimKey,
  { osid, request }: SeekCall,
  security: Security,
  now: Date,
): Promise<string | undefined> {
  if (!isSameAddress(sealed.claims, request.spimeId)) return "it claims another spime";
  const opened = await openSealedClaimKey(sealed, security);
  if ("fault" in opened) return opened.fault.text;
  const { osid: authorized, expiresAt } = opened.value;
  if (!isSameAddress(authorized, osid)) return `it does not authorize ${osid}`;
  return expiresAt > now ? undefined : `it expired at ${expiresAt.toISOString()}`;
}

function deny(denial: Denial, text: string): Authority {
  return { denial, text };
}
