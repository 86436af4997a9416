// npm run chaos -- --months: see month.ts.

import { month, type MonthOutcome } from "./month.js";
import { months } from "./crew.js";
import { findingsOf, MonthsTotal } from "./summary.js";

export interface MonthsOptions {
  readonly seeds: number;
  readonly seed: number;
  readonly jobs: number;
  readonly json?: true;
  /** The board's log of the one seed. */
  readonly trace?: true;
}

/** False when a sample was lost or stored twice. */
export async function runMonths({ seeds, seed, jobs, json, trace }: MonthsOptions) {
  if (trace) return tell(await month(seed, (line) => process.stdout.write(`${line}\n`)), json);
  const total = new MonthsTotal();
  const failed: MonthOutcome[] = [];
  await months({ first: seed, count: seeds, jobs }, (outcome) => {
    total.add(outcome);
    if (outcome.found.length > 0) failed.push(outcome);
    if (json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
    else showProgress(total.seeds, seeds, findingsOf(outcome));
  });
  if (!json) process.stdout.write(total.text() + verdictOf(failed));
  return failed.length === 0;
}

function tell(outcome: MonthOutcome, json: true | undefined): boolean {
  const lines = json ? [JSON.stringify(outcome)] : findingsOf(outcome);
  for (const line of lines) process.stdout.write(`${line}\n`);
  return outcome.found.length === 0;
}

function verdictOf(failed: readonly MonthOutcome[]): string {
  const found = failed.flatMap(findingsOf);
  return found.length === 0
    ? "Nothing else was lost, nothing stored twice.\n"
    : `${found.join("\n")}\n`;
}

/** On a terminal a line that is written over. */
function showProgress(done: number, all: number, found: readonly string[]): void {
  const { isTTY } = process.stderr;
  const clear = isTTY ? "\r\u001b[K" : "";
  for (const line of found) process.stderr.write(`${clear}${line}\n`);
  if (isTTY)
    process.stderr.write(`${clear}  ${done} of ${all} months …${done === all ? clear : ""}`);
  else if (done % 100 === 0) process.stderr.write(`  ${done} of ${all} months …\n`);
}
