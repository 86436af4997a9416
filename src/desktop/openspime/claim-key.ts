// The claim key, OpenSpime v0.9 section 1.1.0 and the facts table of the vectors' README: PKCS#1 blocks of
// type 1, by the claimed spime's private key, in base64, of the text
//
//   <claimkey xmlns='openspime:protocol:core:claimkey' version='0.9'>
//     <osid>full JID of who asked</osid><expdate>ISO 8601</expdate></claimkey>
//
// Whoever has the spime's public key can open it, nobody but the spime can make it. That takes a strict reader: with
// the exponent 3 anybody finds a number whose cube begins, or ends, with some thirty octets of his choice, and whatever
// holds the rubbish in the rest of each block would make a claim key of such numbers. The namespace may be absent or misspelt,
// as in all that the author's library makes.

import type { KeyObject } from "node:crypto";
import { decodeBase64 } from "./base64.js";
import { parseDateTime } from "./datetime.js";
import { childElements, childrenNamed, isOpenSpime, textOf } from "./element.js";
import type { XmlElement } from "./element.js";
import { CLAIM_KEY } from "./namespaces.js";
import { openSealedChunks, sealChunks } from "./rsa.js";
import { escapeText } from "./escape.js";
import { parseXmlOctets } from "./xml-text.js";

export interface ClaimKey {
  /** Full JID of who is authorized, as the spime's server showed it. */
  readonly osid: string;
  readonly expiresAt: Date;
}

/** The text of `<claimkey>` in a response. */
export function sealClaimKey({ osid, expiresAt }: ClaimKey, spimeKey: KeyObject): string {
  const fields = `<osid>${escapeText(osid)}</osid><expdate>${expiresAt.toISOString()}</expdate>`;
  const text = `<claimkey xmlns='${CLAIM_KEY}' version='0.9'>${fields}</claimkey>`;
  return sealChunks(Buffer.from(text), spimeKey).toString("base64");
}

/** Undefined if it was not made with the private half of this key, or does not hold what it should. */
export function openClaimKey(text: string, spimeKey: KeyObject): ClaimKey | undefined {
  const blocks = decodeBase64(text);
  const opened = blocks && openSealedChunks(blocks, spimeKey);
  const root = opened && parseXmlOctets(opened);
  if (!root || !isOpenSpime(root, "claimkey", CLAIM_KEY)) return undefined;
  if (childElements(root).length !== 2 || textOf(root) !== "") return undefined;
  const osid = fieldIn(root, "osid");
  const expiresAt = parseDateTime(fieldIn(root, "expdate"));
  return osid && expiresAt ? { osid, expiresAt } : undefined;
}

/** "" where there is none of text alone. */
function fieldIn(root: XmlElement, name: string): string {
  const [field] = childrenNamed(root, name, CLAIM_KEY);
  return field && childElements(field).length === 0 ? textOf(field) : "";
}
