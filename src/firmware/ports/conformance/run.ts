// Runs the checks one after the other, and says a line each: `ok`, `not ok` with what is wrong, `skipped` with what lacks.

import type { Around, Check, Problem } from "./check.js";
import { CLOCK } from "./clock.js";
import { ENGINE } from "./engine.js";
import { LINES } from "./lines.js";
import { SHAPE } from "./shape.js";
import { STORE } from "./store.js";

const TIMEOUT_MS = 5000;

/** Calls `onDone` with the first word that comes: an error, a call, or silence. */
function tryOut(check: Check, around: Around, onDone: (problem: Problem) => void): void {
  let isOver = false;

  function done(problem?: Problem): void {
    if (isOver) return;
    isOver = true;
    around.host.timer.stop(patience);
    // Not from inside of what is tried: it may go on after this.
    around.host.timer.start(0, () => onDone(problem));
  }

  const patience = around.host.timer.start(TIMEOUT_MS, () => done("nothing came for 5 s"));
  try {
    check.run(around, done);
  } catch (error) {
    done("it has thrown " + error);
  }
}

/** `say` gets the lines; the last begins with "#". */
export function runConformance(around: Around, say: (line: string) => void): void {
  const counts = { passed: 0, failed: 0, skipped: 0 };

  function tell(check: Check, problem: Problem, goOn: () => void): void {
    if (problem) counts.failed++;
    else counts.passed++;
    say(problem ? "not ok " + check.name + ": " + problem : "ok " + check.name);
    goOn();
  }

  function runAll(checks: Check[], onDone: () => void): void {
    const [check, ...others] = checks;

    function goOn(): void {
      runAll(others, onDone);
    }

    if (!check) onDone();
    else {
      const lack = check.lack && check.lack(around);
      if (!lack) tryOut(check, around, (problem) => tell(check, problem, goOn));
      else {
        counts.skipped++;
        say("skipped " + check.name + ": " + lack);
        goOn();
      }
    }
  }

  function end(): void {
    const { passed, failed, skipped } = counts;
    say("# " + passed + " passed " + failed + " failed " + skipped + " skipped");
  }

  // Without these nothing else can be tried.
  SHAPE.forEach(function (check) {
    check.run(around, (problem) => tell(check, problem, () => {}));
  });
  if (counts.failed) end();
  else runAll(ENGINE.concat(CLOCK, STORE, LINES), end);
}
