// The firmware's parser with an event for each token, in the order in which it takes them: it tells of tags
// only, so the text of its elements is tapped. Node only; test/portable/xml-events.ts does without.

import type { Element } from "../../src/firmware/xml/element.js";
import { createXmlParser } from "../../src/firmware/xml/parser.js";
import type { XmlCaps, XmlParser } from "../../src/firmware/xml/parser.js";
import type { XmlEvents } from "../portable/xml-events.js";

/** Tells what is put to the end of an element's text. */
function tap(element: Element, onText: (text: string) => void): void {
  let all = element.text;
  Object.defineProperty(element, "text", {
    get: () => all,
    set: (longer: string) => {
      const added = longer.slice(all.length);
      all = longer;
      onText(added);
    },
  });
}

export function createTappedParser(caps: XmlCaps, events: XmlEvents): XmlParser {
  return createXmlParser(caps, (element, depth, isWhole) => {
    if (isWhole) {
      events.close(element, depth);
      return;
    }
    tap(element, (text) => events.text(text));
    events.open(element.name, element.namespace, element.attributes);
  });
}
