// What makes two items the same: OpenSpime v0.9 section 1.2.0 has a primary identifier for a SpimeSeek request,
// the originator's osid and the request's id. Any other item has the id that its publisher gave it.

import { foldAddress } from "../openspime/address.js";
import { childrenNamed, isOpenSpime } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { CORE } from "../openspime/namespaces.js";
import type { PublishedItem } from "../openspime/pubsub.js";
import { parseSeekRequest } from "../openspime/seek.js";

export interface ItemIdentity {
  readonly itemId: string;
  /** Of a SpimeSeek request only. `osid` is folded. */
  readonly request?: { readonly osid: string; readonly id: string };
}

export function identityOf({ id: itemId, payload }: PublishedItem): ItemIdentity {
  const request = payload && requestIn(payload);
  return { itemId, ...(request && { request }) };
}

/** Equal for equal items. */
export function keyOf({ itemId, request }: ItemIdentity): string {
  return JSON.stringify(request ? ["request", request.osid, request.id] : ["item", itemId]);
}

function requestIn(payload: XmlElement): ItemIdentity["request"] {
  if (!isOpenSpime(payload, "openspime", CORE)) return undefined;
  const osid = childrenNamed(payload, "originator", CORE)[0]?.attrs.osid;
  const content = childrenNamed(payload, "transport", CORE)[0]?.children ?? [];
  const elements = content.filter((child) => typeof child !== "string");
  const id = elements.map((element) => parseSeekRequest(element)?.id).find(Boolean);
  return osid && id ? { osid: foldAddress(osid), id } : undefined;
}
