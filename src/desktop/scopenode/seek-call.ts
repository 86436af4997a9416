// A SpimeSeek request as it comes in an item of a PubSub node, OpenSpime v0.9 sections 1.2.0 and 1.2.1,
// before any key is used.

import { foldAddress, isAddress } from "../openspime/address.js";
import type { Parsed } from "../openspime/conditions.js";
import { refuse } from "../openspime/conditions.js";
import { isOpenSpime } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { parseEnvelope } from "../openspime/envelope.js";
import type { Envelope } from "../openspime/envelope.js";
import { CORE } from "../openspime/namespaces.js";
import { parseSeekRequest } from "../openspime/seek.js";
import type { SeekRequest } from "../openspime/seek.js";

export interface SeekCall {
  /** Who asks, by its own word: folded. */
  readonly osid: string;
  /** Its spimeId is folded. */
  readonly request: SeekRequest;
  readonly envelope: Envelope;
}

/** Published for all, it is encrypted to nobody. */
const abilities = { decrypts: false, verifies: true };

export function readSeekCall(item: XmlElement | undefined): Parsed<SeekCall> {
  if (item === undefined) return refuse("bad-request", "the item has no payload");
  if (!isOpenSpime(item, "openspime", CORE)) return refuse("bad-request", `<${item.name}/>`);
  const envelope = parseEnvelope(item, abilities);
  if ("fault" in envelope) return envelope;
  const { osid = "", content } = envelope.value;
  const request = "payload" in content ? parseSeekRequest(content.payload) : undefined;
  if (request === undefined) return refuse("bad-request", "no SpimeSeek request inside");
  if (!isAddress(osid)) return refuse("bad-request", "the originator's osid is no address");
  if (!isAddress(request.spimeId)) return refuse("bad-request", "spimeid is no address");
  const spimeId = foldAddress(request.spimeId);
  return {
    value: { osid: foldAddress(osid), request: { ...request, spimeId }, envelope: envelope.value },
  };
}
