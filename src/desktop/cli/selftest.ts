// `microspime selftest`: what only a board can settle, as a table and as JSON, with a command line around it.

import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { ExitCode, unwritable } from "../failure.js";
import type { Engine } from "../flashing/board-console.js";
import { selftest } from "../flashing/selftest.js";
import type { Row, SelftestResult, TestedBoard } from "../flashing/selftest.js";
import { makeTestVector } from "../flashing/test-vector.js";
import { boardPath, boardsFolder } from "../paths.js";
import { arithmeticOf } from "../provisioning/arithmetic.js";
import { readBundle } from "../sim/bundle.js";
import { sessionOf, withConsole } from "./board-port.js";
import type { ConsoleFlags } from "./board-port.js";
import { espruinoBoard } from "./flash.js";
import { interruptionByHand } from "./interruption.js";
import { createLines } from "./lines.js";
import type { Lines } from "./lines.js";
import { count, hostAndPort } from "./parsers.js";
import type { HostAndPort } from "./parsers.js";
import { printable } from "./terminal.js";

interface SelftestFlags extends ConsoleFlags {
  board: string;
  out?: string;
  tls?: HostAndPort;
  uartPath?: string;
  vectors: number;
  json?: boolean;
}

const VECTORS = 1000;

/** Register addresses are texts in hexadecimal there. */
function readData(file: string): object {
  return JSON.parse(readFileSync(file, "utf8"), (_, value: unknown) =>
    typeof value === "string" && /^0x[\dA-Fa-f]+$/.test(value) ? Number(value) : value,
  ) as object;
}

/** With what its chip has. */
function testedBoard(name: string): TestedBoard {
  const board = readData(boardPath(name)) as TestedBoard & { chip?: string };
  const chip = board.chip === undefined ? {} : readData(`${boardsFolder}/chips/${board.chip}.json`);
  return { ...chip, ...board };
}

/** As the desktop's data files have it, in the table's order of columns. Exported for its test. */
export function rowLine({ name, outcome, reason, values = {} }: Row): string {
  const words = Object.entries(values).map(([key, value]) => `${key} ${rounded(value)}`);
  const what = outcome === "measured" ? words.join(", ") : `${outcome}: ${reason ?? ""}`;
  return printable(`${name.padEnd(12)} ${what}`);
}

function rounded(value: number | string): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
}

function writeResult(file: string, board: string, { engine, rows }: SelftestResult): void {
  const result = { board, engine, date: new Date().toISOString().slice(0, 10), rows };
  try {
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  } catch (error) {
    throw unwritable(file, error, "Give another --out.");
  }
}

async function test(flags: SelftestFlags): Promise<void> {
  const { json = false, out } = flags;
  const { name } = espruinoBoard(flags.board);
  const { tell } = createLines(json);
  const stop = interruptionByHand();
  tell("started", `Self-test of ${name} at ${flags.port}; its program stops meanwhile.`, {
    board: name,
  });
  const result = await measured(flags, name, tell, stop);
  const failed = failedRows(result).length;
  tell("outcome", outcomeLine(result, out, stop.aborted), { failed });
  if (failed > 0) process.exitCode = ExitCode.notAcknowledged;
}

/** A board that hangs is a result too: what there is of it is written, however it ends. */
async function measured(
  flags: SelftestFlags,
  name: string,
  tell: Lines["tell"],
  stop: AbortSignal,
): Promise<SelftestResult> {
  const rows: Row[] = [];
  let engine: Engine | undefined;
  const onEngine = (found: Engine) => void (engine = found);
  const onRow = (row: Row) => {
    rows.push(row);
    tell("row", `  ${rowLine(row)}`, row);
  };
  const onNote = (text: string) => tell("note", text, { text });
  try {
    return await selftest({ ...optionsOf(flags, name), stop, onEngine, onRow, onNote });
  } finally {
    if (flags.out !== undefined && engine) writeResult(flags.out, name, { engine, rows });
  }
}

function optionsOf(flags: SelftestFlags, name: string) {
  const board = testedBoard(name);
  return {
    ...sessionOf(flags),
    board,
    bundle: Buffer.from(readBundle("selftest").text, "latin1"),
    vector: board.accelerator && makeTestVector(arithmeticOf(name)),
    vectors: flags.vectors,
    tls: flags.tls,
    uartPath: flags.uartPath,
  };
}

function failedRows({ rows }: SelftestResult): readonly Row[] {
  return rows.filter(({ outcome }) => outcome === "failed");
}

function outcomeLine(result: SelftestResult, out: string | undefined, isStopped: boolean): string {
  const failed = failedRows(result).map(({ name }) => name);
  const end = isStopped ? "Interrupted." : "Done.";
  const verdict = failed.length > 0 ? `Failed: ${failed.join(", ")}.` : end;
  return `${verdict} The board's program starts again.${out === undefined ? "" : ` Saved in ${out}.`}`;
}

export function selftestCommand(): Command {
  const command = new Command("selftest")
    .summary("measure on a board what only it can settle")
    .description(
      "Stops a board's program, runs a bundle of its own there (memory, TLS, RSA accelerator, noise, UART, speed), " +
        "prints a table, and starts the program again. docs/hardware.md says what each row means.",
    )
    .requiredOption("--board <name>", "which it is: a file of boards/")
    .option("-o, --out <file>", "writes the result as JSON");
  return withConsole(command)
    .option("--tls <host:port>", "a server for TLS: direct TLS, XMPP", hostAndPort)
    .option("--uart-path <path>", "on Linux: a line that gives back what it gets")
    .option("--vectors <number>", "how often the accelerator computes", count, VECTORS)
    .option("--json", "one JSON object a line")
    .action(test);
}
