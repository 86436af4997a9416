// A life of a board for a month: from the start of its firmware until its power fails. The firmware is the sources, put
// together by its own agent; its platform is made of what the run has: clock, flash, network, sensors.

import { PORTABLE_CIPHER } from "../../../src/firmware/crypto/portable-aes.js";

import { startAgent } from "../../../src/firmware/agent.js";
import type { Board } from "../../../src/firmware/board.js";
import type { Configuration } from "../../../src/firmware/configuration.js";
import type { Flash, Platform, Timer } from "../../../src/firmware/platform.js";
import type { SteppedClock } from "../../support/stepped-clock.js";
import type { Ledger } from "./ledger.js";
import type { Network } from "./network.js";
import { NATIVE_HASHES } from "./native-hashes.js";
import { nativeRsa } from "./native-rsa.js";
import { SPIME_KEY } from "./node.js";
import { isPowerCut } from "./observed-flash.js";
import type { Sensors } from "./sensors.js";

export interface LifeSurroundings {
  readonly clock: SteppedClock;
  readonly network: Network;
  readonly sensors: Sensors;
  readonly ledger: Ledger;
  readonly flash: Flash;
  readonly configuration: Configuration;
  /** Goes on from one life to the next. */
  readonly files: Map<string, string>;
  readonly builtMs: number;
  /** Of the machine, Unix time; NaN: nobody has set it. */
  readonly machineMs: () => number;
  readonly hasRoom: () => boolean;
  readonly noise: () => string;
  readonly isNetworkUp: () => boolean;
  readonly onLine: (line: string) => void;
  /** The program has thrown. */
  readonly onCrash: (reason: string) => void;
}

const RSA = nativeRsa(SPIME_KEY);
/** Which timers are those of samples: no other is started for that part of a millisecond. */
const SAMPLE_PERIOD_PART_S = 0.0005;

export class BoardLife {
  private readonly startMs: number;
  private readonly timers = new Map<number, number>();
  private readonly links = new Set<{ abandon(): void }>();
  private isPowered = true;
  private onNetwork: ((isUp: boolean) => void) | undefined;
  private gps: (bytes: string) => void = () => {};
  private hadRoom = true;

  constructor(private readonly around: LifeSurroundings) {
    const { clock, ledger } = around;
    this.startMs = clock.nowMs();
    ledger.begin();
    this.run(() => this.start());
  }

  get isOver(): boolean {
    return !this.isPowered;
  }

  /** Nothing comes from it any more. */
  cutPower(): void {
    const { clock } = this.around;
    this.isPowered = false;
    for (const handle of this.timers.values()) clock.cancel(handle);
    for (const link of this.links) link.abandon();
  }

  setNetwork(isUp: boolean): void {
    this.run(() => this.onNetwork?.(isUp));
  }

  private start(): void {
    const { configuration, sensors, builtMs } = this.around;
    const { samplePeriodS } = configuration;
    const gps = (bytes: string) => {
      this.hadRoom = true;
      this.gps(bytes);
      return this.hadRoom;
    };
    const board: Board = {
      ...{ name: "months", builtMs, entropy: {} },
      uarts: { gps: { device: "gps", baud: 9600 } },
    };
    startAgent(
      this.platform(),
      {
        hashes: NATIVE_HASHES,
        cipher: PORTABLE_CIPHER,
        rsa: () => [RSA],
      },
      board,
      { ...configuration, samplePeriodS: samplePeriodS + SAMPLE_PERIOD_PART_S },
      sensors.driver(samplePeriodS * 1000, gps),
    );
  }

  private platform(): Platform {
    const { files, flash, hasRoom, noise, isNetworkUp, machineMs } = this.around;
    const nothing = { write: () => false, read: () => undefined };
    return {
      clock: {
        monotonicMs: () => this.ageMs(),
        epochMs: () => machineMs() || this.ageMs(),
      },
      timer: this.timer(),
      uart: {
        open: (_settings, onBytes) => {
          this.gps = onBytes;
          return { write: () => {} };
        },
      },
      i2c: nothing,
      hasRoom: () => (this.hadRoom = hasRoom()),
      flash: () => flash,
      store: {
        read: (name) => files.get(name),
        write: (name, bytes) => void files.set(name, bytes),
      },
      button: () => {},
      sockets: {
        isVerifying: true,
        dial: (address, handlers) => this.dial(address, handlers),
      },
      network: {
        attach: (_wifi, onChange) => {
          this.onNetwork = onChange;
          onChange(isNetworkUp());
        },
      },
      noise,
      log: { write: (level, line) => this.onLine(`${level} ${line}`) },
    };
  }

  private dial(...[address, handlers]: Parameters<Platform["sockets"]["dial"]>) {
    const link = this.around.network.dial(address, {
      onOpen: () => this.run(() => handlers.onOpen()),
      onBytes: (bytes) => this.run(() => handlers.onBytes(bytes)),
      onClose: (reason) => {
        this.links.delete(link);
        this.run(() => handlers.onClose(reason));
      },
    });
    this.links.add(link);
    return {
      write: link.write,
      close: () => {
        this.links.delete(link);
        link.close();
      },
    };
  }

  /** Numbers are used again, as in Espruino, and one that does not wait must not be stopped. */
  private timer(): Timer {
    const { clock, configuration } = this.around;
    const sampleMs = (configuration.samplePeriodS + SAMPLE_PERIOD_PART_S) * 1000;
    return {
      start: (delayMs, callback) => {
        if (!(delayMs >= 0)) throw new Error(`a timer of ${delayMs} ms`);
        let number = 1;
        while (this.timers.has(number)) number += 1;
        const isSample = delayMs === sampleMs;
        const handle = clock.after(delayMs, () => {
          this.timers.delete(number);
          this.run(() => (isSample ? this.sample(callback) : callback()));
        });
        this.timers.set(number, handle);
        return number;
      },
      stop: (number) => {
        const handle = this.timers.get(number);
        if (handle === undefined) throw new Error("a timer was stopped that did not wait");
        clock.cancel(handle);
        this.timers.delete(number);
      },
    };
  }

  private sample(callback: () => void): void {
    const { ledger, sensors } = this.around;
    const reading = sensors.reading();
    if (reading) ledger.onSample(reading);
    callback();
    ledger.onTaken();
  }

  private run(work: () => void): void {
    if (!this.isPowered) return;
    try {
      work();
    } catch (error) {
      this.cutPower();
      // The flash has told it.
      if (isPowerCut(error)) return;
      this.around.onCrash(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  private onLine(line: string): void {
    const { ledger, onLine } = this.around;
    onLine(line);
    const dropped = /^error dropped count=(\d+)$/.exec(line);
    if (dropped) ledger.onDropped(Number(dropped[1]));
    else if (line.startsWith("warn gap ")) ledger.onGap();
  }

  private ageMs(): number {
    return this.around.clock.nowMs() - this.startMs;
  }
}
