// What JerryScript's `jerry-snapshot` makes of a program, beside its text. Kaluma cannot run it: it parses the text that it
// has in flash (src/runtime.c, km_runtime_load), up to the first octet that is 0 (src/prog.c, km_prog_get_size).

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ExitCode, Failure } from "../failure.js";
import { findProgram } from "../outside-programs.js";

export interface ByteCodeSize {
  readonly textBytes: number;
  /** By this machine's tool: another build of it makes other ones. */
  readonly byteCodeBytes: number;
}

const GENERATE_MS = 30_000;

/** Nothing where there is no such tool; a `Failure` where one is named that is none, or does not do it. */
export function sizeAsByteCode(programFile: string): ByteCodeSize | undefined {
  const named = process.env["JERRY_SNAPSHOT"];
  const tool = findProgram(named || "jerry-snapshot");
  if (!tool && !named) return undefined;
  if (!tool) throw toolFailure(`JERRY_SNAPSHOT=${named} is no program.`);
  const folder = mkdtempSync(path.join(tmpdir(), "microspime-byte-code-"));
  try {
    const made = path.join(folder, "program.snapshot");
    const { status } = spawnSync(tool, ["generate", "-o", made, programFile], {
      timeout: GENERATE_MS,
    });
    if (status !== 0 && named) throw toolFailure(`${tool} makes no byte code of the program.`);
    if (status !== 0) return undefined;
    return { textBytes: statSync(programFile).size, byteCodeBytes: statSync(made).size };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function toolFailure(message: string): Failure {
  return new Failure(
    ExitCode.toolMissing,
    message,
    "It tells a size and no more: without JERRY_SNAPSHOT flash goes on all the same.",
  );
}
