// `microspime update` and `microspime sign-update`: another program for a board, over the air.

import { Command } from "commander";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { replaceSecretFile, writeSecretFiles } from "../provisioning/files.js";
import { arithmeticOf } from "../provisioning/arithmetic.js";
import { updateKeyFile } from "../provisioning/provision.js";
import { codeOf, ExitCode, Failure, messageOf, usageFailure } from "../failure.js";
import {
  isVersion,
  readSignedProgram,
  signedProgramText,
  signProgram,
  updateBoard,
} from "../updating/index.js";
import type { Program, SignedProgram, UpdateOutcome, UpdateProgress } from "../updating/index.js";
import { versionOfBuild } from "../version.js";
import { accountOf, withAccount } from "./account.js";
import type { AccountFlags } from "./account.js";
import { claimerDisplay } from "./claimer-display.js";
import { readPrivate, readPublic, warnOfWeakness } from "./keys.js";
import { fullJidOf, numberFrom } from "./parsers.js";
import { createBar } from "./progress.js";
import { paint, print, printEvent } from "./terminal.js";

interface ProgramFlags {
  bundle?: string;
  key?: string;
  board?: string;
  programVersion?: string;
}

interface UpdateFlags extends AccountFlags, ProgramFlags {
  signed?: string;
  wait: number;
}

interface SignFlags extends ProgramFlags {
  out?: string;
  boardKey?: string;
  json?: boolean;
}

const WAIT_S = 3600;

async function update(spime: string, flags: UpdateFlags): Promise<void> {
  const { onStanza } = claimerDisplay(flags.json);
  const program = await signedProgramFrom(flags);
  const account = accountOf(flags, onStanza);
  const told = flags.json ? jsonProgress() : textProgress(spime);
  const outcome = await updateBoard({
    ...{ ...account, spime, program, timeoutMs: flags.wait * 1000 },
    onProgress: told.onProgress,
  }).finally(told.end);
  conclude(outcome, program, flags.json);
}

function conclude(outcome: UpdateOutcome, { version }: SignedProgram, isJson = false): void {
  const { spime, isConfirmed } = outcome;
  if (isJson) printEvent(isConfirmed ? "updated" : "rolled-back", { ...outcome, tried: version });
  if (!isConfirmed) {
    throw new Failure(
      ExitCode.notAcknowledged,
      `${spime} has rolled back: it runs version ${outcome.version} again, and ${version} did not prove itself.`,
      "What a new program has to do in its trial is in docs/update.md; microspime monitor shows its log.",
    );
  }
  if (!isJson) print(paint("bold", `${spime} runs version ${outcome.version} now.`));
}

interface Told {
  onProgress(progress: UpdateProgress): void;
  end(): void;
}

const jsonProgress = (): Told => ({
  onProgress: ({ step, ...values }) => printEvent(step, values),
  end: () => {},
});

function textProgress(spime: string): Told {
  const bar = createBar();
  return {
    onProgress(progress) {
      if (progress.step === "sending") bar.show(`Sending to ${spime}`, progress.bytes, progress.of);
      else {
        bar.end();
        if (progress.step === "restarting") print(`${spime} has it, and restarts.`);
      }
    },
    end: bar.end,
  };
}

async function sign(flags: SignFlags): Promise<void> {
  const { out, boardKey, json } = flags;
  if (boardKey !== undefined) await writeBoardKey(boardKey, flags);
  if (flags.bundle === undefined && boardKey !== undefined) return;
  const program = await signFrom(flags);
  const file = out ?? `${program.board}-${program.version}.update`;
  await write(file, signedProgramText(program));
  const { board, version, text } = program;
  if (json) printEvent("signed", { file, board, version, bytes: text.length });
  else print(`${file}: version ${version} for ${board}, ${text.length} bytes, signed.`);
}

