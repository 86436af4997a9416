// SpimeSeek, OpenSpime v0.9 sections 1.2.0 and 1.2.1:
//
//   <spimeseek xmlns='http://openspime.org/protocol/spimeseek' version='0.9'>
//     <request id='7abc78af21'><spimeid>full JID of the sought spime</spimeid>
//       <expdate>ISO 8601</expdate><encrequired>false</encrequired></request></spimeseek>
//
//   <spimeseek xmlns='http://openspime.org/protocol/spimeseek' version='0.9'>
//     <response id='7abc78af21'><entry>…</entry></response></spimeseek>

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { parseDateTime } from "./datetime.js";
import { childrenNamed, isOpenSpime, textIn } from "./element.js";
import type { XmlElement } from "./element.js";
import { SPIMESEEK } from "./namespaces.js";

export interface SeekRequest {
  /** With the originator's osid it identifies the request. */
  readonly id: string;
  /** Full JID. */
  readonly spimeId: string;
  readonly expiresAt: Date;
  readonly isEncryptionRequired: boolean;
}

export interface SeekResponse {
  /** That of the request. */
  readonly id: string;
  readonly entries: readonly XmlElement[];
}

/** The element inside `<transport>`. */
export function seekRequest(request: SeekRequest): Element {
  const { id, spimeId, expiresAt, isEncryptionRequired } = request;
  return spimeseek(
    xml(
      "request",
      { id },
      xml("spimeid", {}, spimeId),
      xml("expdate", {}, expiresAt.toISOString()),
      xml("encrequired", {}, String(isEncryptionRequired)),
    ),
  );
}

/** `entries` as openspime/entry elements: section 1.0.0. */
export function seekResponse(id: string, entries: readonly Element[]): Element {
  return spimeseek(xml("response", { id }, ...entries));
}

/** Undefined for an element that is no request, or not a whole one. */
export function parseSeekRequest(payload: XmlElement): SeekRequest | undefined {
  const request = onlyChild(payload, "request");
  const id = request?.attrs.id;
  if (request === undefined || !id) return undefined;
  const spimeId = textIn(request, "spimeid", SPIMESEEK);
  const expiresAt = parseDateTime(textIn(request, "expdate", SPIMESEEK));
  const isEncryptionRequired = readBoolean(textIn(request, "encrequired", SPIMESEEK));
  if (!spimeId || !expiresAt || isEncryptionRequired === undefined) return undefined;
  return { id, spimeId, expiresAt, isEncryptionRequired };
}

export function parseSeekResponse(payload: XmlElement): SeekResponse | undefined {
  const response = onlyChild(payload, "response");
  const id = response?.attrs.id;
  if (response === undefined || !id) return undefined;
  return { id, entries: childrenNamed(response, "entry", SPIMESEEK) };
}

/** XML Schema part 2 section 3.2.2; absent it is false. */
function readBoolean(text: string): boolean | undefined {
  if (["true", "1"].includes(text)) return true;
  return ["false", "0", ""].includes(text) ? false : undefined;
}

function onlyChild(payload: XmlElement, name: string): XmlElement | undefined {
  if (!isOpenSpime(payload, "spimeseek", SPIMESEEK)) return undefined;
  const [child, second] = childrenNamed(payload, name, SPIMESEEK);
  return second === undefined ? child : undefined;
}

function spimeseek(child: Element): Element {
  return xml("spimeseek", { xmlns: SPIMESEEK, version: "0.9" }, child);
}
