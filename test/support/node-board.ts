// A board in Node whose sensors never rest, for tests that watch its log: the bundle build/sim.js, which
// reports every few seconds of its fast clock.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Configuration } from "../../src/firmware/configuration.js";
import { recordingPath } from "../../src/desktop/paths.js";
import { SEED_BYTES, SEED_FILE } from "../../src/desktop/provisioning/provision.js";
import { logEventOf } from "../../src/desktop/sim/agent-log.js";
import type { LogEvent } from "../../src/desktop/sim/agent-log.js";
import type { RunningBoard } from "../../src/desktop/sim/board.js";
import { co2CurveOf } from "../../src/desktop/sim/co2-curve.js";
import { epochsOf, GpsReceiver } from "../../src/desktop/sim/gps-receiver.js";
import { attachMhz19 } from "../../src/desktop/sim/sensors/mhz19.js";
import { startNodeBoard } from "../../src/desktop/sim/node-board.js";
import { createTrace } from "../../src/desktop/sim/trace.js";
import type { Direction } from "../../src/desktop/sim/trace.js";
import { VirtualClock } from "../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../src/desktop/sim/wire.js";

const RECORDING = "mt3339.nmea";
const GPS_BAUD = 9600;
const SPEED = 5;
const SAMPLE_PERIOD_S = 3;
const CO2 = "0,428";

interface Waiting {
  readonly name: string;
  readonly resolve: (event: LogEvent) => void;
}

export class NodeBoard {
  /** What went over its connection, stanza by stanza. */
  readonly stanzas: { readonly direction: Direction; readonly xml: string }[] = [];
  /** Events of its log that nobody has waited for yet. */
  private events: LogEvent[] = [];
  private waiting: Waiting[] = [];
  private readonly clock = new VirtualClock(SPEED);
  private readonly board: RunningBoard;

  constructor(configuration: Omit<Configuration, "exposure" | "samplePeriodS">) {
    const [gps, co2] = [new Wire(), new Wire()];
    attachMhz19(co2, { curve: co2CurveOf(CO2)!, clock: this.clock, warmUpMs: 0 });
    this.board = startNodeBoard({
      configuration: {
        ...{ ...configuration, exposure: "outdoor" },
        ...{ samplePeriodS: SAMPLE_PERIOD_S, co2PreheatS: 0 },
      },
      files: { [SEED_FILE]: randomBytes(SEED_BYTES) },
      ...{ gps, co2, clock: this.clock },
      onLog: (line) => this.onLog(line),
      onTraffic: createTrace((direction, xml) => void this.stanzas.push({ direction, xml })),
      onCrash: () => {},
    });
    const epochs = epochsOf(readFileSync(recordingPath(RECORDING)))!;
    const receiver = new GpsReceiver(epochs, gps, this.clock, GPS_BAUD);
    const playAgain = () => receiver.play(playAgain);
    playAgain();
  }

  /** The next event of that name, after the last that was waited for. */
  next(name: string): Promise<LogEvent> {
    const at = this.events.findIndex((event) => event.name === name);
    if (at < 0) return new Promise((resolve) => this.waiting.push({ name, resolve }));
    const [event] = this.events.splice(0, at + 1).slice(-1);
    return Promise.resolve(event);
  }

  async stop(): Promise<void> {
    this.clock.stop();
    await this.board.stop();
  }

  private onLog(line: string): void {
    const event = logEventOf(line);
    if (!event) return;
    const waiting = this.waiting.filter(({ name }) => name === event.name);
    if (waiting.length === 0) this.events.push(event);
    else this.events = [];
    this.waiting = this.waiting.filter((one) => !waiting.includes(one));
    for (const { resolve } of waiting) resolve(event);
  }
}
