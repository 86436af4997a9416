// What the simulation needs of a board, whichever engine runs its bundle.

import type { BoardConfiguration } from "../provisioning/board-configuration.js";
import type { Bundle } from "./bundle.js";
import type { StoreFolder } from "./store-folder.js";
import type { Traffic } from "./trace.js";
import type { BoardClock } from "./virtual-clock.js";
import type { Wire } from "./wire.js";

export interface BoardSurroundings {
  /** Its text as people write it; it goes into the store as microspime.json. */
  readonly configuration: BoardConfiguration;
  /** What else is in the store at the start, by name. */
  readonly files: Readonly<Record<string, Buffer>>;
  readonly gps: Wire;
  readonly co2: Wire;
  readonly clock: BoardClock;
  /** A line of the agent's log. */
  readonly onLog: (line: string) => void;
  /** What goes over the board's connection; where the simulation is not traced, nothing. */
  readonly onTraffic: Traffic | undefined;
  /** The engine has ended, or reported an error of the program. */
  readonly onCrash: (reason: string) => void;
  /** Believes any certificate of the server, as Espruino does. */
  readonly isTrusting?: boolean;
  /** Another bundle than that of the engine's own board. */
  readonly bundle?: Bundle | undefined;
  /** Code that runs behind the bundle's, where the engine is the real one. */
  readonly probe?: string | undefined;
  /** Where the engine is Node: what it keeps is there, `files` too, and what was there before goes on. Absent: in memory. */
  readonly folder?: StoreFolder | undefined;
}

/** Of Espruino, in variable blocks, of 13 to 14 bytes each on an ESP32. */
export interface Variables {
  readonly used: number;
  readonly total: number;
}

/** Of JerryScript. */
export interface HeapPeak {
  readonly peakBytes: number;
  readonly totalBytes: number;
}

export type Memory = Variables | HeapPeak;

export interface RunningBoard {
  /** One line: the bundle, its size, the engine. */
  readonly title: string;
  /**
   * What is in use of the engine's memory; nothing where it has no bound, or does not answer. Asked last: an engine may
   * tell at its end alone, and end for it.
   */
  memory(): Promise<Memory | undefined>;
  stop(): Promise<void>;
}
