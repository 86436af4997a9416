// The real Espruino on Linux as a target. A power cut kills the engine; it starts again on the same flash file.

import { type EspruinoBoard, startEspruinoBoard } from "../../sim/espruino-board.js";
import { linesOf, type Target, type TargetKind } from "./target.js";

const BOARD = "linux";
const LOOPBACK = "127.0.0.1";

class EspruinoTarget implements Target {
  constructor(private readonly board: EspruinoBoard) {}

  get title(): string {
    return this.board.title;
  }

  cutPower(): Promise<void> {
    return this.board.cutPower();
  }

  async powerUp(): Promise<void> {
    this.board.powerUp();
  }

  stop(): Promise<void> {
    return this.board.stop();
  }
}

export function espruinoTarget(): TargetKind {
  return {
    board: BOARD,
    lines: linesOf(BOARD),
    hasPower: true,
    listen: { host: LOOPBACK, port: 0 },
    serverAddress: LOOPBACK,
    configuration: {},
    isPaced: () => true,
    start: async (around) =>
      new EspruinoTarget(await startEspruinoBoard({ ...around, onTraffic: undefined })),
  };
}