/** The public half, as a board has it in its store. */
async function writeBoardKey(file: string, { key, board, bundle, json }: SignFlags): Promise<void> {
  if (!key || !board) {
    throw usageFailure(
      "--board-key needs --key and --board.",
      "The form of the file is the board's.",
    );
  }
  const half = await readPublic(key);
  // With a program its signer is warned of.
  if (bundle === undefined) warnOfWeakness(half);
  const { content } = updateKeyFile(half, arithmeticOf(board));
  await writeSecretFiles(path.dirname(file), [{ name: path.basename(file), content }]).catch(
    (error: unknown) => {
      throw usageFailure(`${file} cannot be written (${codeOf(error)}).`, "Name another file.");
    },
  );
  if (json) printEvent("board-key", { file, board });
  else print(`${file}: whose signature a board ${board} takes.`);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await replaceSecretFile(file, text);
  } catch (error) {
    throw usageFailure(`${file} cannot be written (${codeOf(error)}).`, "Name another with --out.");
  }
}

async function signedProgramFrom(flags: UpdateFlags): Promise<SignedProgram> {
  const { signed, bundle, key } = flags;
  if (signed === undefined) return signFrom(flags);
  if (bundle !== undefined || key !== undefined) {
    throw usageFailure(
      "--signed has program and signature already.",
      "Leave --bundle and --key out.",
    );
  }
  const json = await read(signed);
  return checked(signed, () => readSignedProgram(json.toString("utf8")));
}

async function signFrom(flags: ProgramFlags): Promise<SignedProgram> {
  const { bundle, key } = flags;
  if (bundle === undefined || key === undefined) {
    const missing = bundle === undefined ? "--bundle" : "--key";
    throw usageFailure(`${missing} is missing.`, "A program is signed: give --bundle and --key.");
  }
  const signer = await readPrivate(key);
  warnOfWeakness(signer);
  const program = await programFrom(bundle, flags);
  return checked(bundle, () => signProgram(program, signer));
}

async function programFrom(bundle: string, flags: ProgramFlags): Promise<Program> {
  const { board = path.basename(bundle, ".js"), programVersion } = flags;
  const version = programVersion ?? versionOfBuild();
  if (!isVersion(version)) {
    throw usageFailure(
      `"${version}" is no version that boards can compare.`,
      "Give --program-version three numbers of at most four digits, like 1.2.3.",
    );
  }
  return { board, version, text: await read(bundle) };
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw usageFailure(`${file} cannot be read (${codeOf(error)}).`, "Is it built? npm run build");
  }
}

function checked<T>(file: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw usageFailure(
      `${file}: ${messageOf(error)}.`,
      "microspime sign-update makes such a file.",
    );
  }
}

function withProgram(command: Command): Command {
  return command
    .optionsGroup("The program:")
    .option("--bundle <file>", "a board's bundle, as npm run build makes it")
    .option("--key <file>", "PEM of the private key that signs it")
    .option("--board <name>", "the kind of board it is for (default: the bundle's name)")
    .option("--program-version <version>", "its version (default: that of this program)");
}

export function updateCommand(): Command {
  const command = new Command("update")
    .summary("send a board another program")
    .description(
      "Sends your board a signed program, has it tried, and tells whether it runs it for good or is back at the one " +
        "before. What was sent stays there: started again it goes on.",
    )
    .argument("<spime>", "its full address", fullJidOf);
  return withProgram(withAccount(command))
    .option("--signed <file>", "what microspime sign-update has made, in the place of the others")
    .option("--wait <seconds>", "for all of it", numberFrom(1, 86400), WAIT_S)
    .action(update);
}

export function signUpdateCommand(): Command {
  const command = new Command("sign-update")
    .summary("sign a program for boards, away from them")
    .description(
      "Makes the file that microspime update --signed sends: the key stays where it is.",
    );
  return withProgram(command)
    .option("-o, --out <file>", "the signed program (default: BOARD-VERSION.update)")
    .option("--board-key <file>", "writes microspime.update, the key's half for a board's store")
    .option("--json", "one JSON object a line, for scripts")
    .action(sign);
}
