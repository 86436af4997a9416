// One case of a campaign, made of its number alone, and the judgement on it.

import type { XmlCaps } from "../../src/firmware/xml/parser.js";
import { CAPS } from "../../src/firmware/xmpp/stream.js";
import { judgeSession, judgeStream, STAGES } from "./conversation.js";
import { createDice } from "./dice.js";
import type { Dice } from "./dice.js";
import { documentOf } from "./grammar.js";
import { cut, mutate } from "./mutations.js";
import { judgeParser } from "./oracle.js";
import type { CreateParser } from "./readings.js";
import type { Verdict } from "./oracle.js";

/** What a board receives. */
export interface Case {
  readonly header: string;
  readonly body: readonly string[];
  readonly caps: XmlCaps;
  /** The state of the login that a stream gets the body in; none: a session online gets it. */
  readonly stage?: string;
}

/** Mostly the firmware's; in one case of four such as are reached by little. */
function capsOf(dice: Dice): XmlCaps {
  if (!dice.oneIn(4)) return CAPS;
  return { token: 8 + dice.below(250), stanza: 60 + dice.below(1500), depth: 1 + dice.below(8) };
}

/** Case number `index` of a campaign. */
export function caseOf(seed: number, index: number): Case {
  const dice = createDice(seed, index);
  const { header, body } = documentOf(dice);
  return {
    header: dice.oneIn(4) ? mutate(header, dice) : header,
    body: cut(mutate(body, dice), dice),
    caps: capsOf(dice),
    stage: dice.oneIn(2) ? undefined : dice.pick(STAGES),
  };
}

/** The parser first, since the rest is judged by what it says. */
export function judge(create: CreateParser, { header, body, caps, stage }: Case): Verdict {
  const verdict = judgeParser(create, { pieces: [header, ...body], caps });
  if (verdict.problem !== undefined) return verdict;
  try {
    const problem = stage === undefined ? judgeSession(body) : judgeStream(stage, header, body);
    return { ...verdict, problem: problem && `${stage ?? "session"}: ${problem}` };
  } catch (error) {
    const stack = error instanceof Error ? error.stack : String(error);
    return { ...verdict, problem: `${stage ?? "session"}: threw ${stack}` };
  }
}
