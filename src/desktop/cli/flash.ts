// `microspime flash`: our program and its files onto a board, with a command line around it. Boards with Kaluma are in
// flash-kaluma.ts.

import { Command } from "commander";
import { usageFailure } from "../failure.js";
import { readProvisioned } from "../flashing/board-files.js";
import { buildProgram, isUnbuilt } from "../flashing/build-program.js";
import type { FlashedBoard } from "../flashing/engine-check.js";
import { flash } from "../flashing/flash.js";
import { findBoard } from "../provisioning/board-data.js";
import type { BoardData } from "../provisioning/board-data.js";
import { readBundle } from "../sim/bundle.js";
import { sessionOf, withConsole } from "./board-port.js";
import type { ConsoleFlags } from "./board-port.js";
import { flashDisplay } from "./flash-display.js";
import { flashKalumaBoard } from "./flash-kaluma.js";
import { goOnUnread } from "./interruption.js";
import { numberFrom } from "./parsers.js";

export interface FlashFlags extends ConsoleFlags {
  board: string;
  from: string;
  dryRun?: boolean;
  compact?: boolean;
  eraseData?: boolean;
  build?: boolean;
  wait: number;
  json?: boolean;
}

const HELLO_S = 60;

/** A `Failure` for a board that has no data file, or whose program is not for Espruino. */
export function espruinoBoard(name: string): FlashedBoard {
  const board = findBoard(name);
  // With that port a data file has an engine: schema/board.schema.json.
  if (board?.port.startsWith("espruino")) return board as BoardData & FlashedBoard;
  throw usageFailure(
    board ? `The board ${name} is no Espruino.` : `There is no board ${name}.`,
    "Give one of boards/ with Espruino: esp32 or linux, for example.",
  );
}

async function flashBoard(flags: FlashFlags, command: Command): Promise<void> {
  goOnUnread();
  if (findBoard(flags.board)?.port === "kaluma") return flashKalumaBoard(flags, command);
  const board = espruinoBoard(flags.board);
  const provisioned = readProvisioned(flags.from);
  const session = sessionOf(flags);
  // A board that is flashed anew from its own folder has that password.
  const lock = provisioned.lock?.bytes.toString("latin1");
  const passwords = [...session.passwords, ...(lock === undefined ? [] : [lock])];
  if (flags.build || isUnbuilt(board.name)) buildProgram(board.name);
  const display = flashDisplay(flags);
  try {
    await flash({
      ...session,
      passwords,
      board,
      program: Buffer.from(readBundle(board.name).text, "latin1"),
      loader: Buffer.from(readBundle("loader").text, "latin1"),
      provisioned,
      isDryRun: flags.dryRun ?? false,
      compacts: flags.compact ?? false,
      erasesData: flags.eraseData ?? false,
      helloMs: flags.wait * 1000,
      onEvent: display.onEvent,
    });
  } finally {
    display.end();
  }
}

export function flashCommand(): Command {
  const command = new Command("flash")
    .summary("put our program and a board's files onto it")
    .description(
      "Sends the program (built first where it is not there) and what microspime provision has written to a board with Espruino, beside the " +
        "program that runs there, or to one with Kaluma, in its place; compares checksums, restarts it and waits for its hello.",
    )
    .requiredOption("--board <name>", "which it is: a file of boards/")
    .requiredOption("--from <folder>", "what microspime provision --out has written");
  return withConsole(command)
    .option("--build", "build the program anew first")
    .option("--dry-run", "look at the board, say what would be done, write nothing")
    .option("--compact", "stop the program and move files together, where there are erased ones")
    .option(
      "--erase-data",
      "erase what the board has in Storage and is not sent: claims, public keys, counters",
    )
    .option("--wait <seconds>", "for its hello", numberFrom(1, 3600), HELLO_S)
    .option("--json", "one JSON object a line")
    .action(flashBoard);
}
