// Many cases in a row, until there are enough of them, the time is up, or something was found.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createTappedParser } from "./tapped-parser.js";
import { caseOf, judge } from "./cases.js";
import type { Case } from "./cases.js";
import type { CreateParser } from "./readings.js";

export interface Plan {
  readonly seed: number;
  /** The first case's number. */
  readonly first?: number;
  readonly cases: number;
  readonly seconds: number;
  /** To end after; 5 when not given. */
  readonly findings?: number;
  /** Other than the firmware's: to see whether the fuzzing sees anything. */
  readonly create?: CreateParser;
}

export interface Finding {
  readonly index: number;
  readonly problem: string;
  /** As small as it got with the same problem. */
  readonly found: Case;
}

export interface Figures {
  readonly seed: number;
  readonly cases: number;
  readonly seconds: number;
  readonly casesPerSecond: number;
  readonly events: number;
  /** How many cases ended with each fault; `none` for those without. */
  readonly faults: Readonly<Record<string, number>>;
  /** Of the heap after a tenth of the cases, and at the end; both after a garbage collection. */
  readonly heapBytes: readonly [early: number, late: number];
  readonly findings: readonly Finding[];
}

const MOST_FINDINGS = 5;
/** Between looks at the clock. */
const BATCH = 500;

function collectedHeapBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

const kindOf = (problem: string): string => problem.slice(0, 20);

/** All ways to leave a part of a body out: first halves, then quarters, at last single bytes. */
function* shorterBodies(body: string): Generator<string> {
  for (let size = body.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < body.length; at += size) yield body.slice(0, at) + body.slice(at + size);
  }
}

/** Smaller as long as the problem is the same; cut byte by byte where that shows it too. */
function shrink(create: CreateParser, found: Case, problem: string): Case {
  const isSame = (other: Case) =>
    judge(create, other).problem?.startsWith(kindOf(problem)) ?? false;
  const parted = [found.body.join("").split(""), [found.body.join("")]];
  let smallest = found;
  for (const body of parted) if (isSame({ ...found, body })) smallest = { ...found, body };
  const join = (text: string) => (smallest.body.length > 1 ? text.split("") : [text]);
  for (let isSmaller = true; isSmaller;) {
    const shorter = [...shorterBodies(smallest.body.join(""))].map((text) => ({
      ...smallest,
      body: join(text),
    }));
    const next = shorter.find(isSame);
    isSmaller = next !== undefined;
    smallest = next ?? smallest;
  }
  return smallest;
}

interface Tally {
  cases: number;
  events: number;
  readonly faults: Record<string, number>;
  readonly findings: Finding[];
}

function tryOne(create: CreateParser, seed: number, index: number, tally: Tally): void {
  const tried = caseOf(seed, index);
  const { problem, fault, events } = judge(create, tried);
  tally.cases++;
  tally.events += events;
  tally.faults[fault ?? "none"] = (tally.faults[fault ?? "none"] ?? 0) + 1;
  if (problem !== undefined)
    tally.findings.push({ index, problem, found: shrink(create, tried, problem) });
}

/** Runs a campaign. `onProgress` is called now and then with the cases so far. */
export function runCampaign(plan: Plan, onProgress: (cases: number) => void = () => {}): Figures {
  const {
    seed,
    cases,
    seconds,
    first = 0,
    findings = MOST_FINDINGS,
    create = createTappedParser,
  } = plan;
  const tally: Tally = { cases: 0, events: 0, faults: {}, findings: [] };
  const startMs = performance.now();
  const elapsedS = () => (performance.now() - startMs) / 1000;
  let earlyHeapBytes = 0;
  const isOver = () =>
    tally.cases >= cases || elapsedS() >= seconds || tally.findings.length >= findings;
  while (!isOver()) {
    for (
      let count = Math.min(BATCH, cases - tally.cases);
      count > 0 && tally.findings.length < findings;
      count--
    ) {
      tryOne(create, seed, first + tally.cases, tally);
    }
    const progress = Math.max(tally.cases / cases, elapsedS() / seconds);
    if (!earlyHeapBytes && progress > 0.1) earlyHeapBytes = collectedHeapBytes();
    onProgress(tally.cases);
  }
  const took = elapsedS();
  return {
    seed,
    ...tally,
    seconds: took,
    casesPerSecond: tally.cases / took,
    heapBytes: [earlyHeapBytes, collectedHeapBytes()],
  };
}
