// `microspime flash` for a board with Kaluma.

import type { Command } from "commander";
import path from "node:path";
import type { Configuration } from "../../firmware/configuration.js";
import { ExitCode, Failure, usageFailure } from "../failure.js";
import { readProvisioned } from "../flashing/board-files.js";
import type { ProvisionedFiles } from "../flashing/board-files.js";
import { buildProgram, isUnbuilt } from "../flashing/build-program.js";
import { sizeAsByteCode } from "../flashing/byte-code.js";
import { findKalumaCli } from "../flashing/kaluma-cli.js";
import type { KalumaBoard } from "../flashing/kaluma-engine.js";
import { flashKaluma } from "../flashing/kaluma-flash.js";
import { boardData } from "../provisioning/board-data.js";
import type { BoardData } from "../provisioning/board-data.js";
import { checkPlainLinkOf } from "../provisioning/plain-link-check.js";
import { CONFIGURATION_FILE, LOCK_FILE, UPDATE_KEY_FILE } from "../provisioning/provision.js";
import { readBundle } from "../sim/bundle.js";
import { flashDisplay } from "./flash-display.js";
import type { FlashFlags } from "./flash.js";

/** What Espruino has and Kaluma has not. */
const REFUSED: readonly [field: keyof FlashFlags, option: string, why: string][] = [
  ["compact", "--compact", "its file system finds room by itself"],
  ["consolePassword", "--console-password", "its console has no lock"],
  ["baud", "--baud", "its console is the chip's own USB, where 1200 would end Kaluma"],
];

function refuseOptions(board: string, command: Command): void {
  for (const [field, option, why] of REFUSED) {
    // What is in the environment is there for other boards.
    if (command.getOptionValueSource(field) !== "cli") continue;
    throw usageFailure(`${option} is not for ${board}: ${why}.`, "Leave it out: docs/kaluma.md.");
  }
}

/** Who has made a lock takes the board for locked. */
function refuseFiles({ files, lock }: ProvisionedFiles, folder: string): void {
  const names = [...files, ...(lock ? [lock] : [])].map(({ name }) => name);
  const reasons: [string, string][] = [
    [LOCK_FILE, "the console of Kaluma has no lock"],
    [UPDATE_KEY_FILE, "a board with Kaluma takes no program over the air"],
  ];
  for (const [name, why] of reasons) {
    if (!names.includes(name)) continue;
    throw usageFailure(
      `There is ${path.join(folder, name)}, and ${why}.`,
      "Move it away, and know that: docs/kaluma.md.",
    );
  }
}

function checkConfiguration(board: BoardData, { files }: ProvisionedFiles): void {
  const file = files.find(({ name }) => name === CONFIGURATION_FILE)!;
  checkPlainLinkOf(board, JSON.parse(file.bytes.toString("latin1")) as Configuration);
}

/** The board parses what lies in flash up to the first octet that is 0, and as UTF-8. */
function programOf(board: string): { file: string; bytes: Buffer } {
  const { file, text } = readBundle(board);
  // eslint-disable-next-line no-control-regex
  if (/^[\x01-\x7f]+$/.test(text)) return { file, bytes: Buffer.from(text, "latin1") };
  throw new Failure(
    ExitCode.toolMissing,
    `${file} is no text of ASCII.`,
    "Build it anew: npm run build.",
  );
}

export async function flashKalumaBoard(flags: FlashFlags, command: Command): Promise<void> {
  const board = boardData(flags.board);
  refuseOptions(board.name, command);
  const provisioned = readProvisioned(flags.from);
  refuseFiles(provisioned, flags.from);
  checkConfiguration(board, provisioned);
  const { transfer } = findKalumaCli();
  if (flags.build || isUnbuilt(board.name)) buildProgram(board.name);
  const program = programOf(board.name);
  const display = flashDisplay(flags);
  try {
    await flashKaluma({
      port: flags.port,
      interrupts: flags.interrupt,
      // With that port a data file has an engine: schema/board.schema.json.
      board: board as BoardData & KalumaBoard,
      program: program.bytes,
      byteCode: sizeAsByteCode(program.file),
      files: provisioned.files,
      transfer,
      isDryRun: flags.dryRun ?? false,
      erasesData: flags.eraseData ?? false,
      helloMs: flags.wait * 1000,
      onEvent: display.onEvent,
    });
  } finally {
    display.end();
  }
}
