// Whether a parser did right with some bytes. What it accepted has to be what an independent parser reads;
// what it refused has to be refusable for the reason that it gave.

import type { XmlCaps, XmlFault } from "../../src/firmware/xml/parser.js";
import { builtBy, builtFrom } from "./built.js";
import { outcomeOf } from "./readings.js";
import type { CreateParser, Outcome } from "./readings.js";
import { problemBesideSaxes } from "./saxes-judgement.js";

export interface ParserCase {
  /** The input as a socket brings it. */
  readonly pieces: readonly string[];
  readonly caps: XmlCaps;
}

export interface Verdict {
  /** What is wrong, in a line; nothing when all is right. */
  readonly problem?: string;
  readonly fault?: XmlFault;
  readonly events: number;
}

/** After a fault nothing of it may be taken. */
const AFTERWARDS = ["", "></a></b></stream:stream>", "<x/>", "<r><a>x</a>"];

function problemOf(
  create: CreateParser,
  whole: Outcome,
  { pieces, caps }: ParserCase,
): string | undefined {
  const bytes = pieces.join("");
  const split = outcomeOf(create, caps, pieces);
  if (split.fault !== whole.fault) return `${split.fault} in pieces, ${whole.fault} whole`;
  if (JSON.stringify(split.reading) !== JSON.stringify(whole.reading))
    return "other events in pieces";
  const after = whole.fault ? outcomeOf(create, caps, [bytes, ...AFTERWARDS]) : whole;
  if (after.fault !== whole.fault) return `${after.fault} after ${whole.fault}`;
  if (after.reading.length !== whole.reading.length) return "events after a fault";
  const problem = problemBesideSaxes(create, whole, bytes, caps);
  if (problem !== undefined) return problem;
  return builtBy(create, caps, pieces) === builtFrom(whole.reading) ? undefined : "other elements";
}

/** U+FFFD stands for what is no UTF-8 where this is judged: something else in its place. */
const judgeable = (piece: string): string => piece.replaceAll("\xbd", "\xbc");

/** A parser's verdict on a case; never throws. */
export function judgeParser(create: CreateParser, { pieces, caps }: ParserCase): Verdict {
  const judged = { pieces: pieces.map(judgeable), caps };
  try {
    const whole = outcomeOf(create, caps, [judged.pieces.join("")]);
    const problem = problemOf(create, whole, judged);
    return { problem, fault: whole.fault, events: whole.reading.length };
  } catch (error) {
    return { problem: `threw ${error instanceof Error ? error.stack : error}`, events: 0 };
  }
}
