// The board's public key at its certification service, with a command line around it: registered in the service's folder of
// keys, or the command that does it there.

import type { KeyObject } from "node:crypto";
import { OtherKey, registerKey } from "../certification/registration.js";
import { codeOf, messageOf, usageFailure } from "../failure.js";
import type { Failure } from "../failure.js";
import { quoted } from "./shell.js";
import { printAside } from "./terminal.js";

/** The files are written, and the account is made: whatever fails here, the command is told. */
export async function certifyKey(
  folder: string | undefined,
  jid: string,
  key: KeyObject,
  publicPath: string,
): Promise<void> {
  if (folder === undefined) return tellCommand(jid, publicPath);
  try {
    const { path, state } = await registerKey(folder, jid, key);
    printAside(
      state === "unchanged" ? `${path} has that key already.` : `${path} is the board's key.`,
    );
    printAside("A certification service that runs reads it after kill -HUP.");
  } catch (error) {
    throw registrationFailure(folder, jid, publicPath, error);
  }
}

function commandFor(folder: string, jid: string, publicPath: string, force = ""): string {
  return `npx microspime certify --keys ${quoted(folder)} --add ${quoted(jid)} --key ${quoted(publicPath)}${force}`;
}

function tellCommand(jid: string, publicPath: string): void {
  printAside(
    "the certification service needs the board's public key; where it has its folder of keys:",
    `  ${commandFor("FOLDER", jid, publicPath)}`,
  );
}

function registrationFailure(
  folder: string,
  jid: string,
  publicPath: string,
  error: unknown,
): Failure {
  if (error instanceof OtherKey) {
    const message = `${jid} has another key in ${folder}. The board's files are written all the same.`;
    return usageFailure(
      message,
      `If it is to have this one: ${commandFor(folder, jid, publicPath, " --force")}`,
    );
  }
  const reason = error instanceof TypeError ? messageOf(error) : codeOf(error) || messageOf(error);
  const message = `The board's key cannot be registered in ${folder} (${reason}). Its files are written all the same.`;
  return usageFailure(message, `Afterwards: ${commandFor(folder, jid, publicPath)}`);
}
