// The engines that can run a simulated board, as data.

import type { BoardSurroundings, RunningBoard } from "./board.js";
import { startEspruinoBoard } from "./espruino-board.js";
import { startJerryBoard } from "./jerry-board.js";
import { startNodeBoard } from "./node-board.js";

export type Engine = "node" | "espruino" | "jerry";

export interface SimulatedEngine {
  /** Whose bundle it runs. */
  readonly board: string;
  /** The one whose bundle has the suite of docs/nacl.md; absent: there is none. */
  readonly naclBoard?: string;
  readonly start: (around: BoardSurroundings) => Promise<RunningBoard> | RunningBoard;
  /** Its timers are its own: they run on the wall clock, and so does its board. */
  readonly isInRealTime: boolean;
  /** Wall-clock seconds without an acknowledgement that are too many. */
  readonly patienceS: number;
  /** Between samples where reports are signed, in seconds of the board's time: an interpreter takes its time for RSA. */
  readonly signingPeriodS: number;
  /** The same in the tour, which waits for them. */
  readonly tourPeriodS: number;
}

const QUICK = { isInRealTime: false, patienceS: 60, signingPeriodS: 3, tourPeriodS: 3 };

export const ENGINES: Readonly<Record<Engine, SimulatedEngine>> = {
  node: { board: "sim", naclBoard: "sim-nacl", start: startNodeBoard, ...QUICK },
  espruino: {
    board: "linux",
    start: startEspruinoBoard,
    isInRealTime: true,
    patienceS: 180,
    signingPeriodS: 75,
    tourPeriodS: 25,
  },
  jerry: { board: "jerry", start: startJerryBoard, ...QUICK },
};
