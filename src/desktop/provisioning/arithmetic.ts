// Which arithmetic a board has for RSA, by the port that its data file boards/NAME.json names.

import { boardData } from "./board-data.js";
import type { Arithmetic } from "./key-record.js";

/** 22 bits are what Espruino's dot products hold without loss, 24 what plain loops do. */
const BY_PORT: Readonly<Record<string, Arithmetic>> = {
  espruino: { limbBits: 22, accelerator: true },
  node: { limbBits: 24, accelerator: false },
  host: { limbBits: 24, accelerator: false },
  kaluma: { limbBits: 24, accelerator: false },
};

export function arithmeticOf(board: string): Arithmetic {
  const { port } = boardData(board);
  const arithmetic = BY_PORT[port];
  if (!arithmetic) throw new TypeError(`boards/${board}.json: port "${port}"`);
  return arithmetic;
}
