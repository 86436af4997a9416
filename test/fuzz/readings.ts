// What a reader makes of some bytes: events in a form that those of two readers can be compared in.

import type { Attributes, XmlCaps, XmlFault, XmlParser } from "../../src/firmware/xml/parser.js";
import type { XmlEvents } from "../portable/xml-events.js";

export type Reading = (
  | { kind: "open"; name: string; namespace: string; attributes: [string, string][] }
  | { kind: "text"; text: string }
  | { kind: "close" }
)[];

export type CreateParser = (caps: XmlCaps, events: XmlEvents) => XmlParser;

/** UTF-8 in a byte string as characters. */
export function decoded(bytes: string): string {
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

function attributeList(attributes: Attributes): [string, string][] {
  return Object.keys(attributes).map((name) => [decoded(name), decoded(attributes[name] ?? "")]);
}

/** Events that append to `reading`. */
export function recorder(reading: Reading): XmlEvents {
  return {
    open: (name, namespace, attributes) =>
      reading.push({
        kind: "open",
        name: decoded(name),
        namespace: decoded(namespace),
        attributes: attributeList(attributes),
      }),
    text: (text) => reading.push({ kind: "text", text: decoded(text) }),
    close: () => reading.push({ kind: "close" }),
  };
}

/** Pushes pieces until a fault; what the parser says to each after it must be that fault. */
export function pushAll(parser: XmlParser, pieces: readonly string[]): XmlFault | undefined {
  let fault: XmlFault | undefined;
  for (const piece of pieces) fault = parser.push(piece);
  return fault;
}

export interface Outcome {
  readonly reading: Reading;
  readonly fault?: XmlFault;
}

export function outcomeOf(create: CreateParser, caps: XmlCaps, pieces: readonly string[]): Outcome {
  const reading: Reading = [];
  return { fault: pushAll(create(caps, recorder(reading)), pieces), reading };
}

const sameEvent = (one: Reading[number], other: Reading[number]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** The index of the first event that is not in `whole` at its place; -1 when there is none. */
export function firstDifference(part: Reading, whole: Reading): number {
  return part.findIndex((event, index) => index >= whole.length || !sameEvent(event, whole[index]));
}
