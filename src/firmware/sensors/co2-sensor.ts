// What a CO2 sensor's driver is to the agent: it asks its sensor when it is told to, and says a value, or that
// there is a gap and why. Its frames are pure functions, its wire is given to it.

// sensors/talk.ts has what is alike in all of them, sensors/uart-talk.ts and sensors/sensirion.ts what is alike on a UART
// and on the bus. A driver is data and functions without a state: on a board each closure takes memory for good.

import type { Orders } from "./talk.js";

/** The bus as a platform has it; texts are byte strings. */
export interface Co2Bus {
  /** False when the device does not answer (NACK). */
  write(address: number, bytes: string): boolean;
  /** `undefined` when the device does not answer. */
  read(address: number, count: number): string | undefined;
}

/**
 * What a person may have a sensor do, never done by itself: `self-calibration` (1 on, 0 off), `zero` (0: the air is
 * fresh now), `forced` (ppm of the air now), `altitude` (m), `pressure` (hPa), `range` (ppm, the end of it).
 */
export type Co2Command = "self-calibration" | "zero" | "forced" | "altitude" | "pressure" | "range";

/**
 * `done`: it has said so, or can be read so; without an answer of its kind (MH-Z19: `zero`, `forced`), sent. `same`: it
 * was set so already, and nothing was written into memory that wears. `failed`: also while another command is done.
 */
export type Co2Outcome = "done" | "same" | "unsupported" | "failed";

export interface Co2Surroundings {
  /** Its UART, before it is asked for the first time. */
  line?: { write(bytes: string): void };
  /** Where it is on that bus. */
  bus?: Co2Bus;
  /** Calls `callback` once. */
  after(delayMs: number, callback: () => void): void;
  /** How long after the start nothing that it says counts; absent: as long as its datasheet has it warm up. */
  preheatMs?: number;
  onCo2Ppm(co2Ppm: number): void;
  /**
   * One word: `warming-up`, `plateau`, `out-of-range`, `status-40` (bits that are faults, in hexadecimal), `error-2` (an
   * error in the answer's place), `check` (what came was damaged), `ambiguous`
   * (it may answer something else), `silent`, `not-ready`, `busy` (with a command).
   */
  onGap(reason: string): void;
}

export interface Co2Sensor {
  /**
   * Asks for a value. Each call brings one value or one gap; that there was no answer is told by the next one,
   * `periodMs` later.
   */
  measure(): void;
  /** What has come from its UART, cut anywhere. */
  push(bytes: string): void;
  /** `onDone` is called once. Throws on a value that no sensor of this kind can take. */
  command(name: Co2Command, value: number, onDone: (outcome: Co2Outcome) => void): void;
}

/** `Talk`: what its questions go through (`UartTalk`, `SensirionTalk`). */
export interface Co2Driver<Talk = never> {
  /** As in a board's data file. */
  name: string;
  /** How often it is asked: as often as it measures. */
  periodMs: number;
  /** The datasheet's. */
  preheatMs: number;
  /** The widest range that it is sold with. */
  mostPpm: number;
  /** What it says while it boots, again and again, and nothing else tells. */
  plateaus?: number[];
  /**
   * What its UART is set to, beside the pins, and its frames' check: `seal` puts so many bytes behind a body. Absent: it
   * is on the bus.
   */
  uart?: { baud: number; parity?: "e"; checkBytes: number; seal(body: string): string };
  /** How it is talked to. */
  open(around: Co2Surroundings, driver: Co2Driver<Talk>): Co2Sensor;
  /** Asks for a value. */
  measure(talk: Talk): void;
  /** What it can be ordered to do; made anew each time: on a board it takes memory only while something is done. */
  ordersOf(talk: Talk): Orders;
}

/** Of a driver for any kind of talk. */
export function openSensor(driver: Co2Driver, around: Co2Surroundings): Co2Sensor {
  return driver.open(around, driver);
}
