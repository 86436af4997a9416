// Which arithmetic a board has for RSA, by the port that its data file boards/NAME.json names.

import { readdirSync, readFileSync } from "node:fs";
import { usageFailure } from "../failure.js";
import { boardPath, boardsFolder } from "../paths.js";
import type { Arithmetic } from "./key-record.js";

/** 22 bits are what Espruino's dot products hold without loss, 24 what plain loops do. */
const BY_PORT: Readonly<Record<string, Arithmetic>> = {
  espruino: { limbBits: 22, accelerator: true },
  node: { limbBits: 24, accelerator: false },
};

export function arithmeticOf(board: string): Arithmetic {
  const names = boardNames();
  if (!names.includes(board)) {
    const message = `There is no board "${board}".`;
    throw usageFailure(message, `Boards are ${names.join(", ")}.`);
  }
  const { port } = JSON.parse(readFileSync(boardPath(board), "utf8")) as { port: string };
  const arithmetic = BY_PORT[port];
  if (!arithmetic) throw new TypeError(`boards/${board}.json: port "${port}"`);
  return arithmetic;
}

function boardNames(): string[] {
  const files = readdirSync(boardsFolder).filter((name) => name.endsWith(".json"));
  return files.map((name) => name.slice(0, -".json".length)).sort();
}
