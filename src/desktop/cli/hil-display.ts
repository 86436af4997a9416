// What a person, or a script, sees of a rig's run: a step a line, with what was expected and seen where it failed.

import type { HilOutcome, HilScene, RunAudience, Verdict } from "../hil/outcome.js";
import type { Happened } from "../hil/journal.js";
import { paint, plural, print, printable, printEvent } from "./terminal.js";

export interface HilDisplay extends RunAudience {
  onOutcome(outcome: HilOutcome, files: readonly string[]): void;
  /** A scenario that is not run, and why. */
  onSkipped(title: string, reason: string): void;
  /** After the last one. */
  onEnd(outcomes: readonly HilOutcome[]): void;
}

const INDENT = " ".repeat(12);

export function createHilDisplay(): HilDisplay {
  return {
    onScene: showScene,
    onVerdict: showVerdict,
    onHappened() {},
    onOutcome(outcome, files) {
      const { isPassed, durationS, tookMs } = outcome;
      const times = `${durationS.toFixed(0)} s of the board's clock, ${(tookMs / 1000).toFixed(1)} s`;
      print(paint(isPassed ? "green" : "red", `  ${isPassed ? "passed" : "failed"} (${times})`));
      for (const file of files) print(`  ${file}`);
      print("");
    },
    onSkipped(title, reason) {
      print(`${paint("bold", printable(title))}`);
      print(paint("yellow", `  not run: ${printable(reason)}`));
      print("");
    },
    onEnd(outcomes) {
      if (outcomes.length < 2) return;
      const failed = outcomes.filter(({ isPassed }) => !isPassed);
      const passed = plural(outcomes.length - failed.length, "scenario");
      const tookS = outcomes.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000;
      print(`${passed} passed, ${failed.length} failed (${tookS.toFixed(0)} s)`);
      for (const { scene } of failed) print(paint("red", `  ${scene.file}: ${scene.title}`));
    },
  };
}

function showScene({ title, shows, board, server, security, tempo }: HilScene): void {
  print(paint("bold", printable(title)));
  print(`  shows      ${printable(shows)}`);
  print(`  board      ${board}`);
  print(`  server     ${server}`);
  print(`  security   ${security}`);
  if (tempo.speed !== 1) print(`  clock      ${tempo.speed} times as fast as real time`);
  if (tempo.pace !== 1) print(`  pace       ${tempo.pace} s of the board for each of the scenario`);
}

function showVerdict(verdict: Verdict): void {
  const { title, atS, tookS, line, isPassed, isSkipped, expected, seen } = verdict;
  const sign = isSkipped
    ? paint("yellow", "–")
    : isPassed
      ? paint("green", "✔")
      : paint("red", "✖");
  print(`  ${sign} ${(atS + tookS).toFixed(1).padStart(6)} s ${printable(title)}`);
  if (isPassed && expected !== undefined && seen)
    print(paint("dim", `${INDENT}${printable(seen)}`));
  if (isPassed || isSkipped) return;
  const where = line > 0 ? ` (line ${line})` : "";
  if (expected !== undefined) print(`${INDENT}expected: ${printable(expected)}${where}`);
  print(`${INDENT}seen:     ${printable(seen ?? "nothing")}`);
}

/** An entry of the log has its level, name and values as `monitor` has them: `event` says what kind of line it is. */
function printHappened(happened: Happened): void {
  const { kind, ...values } = happened;
  if (happened.kind !== "log") return printEvent(kind, values);
  const { event, atS, line } = happened;
  printEvent(kind, { atS, ...event, line });
}

export function createJsonHilDisplay(): HilDisplay {
  return {
    onScene: (scene) => printEvent("scene", scene),
    onVerdict: (verdict) => printEvent("verdict", verdict),
    onHappened: printHappened,
    onOutcome: ({ scene, isPassed, durationS, tookMs }, files) =>
      printEvent("outcome", { file: scene.file, isPassed, durationS, tookMs, files }),
    onSkipped: (title, reason) => printEvent("skipped", { title, reason }),
    onEnd: (outcomes) => {
      const passed = outcomes.filter(({ isPassed }) => isPassed).length;
      printEvent("end", { passed, failed: outcomes.length - passed });
    },
  };
}
