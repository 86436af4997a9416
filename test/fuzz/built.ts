// The elements of a stream, made by the firmware's parser and made of its events, in a form to compare.

import type { Element } from "../../src/firmware/xml/element.js";
import type { XmlCaps } from "../../src/firmware/xml/parser.js";
import type { XmlEvents } from "../portable/xml-events.js";
import { decoded, pushAll } from "./readings.js";
import type { CreateParser, Reading } from "./readings.js";

/** The elements that the parser makes, as JSON. */
export function builtBy(create: CreateParser, caps: XmlCaps, pieces: readonly string[]): string {
  const stanzas: Element[] = [];
  const events: XmlEvents = {
    open: () => {},
    text: () => {},
    close: (element, depth) => depth === 1 && stanzas.push(element),
  };
  pushAll(create(caps, events), pieces);
  return JSON.stringify(stanzas.map(plain));
}

/** Texts decoded; `offset` counts bytes. */
function plain({ name, namespace, attributes, children, text, offset }: Element): object {
  const values = Object.entries(attributes).map(([key, value]) => [
    decoded(key),
    decoded(value ?? ""),
  ]);
  return {
    name: decoded(name),
    namespace: decoded(namespace),
    attributes: values,
    children: children.map(plain),
    text: decoded(text),
    offset,
  };
}

interface Built {
  name: string;
  namespace: string;
  attributes: [string, string][];
  children: Built[];
  text: string;
  offset: number;
}

/** The elements in a reading, made of its events. */
export function builtFrom(reading: Reading): string {
  const stanzas: Built[] = [];
  const path: Built[] = [];
  for (const event of reading) {
    const parent = path.at(-1);
    if (event.kind === "text" && parent) parent.text += event.text;
    if (event.kind === "close") {
      const closed = path.pop();
      if (path.length === 1 && closed) stanzas.push(closed);
    }
    if (event.kind !== "open") continue;
    const { name, namespace, attributes } = event;
    const offset = parent ? Buffer.byteLength(parent.text) : 0;
    const built = { name, namespace, attributes, children: [], text: "", offset };
    if (path.length > 1) parent?.children.push(built);
    path.push(built);
  }
  return JSON.stringify(stanzas);
}
