// Parsers that are wrong, each in one way, and what the fuzzing is to say of them.

import type { XmlFault } from "../../src/firmware/xml/parser.js";
import { createTappedParser } from "./tapped-parser.js";
import type { XmlEvents } from "../portable/xml-events.js";
import type { CreateParser } from "./readings.js";

type Push = (bytes: string) => XmlFault | undefined;

/** The firmware's with other events than it tells. */
function withEvents(change: (events: XmlEvents) => Partial<XmlEvents>): CreateParser {
  return (caps, events) => createTappedParser(caps, { ...events, ...change(events) });
}

/** The firmware's with something before or after its push. */
function withPush(change: (push: Push) => Push): CreateParser {
  return (caps, events) => ({ push: change(createTappedParser(caps, events).push) });
}

/** Begins anew in the root after each fault, and says nothing of it. */
const forgiving: CreateParser = (caps, events) => {
  let parser = createTappedParser(caps, events);
  return {
    push: (bytes) => {
      const fault = parser.push(bytes);
      if (fault) parser = createTappedParser(caps, events);
      return fault;
    },
  };
};

/** Name, what it does, and the problem that shows it. */
export const WRONG_PARSERS: readonly [what: string, create: CreateParser, problem: RegExp][] = [
  [
    "throws at U+10FFFF",
    withEvents(({ text }) => ({
      text: (content) => {
        if (content.includes("\xf4\x8f\xbf\xbf")) throw new RangeError("a code point");
        text(content);
      },
    })),
    /threw RangeError: a code point/,
  ],
  [
    "loses blanks at the edges of pieces",
    withPush((push) => (bytes) => push(bytes.replace(/^ | $/g, ""))),
    /in pieces/,
  ],
  ["takes more after a fault", forgiving, /after/],
  [
    "knows no bound for a token",
    (caps, events) => createTappedParser({ ...caps, token: 1e9 }, events),
    /keeps too much|took more/,
  ],
  [
    "knows no depth",
    (caps, events) => createTappedParser({ ...caps, depth: caps.depth + 1 }, events),
    /took more/,
  ],
  [
    "takes a comment for nothing",
    withPush((push) => (bytes) => push(bytes.replace(/<!-- x -->/g, ""))),
    /in pieces|accepted/,
  ],
  [
    "takes an attribute twice",
    withPush((push) => (bytes) => push(bytes.replace(" b='1' b='1'", " b='1'"))),
    /in pieces|accepted/,
  ],
  [
    "refuses what is right",
    withPush(
      (push) => (bytes) =>
        push(bytes) ?? (bytes.includes("\xc3\xa9") ? "not-well-formed" : undefined),
    ),
    /without a reason|in pieces/,
  ],
  [
    "keeps the prefix in a name",
    withEvents(({ open }) => ({
      open: (name, namespace, attributes) =>
        open(namespace === "s" ? `s:${name}` : name, namespace, attributes),
    })),
    /accepted what saxes does not/,
  ],
  [
    "reads a carriage return by its number as a line feed",
    withEvents(({ text }) => ({ text: (content) => text(content.replaceAll("\r", "\n")) })),
    /accepted what saxes does not/,
  ],
];
