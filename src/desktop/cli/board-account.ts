// The board's account at its server, with a command line around it: registered, and its keys in the place of its
// password.

import { serviceOf } from "../connecting.js";
import { loginKeysOf, PerhapsRegistered, register } from "../accounts/index.js";
import type { AccountPlace } from "../accounts/index.js";
import { Failure } from "../failure.js";
import { parseAddress } from "../openspime/address.js";
import { scramText } from "../provisioning/board-configuration.js";
import type { BoardConfiguration } from "../provisioning/board-configuration.js";
import { removeFiles, replaceSecretFile } from "../provisioning/files.js";
import { CONFIGURATION_FILE, configurationFile } from "../provisioning/provision.js";
import type { NewConfiguration } from "./configuration.js";
import { quoted } from "./shell.js";
import { printAside } from "./terminal.js";

export interface BoardAccountFlags {
  register?: boolean;
  loginKeys?: boolean;
  fingerprint?: string;
}

/** The account as the board will log in, seen from here. */
function placeOf(
  { host, port, tls, jid }: NewConfiguration,
  { fingerprint }: BoardAccountFlags,
): AccountPlace {
  const service = serviceOf(host, port, tls);
  return { service, jid, ...(fingerprint !== undefined && { fingerprint }) };
}

/** On the server's machine, by who runs it; the password stays in its file. */
export function tellCommands(jid: string, passwordPath: string): void {
  const { local, domain } = parseAddress(jid);
  const account = `${quoted(local)} ${quoted(domain)} "$(cat ${quoted(passwordPath)})"`;
  printAside(
    `the account is still to be made; on the server's machine, where it runs Prosody or ejabberd:`,
    `  prosodyctl register ${account}`,
    `  ejabberdctl register ${account}`,
  );
}

/** The configuration with keys in the place of its password. Rejects with a `Failure`. */
export async function withLoginKeys(
  configuration: NewConfiguration,
  flags: BoardAccountFlags,
): Promise<BoardConfiguration> {
  const { password, ...others } = configuration;
  const scram = await loginKeysOf(placeOf(configuration, flags), password);
  printAside(
    `the board logs in with keys (${scram.mechanism}, ${scram.iterations} iterations), not with its password.`,
    "They hold until the server changes the account's salt or iterations, as with a new password: then run this again.",
  );
  return { ...others, scram: scramText(scram) };
}

/**
 * After all files have been written, lest there be an account whose password nobody has: where it is certain that
 * none was made, they are removed. Rejects with a `Failure`.
 */
export async function registerBoard(
  configuration: NewConfiguration,
  flags: BoardAccountFlags,
  paths: readonly string[],
): Promise<void> {
  const place = placeOf(configuration, flags);
  try {
    await register(place, configuration.password);
  } catch (error) {
    if (error instanceof PerhapsRegistered) throw undecided(error, paths);
    await removeFiles(paths);
    throw error;
  }
  printAside(`${configuration.jid} is registered at ${configuration.host}.`);
}

/** Its password may be that of an account. */
function undecided({ exitCode, message }: Failure, paths: readonly string[]): Failure {
  const advice = `Its password is in ${configurationPath(paths)}: keep it until you know, and see --login-keys.`;
  return new Failure(exitCode, message, advice);
}

function configurationPath(paths: readonly string[]): string {
  return paths.find((path) => path.endsWith(CONFIGURATION_FILE)) ?? "";
}

/** Of a board that has just been registered: whatever fails, its password is in its file. */
export async function exchangePassword(
  configuration: NewConfiguration,
  flags: BoardAccountFlags,
  paths: readonly string[],
): Promise<void> {
  const path = configurationPath(paths);
  try {
    const { content } = configurationFile(await withLoginKeys(configuration, flags));
    await replaceSecretFile(path, String(content));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const message = `The account is registered, but there are no keys for it: ${error.message}`;
    throw new Failure(
      error.exitCode,
      message,
      `${path} holds its password instead. ${error.advice}`,
    );
  }
}
