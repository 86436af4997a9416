// What makes two items the same: what is in them, by its Canonical XML, because every server writes it anew. The
// primary identifier of a SpimeSeek request, OpenSpime v0.9 section 1.2.0, is not enough: a relay verifies nobody,
// and whoever reads or guesses osid and id could send a request of his own ahead of the real one. Any item but a
// request is told by the id that its publisher gave it, too.

import { createHash } from "node:crypto";
import { foldAddress } from "../openspime/address.js";
import { canonicalForms } from "../openspime/canonical.js";
import { childrenNamed, isOpenSpime } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { CORE } from "../openspime/namespaces.js";
import { parseSeekRequest } from "../openspime/seek.js";

export interface ItemIdentity {
  readonly itemId: string;
  /** Of a SpimeSeek request only. `osid` is folded. */
  readonly request?: { readonly osid: string; readonly id: string };
  /** Base64 of the SHA-256 of what is in it. */
  readonly digest: string;
}

/** Undefined for what has no canonical form: nested too deep. `payload` stands alone. */
export function identityOf(itemId: string, payload: XmlElement): ItemIdentity | undefined {
  const [form] = canonicalForms(payload);
  if (form === undefined) return undefined;
  const request = requestIn(payload);
  return { itemId, ...(request && { request }), digest: digestOf(payload, form) };
}

/** Equal for equal items. */
export function keyOf({ itemId, request, digest }: ItemIdentity): string {
  return request ? digest : `${digest} ${itemId}`;
}

/** The form leaves out which of OpenSpime's and XMPP's own namespaces an element is in. */
function digestOf(payload: XmlElement, form: string): string {
  const text = JSON.stringify([payload.getNS(), form]);
  return createHash("sha256").update(text).digest("base64");
}

function requestIn(payload: XmlElement): ItemIdentity["request"] {
  if (!isOpenSpime(payload, "openspime", CORE)) return undefined;
  const osid = childrenNamed(payload, "originator", CORE)[0]?.attrs.osid;
  const content = childrenNamed(payload, "transport", CORE)[0]?.children ?? [];
  const elements = content.filter((child) => typeof child !== "string");
  const id = elements.map((element) => parseSeekRequest(element)?.id).find(Boolean);
  return osid && id ? { osid: foldAddress(osid), id } : undefined;
}
