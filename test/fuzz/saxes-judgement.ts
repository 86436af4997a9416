// A parser's outcome beside what saxes reads in the same bytes.

import type { XmlCaps } from "../../src/firmware/xml/parser.js";
import type { Stage } from "./justification.js";
import { IS_JUSTIFIED, isBeyond, keepsTooMuch, stageAfter } from "./justification.js";
import { firstDifference, outcomeOf } from "./readings.js";
import type { CreateParser, Outcome } from "./readings.js";
import { readBySaxes } from "./saxes-reading.js";
import type { IndependentReading } from "./saxes-reading.js";

/** saxes trims namespaces, which nobody else does: what has blanks there cannot be compared. */
const BLANK_NAMESPACE =
  /xmlns(:[^\s=]*)?\s*=\s*(["'])(\s|&#(9|10|13|32|x9|xA|xD|x20);|((?!\2)[^])*(\s|&#(9|10|13|32|x9|xA|xD|x20);)\2)/i;

/** Names of whatever is past `~` are taken (parser.ts, NAME); saxes wants letters. */
const STRANGE_NAME = /^disallowed character in/;

/** The same bytes with one letter for all of those. */
function foldStrange(bytes: string): string {
  return bytes.replace(/\x7f|[\xc2-\xf4][\x80-\xbf]+/g, "\xc3\xa9");
}

/** Of a fault, that it is one; without one, that all events are there, and little is kept. */
function problemOfEnd(
  independent: IndependentReading,
  { reading, fault }: Outcome,
  stage: Stage,
  caps: XmlCaps,
): string | undefined {
  if (fault) {
    if (IS_JUSTIFIED[fault](stage, independent.error, caps)) return undefined;
    return `${fault} without a reason, before ${JSON.stringify(stage.rest.slice(0, 60))}`;
  }
  if (independent.reading.length > reading.length) return "events are missing, and no fault";
  return keepsTooMuch(stage, caps) && isCounted(independent)
    ? `keeps too much: ${JSON.stringify(stage)}`
    : undefined;
}

/** How many bytes were no UTF-8 is not known any more. */
const isCounted = ({ text }: IndependentReading): boolean => !text.includes("\uffff");

function problemOfReading(
  outcome: Outcome,
  independent: IndependentReading,
  caps: XmlCaps,
): string | undefined {
  const { reading } = outcome;
  const different = firstDifference(reading, independent.reading);
  if (different >= 0) {
    const saxes = JSON.stringify(independent.reading[different]) ?? independent.error ?? "nothing";
    return `accepted what saxes does not: ${JSON.stringify(reading[different])} for ${saxes}`;
  }
  const stage = stageAfter(independent, reading.length);
  return isBeyond(stage, caps)
    ? `took more than the caps allow: ${JSON.stringify(stage)}`
    : problemOfEnd(independent, outcome, stage, caps);
}

/** What is wrong with a parser's outcome, its input being those bytes. */
export function problemBesideSaxes(
  create: CreateParser,
  outcome: Outcome,
  bytes: string,
  caps: XmlCaps,
): string | undefined {
  const independent = readBySaxes(bytes);
  if (BLANK_NAMESPACE.test(independent.text)) return undefined;
  const problem = problemOfReading(outcome, independent, caps);
  if (problem === undefined || !STRANGE_NAME.test(independent.error ?? "")) return problem;
  const folded = foldStrange(bytes);
  return problemOfReading(outcomeOf(create, caps, [folded]), readBySaxes(folded), caps);
}
