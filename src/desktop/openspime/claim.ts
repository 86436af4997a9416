// Claiming, OpenSpime v0.9 section 1.1.0:
//
//   <claim xmlns='openspime:protocol:extension:claim' version='0.9'>
//     <request claims='4A6B-5638-0312111D@spime.openspime.com/spime'/></claim>
//
//   <claim xmlns='openspime:protocol:extension:claim' version='0.9'>
//     <response authorizes='owner@mydomain.com'><claimkey>base64</claimkey></response></claim>
//
// The document leaves open who may claim and how a claim ends. Here a request may have a pairing code in
// `code`, and `<release claims='…'/>` in the place of `<request/>` gives a claim back.

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { childrenNamed, isOpenSpime, textOf } from "./element.js";
import type { XmlElement } from "./element.js";
import { CLAIM } from "./namespaces.js";

export interface ClaimResponse {
  /** Bare JID. */
  readonly authorizes: string;
  /** For claim-key.ts. */
  readonly claimKey: string;
}

/** The element inside `<transport>`; `claims` is the spime's full JID. */
export function claimRequest(claims: string, code?: string): Element {
  return claim(xml("request", { claims, ...(code !== undefined && { code }) }));
}

export function releaseRequest(claims: string): Element {
  return claim(xml("release", { claims }));
}

export function claimResponse({ authorizes, claimKey }: ClaimResponse): Element {
  return claim(xml("response", { authorizes }, xml("claimkey", {}, claimKey)));
}

/** Undefined for an element that is no response to a claim; one without a namespace is taken as printed. */
export function parseClaimResponse(payload: XmlElement): ClaimResponse | undefined {
  if (!isOpenSpime(payload, "claim", CLAIM)) return undefined;
  const [response, second] = childrenNamed(payload, "response", CLAIM);
  const [key] = response ? childrenNamed(response, "claimkey", CLAIM) : [];
  if (response === undefined || second !== undefined || key === undefined) return undefined;
  return { authorizes: response.attrs.authorizes ?? "", claimKey: textOf(key) };
}

function claim(child: Element): Element {
  return xml("claim", { xmlns: CLAIM, version: "0.9" }, child);
}
