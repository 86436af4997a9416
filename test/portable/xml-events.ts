// What the XML parser says about some bytes, as lines of text: `+name{namespace} a="v"` for an element
// that opens, `-` for one that closes, `'text`, and `!fault`.

import { createXmlParser } from "../../src/firmware/xml/parser.js";
import type { Element } from "../../src/firmware/xml/element.js";
import type { Attributes, TagHandler, XmlCaps, XmlParser } from "../../src/firmware/xml/parser.js";

export interface XmlEvents {
  open(name: string, namespace: string, attributes: Attributes): void;
  /** All the text between two tags; not called for the white space between stanzas. */
  text(text: string): void;
  /** `depth` is 0 for the root. */
  close(element: Element, depth: number): void;
}

export interface StreamEvents {
  /** The root element has opened. */
  onHeader(name: string, namespace: string, attributes: Attributes): void;
  /** A child of the root is complete. */
  onStanza(stanza: Element): void;
  /** The root element has closed. */
  onEnd(): void;
}

/** The same as the parser tells, in three kinds. */
export function streamReader(events: StreamEvents): TagHandler {
  return function (element, depth, isWhole) {
    const { name, namespace, attributes } = element;
    if (depth === 1 && isWhole) events.onStanza(element);
    if (!depth && isWhole) events.onEnd();
    if (!depth && !isWhole) events.onHeader(name, namespace, attributes);
  };
}

/** Every tag, and the text since the one before it. */
function eventReader(events: XmlEvents): TagHandler {
  const open: { element: Element; told: number }[] = [];

  function tellText(): void {
    const inner = open[open.length - 1];
    if (!inner || inner.told === inner.element.text.length) return;
    events.text(inner.element.text.slice(inner.told));
    inner.told = inner.element.text.length;
  }

  return function (element, depth, isWhole) {
    if (depth !== open.length - (isWhole ? 1 : 0)) throw new Error("depth " + depth);
    tellText();
    if (isWhole) {
      open.pop();
      events.close(element, depth);
    } else {
      open.push({ element, told: 0 });
      events.open(element.name, element.namespace, element.attributes);
    }
  };
}

/** The firmware's parser, with an event for each tag and each text. */
export function createEventParser(caps: XmlCaps, events: XmlEvents): XmlParser {
  return createXmlParser(caps, eventReader(events));
}

/** Caps that the samples do not reach. */
export const WIDE_CAPS: XmlCaps = { token: 2000, stanza: 8000, depth: 20 };

function attributesText(attributes: Attributes): string {
  let text = "";
  for (const name in attributes) text += " " + name + '="' + attributes[name] + '"';
  return text;
}

export function recordingEvents(lines: string[]): XmlEvents {
  return {
    open: function (name, namespace, attributes) {
      lines.push("+" + name + "{" + namespace + "}" + attributesText(attributes));
    },
    text: function (text) {
      lines.push("'" + text);
    },
    close: function () {
      lines.push("-");
    },
  };
}

/** The events of some pieces, each a line; it goes on after a fault, as a socket might. */
export function eventsOf(pieces: string[], caps?: XmlCaps): string {
  const lines: string[] = [];
  const parser = createEventParser(caps || WIDE_CAPS, recordingEvents(lines));
  let fault: string | undefined;
  for (let index = 0; index < pieces.length; index++) {
    const next = parser.push(pieces[index]);
    if (next && !fault) lines.push("!" + next);
    else if (next !== fault) lines.push("!! " + next + " after " + fault);
    fault = next;
  }
  return lines.join("\n");
}
