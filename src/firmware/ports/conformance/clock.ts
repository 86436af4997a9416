// The clock and the timers of a host.

import type { Check, Problem } from "./check.js";
import { now } from "./check.js";
import type { MicrospimeHost } from "../host-contract.js";

const SHORT_MS = 30;
const LONG_MS = 90;
/** The agent's longest, and more: an engine must not take it for a negative one. */
const LONGEST_MS = 2147483647;
/** Clocks and timers may have grains of that size. */
const GRAIN_MS = 20;

function clockProblem({ clock }: MicrospimeHost): Problem {
  const first = clock.monotonicMs();
  const second = clock.monotonicMs();
  if (typeof first !== "number" || isNaN(first)) return "monotonicMs is no number";
  if (second < first) return "monotonicMs has gone back";
  const epochMs = clock.epochMs();
  return typeof epochMs === "number" && epochMs >= 0 ? undefined : "epochMs is no number from 0 on";
}

export const CLOCK: Check[] = [
  now("the clock goes on", clockProblem),
  {
    name: "timers fire in their order, none at once and none early",
    run: function ({ host }, done) {
      const { clock, timer } = host;
      const startMs = clock.monotonicMs();
      const fired: string[] = [];
      timer.start(LONG_MS, function () {
        const tookMs = clock.monotonicMs() - startMs;
        if (fired.join() !== "zero,short") done("before the long one came: " + fired.join());
        else if (tookMs < LONG_MS - GRAIN_MS)
          done("the clock counts " + tookMs + " ms instead of " + LONG_MS);
        else done();
      });
      timer.start(SHORT_MS, function () {
        fired.push("short");
      });
      timer.start(0, function () {
        fired.push("zero");
      });
      if (fired.length) done("a timer has fired before start returned");
    },
  },
  {
    name: "a timer that is stopped does not fire",
    run: function ({ host }, done) {
      const { timer } = host;
      const stopped = [0, SHORT_MS, LONGEST_MS].map((delayMs) =>
        timer.start(delayMs, function () {
          done("one has fired");
        }),
      );
      stopped.forEach((handle) => timer.stop(handle));
      timer.start(LONG_MS, function () {
        done();
      });
    },
  },
  {
    name: "a timer can be started by another one",
    run: function ({ host }, done) {
      host.timer.start(0, function () {
        host.timer.start(0, function () {
          done();
        });
      });
    },
  },
];
