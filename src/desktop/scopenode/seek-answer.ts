// The answer to a SpimeSeek request, OpenSpime v0.9 sections 1.2.0 (in the clear) and 1.2.1 (encrypted to who
// asks):
//
//   <message from='scopenode' to='originator' id='…'><openspime xmlns='openspime:protocol:core' version='0.9'>
//     <transport><spimeseek xmlns='http://openspime.org/protocol/spimeseek' version='0.9'>
//       <response id='id of the request'><entry>…</entry></response></spimeseek></transport>
//   </openspime></message>

import { xml } from "@xmpp/component";
import type { Element } from "@xmpp/component";
import { randomUUID } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { canonicalForms } from "../openspime/canonical.js";
import { CORE } from "../openspime/namespaces.js";
import { seekResponse } from "../openspime/seek.js";
import { AES_CONTENT_TYPE, encryptTransport } from "../openspime/transport.js";
import { entryElement } from "./entry-element.js";
import type { Entry } from "./report.js";

export interface SeekAnswer {
  readonly from: string;
  readonly to: string;
  readonly requestId: string;
  /** The newest first. */
  readonly entries: readonly Entry[];
  /** Encrypts it. */
  readonly key?: KeyObject;
  /** Has to fit into a board: who seeks itself is one. */
  readonly isForBoard?: boolean;
}

/** Boards take stanzas of 4,096 octets (src/firmware/xmpp/stream.ts); servers add to it on the way. */
export const MAX_ANSWER_BYTES = 3_500;
/** And count so many more for each element, */
const BOARD_ELEMENT_BYTES = 60;
/** and take texts of 1,024. */
const MAX_BOARD_TEXT_BYTES = 1_000;

export interface FittedAnswer {
  readonly message: Element;
  /** How many of the entries are in it. */
  readonly count: number;
}

/** With as many of the newest entries as fit; undefined if not even one does. */
export function fitAnswer(answer: SeekAnswer): FittedAnswer | undefined {
  const { entries } = answer;
  for (let count = entries.length; count > 0; count -= 1) {
    const message = answerMessage({ ...answer, entries: entries.slice(0, count) });
    if (fits(message, answer.isForBoard)) return { message, count };
  }
  return undefined;
}

function fits(message: Element, isForBoard = false): boolean {
  const bytes = Buffer.byteLength(message.toString());
  if (!isForBoard) return bytes <= MAX_ANSWER_BYTES;
  const elements = elementsIn(message);
  return (
    bytes + elements.length * BOARD_ELEMENT_BYTES <= MAX_ANSWER_BYTES &&
    elements.every((element) => Buffer.byteLength(element.getText()) <= MAX_BOARD_TEXT_BYTES)
  );
}

function elementsIn(element: Element): Element[] {
  return [element, ...element.getChildElements().flatMap(elementsIn)];
}

function answerMessage({ from, to, requestId, entries, key }: SeekAnswer): Element {
  const response = seekResponse(requestId, entries.map(entryElement));
  const transport = key ? encrypted(response, key) : xml("transport", {}, response);
  const openspime = xml("openspime", { xmlns: CORE, version: "0.9" }, transport);
  return xml("message", { from, to, id: randomUUID() }, openspime);
}

function encrypted(response: Element, key: KeyObject): Element {
  const [canonical = ""] = canonicalForms(response);
  const { transportKey, text } = encryptTransport(canonical, key);
  const attributes = { "content-type": AES_CONTENT_TYPE, "transport-key": transportKey };
  return xml("transport", attributes, text);
}
