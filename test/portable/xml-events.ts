// What the XML parser says about some bytes, as lines of text: `+name{namespace} a="v"` for an element
// that opens, `-` for one that closes, `'text`, and `!fault`.

import { createXmlParser } from "../../src/firmware/xml/parser.js";
import type { Attributes, XmlCaps, XmlEvents } from "../../src/firmware/xml/parser.js";

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
  const parser = createXmlParser(caps || WIDE_CAPS, recordingEvents(lines));
  let fault: string | undefined;
  for (let index = 0; index < pieces.length; index++) {
    const next = parser.push(pieces[index]);
    if (next && !fault) lines.push("!" + next);
    else if (next !== fault) lines.push("!! " + next + " after " + fault);
    fault = next;
  }
  return lines.join("\n");
}
