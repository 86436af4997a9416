// What the desktop reads of the boards' data files, boards/NAME.json.

import { readdirSync, readFileSync } from "node:fs";
import { usageFailure } from "../failure.js";
import { boardPath, boardsFolder } from "../paths.js";

export interface BoardData {
  readonly name: string;
  readonly title: string;
  readonly port: string;
  readonly network: "wifi" | "brought" | "machine";
  readonly suites?: readonly string[];
}

/** Nothing where there is no such board. */
export function findBoard(name: string): BoardData | undefined {
  if (!boardNames().includes(name)) return undefined;
  return JSON.parse(readFileSync(boardPath(name), "utf8")) as BoardData;
}

/** A `Failure` names the boards that there are. */
export function boardData(name: string): BoardData {
  const board = findBoard(name);
  if (board) return board;
  throw usageFailure(`There is no board "${name}".`, `Boards are ${boardNames().join(", ")}.`);
}

export function boardNames(): string[] {
  const files = readdirSync(boardsFolder).filter((name) => name.endsWith(".json"));
  return files.map((name) => name.slice(0, -".json".length)).sort();
}

/** For a list to choose from. */
export function boardChoices(): { value: string; name: string }[] {
  return boardNames().map((value) => ({ value, name: `${value}: ${boardData(value).title}` }));
}

export function hasWifi(name: string): boolean {
  return boardData(name).network === "wifi";
}

/** Whether its program can sign and encrypt so: docs/nacl.md. */
export function hasSuite(name: string, suite: string): boolean {
  return (boardData(name).suites ?? ["rsa"]).includes(suite);
}

/** A board without TLS, without a lock of its console, and without updates over the air: docs/kaluma.md. */
export function isKaluma(name: string): boolean {
  return boardData(name).port === "kaluma";
}
