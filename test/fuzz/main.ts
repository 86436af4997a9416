// npm run fuzz [-- --cases N --seconds N --seed S --first N --json]: the XML parser, the
// stream and the session against a million cases. Exit code 1: something was found.

import { Command, InvalidArgumentError } from "commander";
import { runCampaign } from "./campaign.js";
import type { Figures, Finding } from "./campaign.js";

interface Options {
  readonly cases: number;
  readonly seconds: number;
  readonly seed: number;
  readonly first: number;
  readonly json?: true;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It is no whole number below 10^9.");
  return Number(text);
}

const MIB = 1024 * 1024;
/** Of what is shown on the way. */
const PROGRESS_CASES = 50_000;

function report(figures: Figures): string {
  const { cases, seconds, casesPerSecond, events, faults, heapBytes, seed } = figures;
  const [early, late] = heapBytes.map((bytes) => (bytes / MIB).toFixed(1));
  const ends = Object.entries(faults).map(([fault, count]) => `${fault} ${count}`);
  return [
    `${cases} cases, ${figures.findings.length} findings (seed ${seed})`,
    `${seconds.toFixed(1)} s, ${Math.round(casesPerSecond)} cases a second, ${events} events`,
    `faults: ${ends.join(", ")}`,
    `heap: ${early} MiB after a tenth, ${late} MiB at the end`,
  ].join("\n");
}

/** Bytes past ASCII as escapes. */
const asciiOf = (value: unknown): string =>
  JSON.stringify(value).replace(/[^ -~]/g, (byte) => `\\u00${byte.charCodeAt(0).toString(16)}`);

function describeFinding({ index, problem, found }: Finding): string {
  return `case ${index}: ${problem}\n${asciiOf(found)}\nTry it again: npm run fuzz -- --first ${index} --cases 1`;
}

function run({ json, ...plan }: Options): void {
  let shown = 0;
  const figures = runCampaign(plan, (cases) => {
    if (json || cases - shown < PROGRESS_CASES) return;
    shown = cases;
    console.error(`${cases} cases`);
  });
  console.log(json ? JSON.stringify(figures, null, 2) : report(figures));
  for (const finding of json ? [] : figures.findings) console.log(`\n${describeFinding(finding)}`);
  process.exitCode = figures.findings.length > 0 ? 1 : 0;
}

new Command("fuzz")
  .description(
    "Tries the XML parser and all that reads from it with cases made of a grammar, and damaged.",
  )
  .option("--cases <count>", "cases to try", wholeNumber, 1_000_000)
  .option("--seconds <count>", "to end after, whatever was tried", wholeNumber, 3600)
  .option("--seed <number>", "where chance begins", wholeNumber, 1)
  .option("--first <number>", "the first case's number", wholeNumber, 0)
  .option("--json", "figures and findings as JSON")
  .action(run)
  .parse();
