// The envelope of what the claimer asks: OpenSpime v0.9 sections 1.1.0, unsigned, and 1.2.1:
//
//   <openspime xmlns='openspime:protocol:core' version='0.9'>
//     <originator cert='cert.spimeowners.com' osid='spimeowner@mydomain.com/web'>
//       <sign>base64</sign>
//       <claimkey cert='services@spime.openspime.com/cert' claims='full JID'>base64</claimkey>
//     </originator>
//     <transport>…</transport>
//   </openspime>

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { CORE } from "../openspime/namespaces.js";
import { sign } from "../openspime/signature.js";
import type { Signer } from "./signer.js";

/** What `<claimkey>` in `<originator>` says. */
export interface ShownClaim {
  /** Full JID of the claimed spime. */
  readonly spime: string;
  /** Address of the certification service that has the claimed spime's key. */
  readonly certifier: string;
  /** Base64. */
  readonly claimKey: string;
}

/** Unsigned without a signer. */
export function envelopeOf(payload: Element, signer?: Signer, claim?: ShownClaim): Element {
  const parts = [xml("transport", {}, payload)];
  if (signer) parts.unshift(originatorOf(payload, signer, claim));
  return xml("openspime", { xmlns: CORE, version: "0.9" }, ...parts);
}

function originatorOf(payload: Element, signer: Signer, claim?: ShownClaim): Element {
  const { key, osid, certifier: cert } = signer;
  const parts = [xml("sign", {}, sign(payload, key))];
  if (claim) {
    const { spime: claims, certifier, claimKey } = claim;
    parts.push(xml("claimkey", { cert: certifier, claims }, claimKey));
  }
  return xml("originator", { cert, osid }, ...parts);
}
