// A board on the bench: its engine, sensors that never rest, and a clock that need not wait for the board's
// back-off of minutes.

import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Configuration } from "../../src/firmware/configuration.js";
import type { BoardSurroundings } from "../../src/desktop/sim/board.js";
import { logEventOf } from "../../src/desktop/sim/agent-log.js";
import { startEspruinoBoard } from "../../src/desktop/sim/espruino-board.js";
import { attachMhz19 } from "../../src/desktop/sim/sensors/mhz19.js";
import { startNodeBoard } from "../../src/desktop/sim/node-board.js";
import { VirtualClock } from "../../src/desktop/sim/virtual-clock.js";
import { SteppedClock } from "../support/stepped-clock.js";
import { paceOf } from "./pace.js";
import { startReceiver } from "./steady-receiver.js";
import type { Phase } from "./watch.js";

export interface BenchSurroundings extends Omit<BoardSurroundings, "clock" | "configuration"> {
  readonly configuration: Omit<Configuration, "samplePeriodS">;
  /** The agent has tried to take a sample. */
  readonly onSample: () => void;
}

export interface Bench {
  readonly title: string;
  readonly memoryUnit: string;
  /** A turn of the loop, or a little more, in which the board's time goes on. */
  advance(phase: Phase): Promise<void>;
  /** After a collection of garbage. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

export interface BenchEngine {
  start(around: BenchSurroundings): Promise<Bench>;
}

const CO2_PPM = 428;

/** No other timer is started for half a millisecond. */
const NODE_PERIOD_S = 120.0005;
const NODE_FIX_MS = 10_000;

/**
 * What V8 makes of code that runs often counts as heap, 1.6 MB of it in 2,000 reconnects, and hides all else: a snapshot
 * after 700 and one after 1,990 differ in compiled code and in nothing else.
 */
const STEADY_FLAGS = ["--no-opt", "--no-sparkplug", "--no-maglev", "--no-flush-bytecode"];

/** The bundle build/sim.js. */
export const nodeEngine: BenchEngine = {
  async start(around) {
    STEADY_FLAGS.forEach(setFlagsFromString);
    let periods = 0;
    const clock = new SteppedClock((delayMs) => {
      // The first waits for the first sample, each one after it for the sample behind one that was taken.
      if (delayMs === NODE_PERIOD_S * 1000 && (periods += 1) > 1) around.onSample();
    });
    attachMhz19(around.co2, { curve: () => CO2_PPM, clock, warmUpMs: 0 });
    const times = { samplePeriodS: NODE_PERIOD_S, co2PreheatS: 0 };
    const configuration = { ...around.configuration, ...times };
    const board = startNodeBoard({ ...around, configuration, clock });
    startReceiver(around.gps, clock, NODE_FIX_MS);
    return {
      title: board.title,
      memoryUnit: "bytes",
      advance: paceOf(clock),
      memory: heapBytes,
      stop: () => board.stop(),
    };
  },
};

async function heapBytes(): Promise<number> {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

const ESPRUINO_PERIOD_S = 2.0005;
const ESPRUINO_FIX_MS = 2000;
/** The watch on the link goes by the engine's clock, which is the wall's: this is a minute's part of 30. */
const ESPRUINO_LINK_TIMEOUT_S = 2;
const LOOK_MS = 5;
/**
 * In the real engine time is the wall clock's: here a login or an answer that takes 30 s to fail fails in
 * 1 s or 2, and a back-off of minutes is over in a quarter of a second. What is shorter stays as it is. The engine tells
 * its memory itself: asked at its console, it now and then ends in the assertion that docs/espruino.md has.
 */
const PROBE = `
(function () {
  var start = setTimeout;
  global.setTimeout = function (callback, delayMs) {
    if (Math.abs(delayMs - ${ESPRUINO_PERIOD_S * 1000}) < 0.1) console.log("info", "sampling used=" + process.memory().usage);
    else if (delayMs > 60000) delayMs /= 1000;
    else if (delayMs > 5000) delayMs /= 30;
    return start(callback, delayMs);
  };
})();
`;

/** The bundle build/linux.js in the Espruino that ESPRUINO names. */
export const espruinoEngine: BenchEngine = {
  async start(around) {
    const clock = new VirtualClock(1);
    let onUsed: ((variables: number) => void) | undefined;
    attachMhz19(around.co2, { curve: () => CO2_PPM, clock, warmUpMs: 0 });
    const board = await startEspruinoBoard({
      ...{ ...around, clock, probe: PROBE },
      configuration: {
        ...around.configuration,
        samplePeriodS: ESPRUINO_PERIOD_S,
        co2PreheatS: 0,
        linkTimeoutS: ESPRUINO_LINK_TIMEOUT_S,
      },
      onLog: (line) => {
        const event = logEventOf(line);
        if (event?.name === "sampling") {
          onUsed?.(Number(event.values["used"]));
          around.onSample();
        } else around.onLog(line);
      },
    });
    startReceiver(around.gps, clock, ESPRUINO_FIX_MS);
    return {
      title: board.title,
      memoryUnit: "variables",
      advance: () => delay(LOOK_MS),
      // At the next sample: at the last one others may have waited, which take some each.
      memory: () => new Promise((resolve) => void (onUsed = resolve)),
      stop: async () => {
        clock.stop();
        await board.stop();
      },
    };
  },
};
