// `microspime keygen` and `microspime provision`: what a board is given, with a command line around it.

import { Command } from "commander";
import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { codeOf, unwritable, usageFailure } from "../failure.js";
import { arithmeticOf } from "../provisioning/arithmetic.js";
import type { BoardConfiguration } from "../provisioning/board-configuration.js";
import { boardData, hasSuite, hasWifi, isKaluma } from "../provisioning/board-data.js";
import { configurationText } from "../provisioning/configuration-text.js";
import { writeSecretFiles } from "../provisioning/files.js";
import type { NewFile } from "../provisioning/files.js";
import type { Arithmetic } from "../provisioning/key-record.js";
import { makeKey } from "../provisioning/key-pair.js";
import { checkPlainLinkOf } from "../provisioning/plain-link-check.js";
import {
  CONFIGURATION_FILE,
  configurationFile,
  LOCK_FILE,
  lockFile,
  MAX_CONSOLE_PASSWORD,
  newConsolePassword,
  passwordFile,
  pemFiles,
  secretFiles,
  updateKeyFile,
} from "../provisioning/provision.js";
import { exchangePassword, registerBoard, tellCommands, withLoginKeys } from "./board-account.js";
import type { IsTyped } from "./asking.js";
import { certifyKey } from "./certified-key.js";
import { configurationOf } from "./configuration.js";
import type { NewConfiguration } from "./configuration.js";
import { demandFor } from "./demand.js";
import { DEFAULT_BITS, readPrivate, readPublic, warnOfWeakness } from "./keys.js";
import { withKeyOptions, withProvisionOptions } from "./provision-flags.js";
import type { ProvisionFlags } from "./provision-flags.js";
import { print, printAside } from "./terminal.js";

interface KeygenFlags {
  out: string;
  bits?: number;
  name: string;
}

/** With where the files go. */
interface Provisioning {
  readonly flags: ProvisionFlags;
  readonly out: string;
  readonly files: NewFile[];
  /** Not on the command line: of an account that is made it is said. */
  readonly isPasswordFromEnvironment: boolean;
}

const demand = demandFor("provision");

function keyOf({ bits = DEFAULT_BITS, key, public: half }: ProvisionFlags): Promise<KeyObject> {
  return key === undefined ? makeKey(bits) : readPrivate(key, half);
}

function checkFlags(flags: ProvisionFlags): void {
  const { bits, key, public: half, certifyKeys, certifier, board, wifiSsid, suite } = flags;
  if (key !== undefined && bits !== undefined) {
    throw usageFailure("--bits is for a new key, --key brings one.", "Leave one of them out.");
  }
  if (key === undefined && half !== undefined) {
    throw usageFailure("--public needs --key.", "It is compared with the private key.");
  }
  if (certifyKeys !== undefined && certifier === undefined) {
    throw usageFailure("--certify-keys needs --certifier.", "It is that service's folder of keys.");
  }
  if (suite !== undefined && !hasSuite(board, suite)) {
    throw usageFailure(
      `The program of the board ${board} has no suite ${suite}.`,
      "Leave --suite out, or see docs/nacl.md.",
    );
  }
  if (wifiSsid !== undefined && !hasWifi(board)) {
    throw usageFailure(
      `The board ${board} joins no Wi-Fi.`,
      "Leave --wifi-ssid out: docs/boards.md.",
    );
  }
}

/** What can be typed at Espruino's console. */
function checkConsolePassword({ consolePassword }: ProvisionFlags): void {
  if (!consolePassword) return;
  const { length } = consolePassword;
  if (/^[!-~]+$/.test(consolePassword) && length >= 8 && length <= MAX_CONSOLE_PASSWORD) return;
  const message = `--console-password (or MICROSPIME_CONSOLE_PASSWORD) must have 8 to ${MAX_CONSOLE_PASSWORD} characters of ASCII without blanks.`;
  throw usageFailure(message, "Give another one, or --lock, which makes one.");
}

/** Kaluma has neither. What is in the environment is there for other boards. */
function checkGuards(flags: ProvisionFlags, command: Command): void {
  if (!isKaluma(flags.board)) return checkConsolePassword(flags);
  if (command.getOptionValueSource("consolePassword") === "env") delete flags.consolePassword;
  const refuse = (option: string, why: string) => {
    const message = `${option} is not for ${flags.board}: ${why}.`;
    throw usageFailure(message, "Leave it out: docs/kaluma.md.");
  };
  const { lock, consolePassword, updateKey } = flags;
  if (lock) refuse("--lock", "its console has no lock");
  if (consolePassword) refuse("--console-password", "its console has no lock");
  if (updateKey !== undefined) refuse("--update-key", "it takes no program over the air");
}

async function write(folder: string, files: NewFile[]): Promise<string[]> {
  try {
    return await writeSecretFiles(folder, files);
  } catch (error) {
    const advice = "Nothing was written. Give another --out, or move away what is there.";
    const path = error instanceof Error && "path" in error ? String(error.path) : folder;
    if (codeOf(error) === "EEXIST") throw usageFailure(`${path} is there already.`, advice);
    throw unwritable(path, error, advice);
  }
}

/** Files' names alone go to standard output, for scripts. */
function tellPaths(paths: readonly string[]): void {
  for (const path of paths) print(path);
}

/** A file name of its own, not a path. */
function checkName(name: string): void {
  if (/^[\w.-]+$/.test(name)) return;
  throw usageFailure(`--name: "${name}" is no file name.`, "Use letters, digits, dots and dashes.");
}

async function keygen({ out, bits = DEFAULT_BITS, name }: KeygenFlags): Promise<void> {
  checkName(name);
  const key = await makeKey(bits);
  warnOfWeakness(key);
  tellPaths(await write(out, pemFiles(key, name)));
}

function tellWhatIsMissing(): void {
  printAside(
    `${CONFIGURATION_FILE}, the board's configuration, is still missing.`,
    "Give --xmpp, --jid and --scopenode, or write it: docs/configuration.md.",
  );
}

function tellPasswordsOrigin(): void {
  printAside(
    "its password is the one in MICROSPIME_PASSWORD.",
    "If that is yours, for other commands: the board has it now. Without it a new one is made.",
  );
}

function tellCode(code: string): void {
  printAside(
    `the board's pairing code is ${code}.`,
    "Whoever has it can claim the board: microspime claim ADDRESS --code CODE.",
  );
}

function tellLock(out: string): void {
  printAside(
    `the board's console will be locked with the password in ${join(out, LOCK_FILE)}.`,
    "Keep it: without it the way back is to erase the board (docs/console.md).",
  );
}

/** Of the board's console and its updates. An empty password, from the environment for example, is none. */
async function guardFiles(
  { lock, consolePassword, updateKey }: ProvisionFlags,
  arithmetic: Arithmetic,
): Promise<NewFile[]> {
  const password = consolePassword || (lock && newConsolePassword());
  return [
    ...(password ? [lockFile(password)] : []),
    ...(updateKey === undefined ? [] : [await updateKeyOf(updateKey, arithmetic)]),
  ];
}

async function updateKeyOf(file: string, arithmetic: Arithmetic): Promise<NewFile> {
  const key = await readPublic(file);
  warnOfWeakness(key);
  return updateKeyFile(key, arithmetic);
}

/** What is in the environment may be another command's, the owner's for example: who makes an account later makes its own. */
function withOwnPassword(flags: ProvisionFlags, isPasswordTyped: boolean): ProvisionFlags {
  if (!flags.accountLater || isPasswordTyped) return flags;
  const others = { ...flags };
  delete others.password;
  return others;
}

/** A key that was brought is written beside the rest all the same: the folder then has all of the board. */
async function provision(given: ProvisionFlags, command: Command): Promise<void> {
  // Loaded here: no other command asks anything, and its prompts are fifty modules.
  const { completedFlags } = await import("./asking.js");
  const isTyped: IsTyped = (field) => command.getOptionValueSource(field) === "cli";
  const isPasswordTyped = isTyped("password");
  const flags = withOwnPassword(await completedFlags(given, isTyped), isPasswordTyped);
  checkFlags(flags);
  checkGuards(flags, command);
  const out = demand(flags.out, "--out");
  const arithmetic = arithmeticOf(flags.board);
  const configuration = configurationOf(flags);
  if (configuration) checkPlainLinkOf(boardData(flags.board), configuration);
  if (configuration) await checkConfiguration(configuration);
  const guards = await guardFiles(flags, arithmetic);
  const key = await keyOf(flags);
  warnOfWeakness(key);
  const files = [...pemFiles(key), ...secretFiles(key, arithmetic), ...guards];
  if (configuration) {
    const isPasswordFromEnvironment = Boolean(flags.password) && !isPasswordTyped;
    await provisionWith(configuration, { flags, out, files, isPasswordFromEnvironment });
  } else {
    tellPaths(await write(out, files));
    tellWhatIsMissing();
  }
  if (guards.some(({ name }) => name === LOCK_FILE)) tellLock(out);
  // Last: what fails here leaves nothing untold.
  if (configuration?.certifier) {
    await certifyKey(flags.certifyKeys, configuration.jid, key, join(out, "spime.pub.pem"));
  }
}

/** Options are checked one by one; this looks at what they make together, as the board will read it. */
async function checkConfiguration(configuration: BoardConfiguration): Promise<void> {
  const { faultsIn } = await import("../provisioning/configuration-check.js");
  const [first] = faultsIn(JSON.parse(configurationText(configuration)));
  if (!first) return;
  throw usageFailure(
    `${CONFIGURATION_FILE}: ${first.field} ${first.fault}.`,
    "docs/configuration.md has all fields.",
  );
}

async function provisionWith(
  configuration: NewConfiguration,
  provisioning: Provisioning,
): Promise<void> {
  const { flags, out, files } = provisioning;
  if (flags.register) await provisionNewAccount(configuration, provisioning);
  else if (flags.accountLater) {
    const kept = passwordFile(configuration.password);
    tellPaths(await write(out, [...files, configurationFile(configuration), kept]));
    tellCommands(configuration.jid, join(out, kept.name));
  } else {
    const written = flags.loginKeys ? await withLoginKeys(configuration, flags) : configuration;
    tellPaths(await write(out, [...files, configurationFile(written)]));
  }
  if (configuration.claims?.code) tellCode(configuration.claims.code);
}

/** The password is on the disk before the server hears of it, and stays there where the board does not get it. */
async function provisionNewAccount(
  configuration: NewConfiguration,
  { flags, out, files, isPasswordFromEnvironment }: Provisioning,
): Promise<void> {
  const { loginKeys = false, password } = flags;
  const kept = loginKeys && !password ? [passwordFile(configuration.password)] : [];
  const paths = await write(out, [...files, configurationFile(configuration), ...kept]);
  await registerBoard(configuration, flags, paths);
  if (isPasswordFromEnvironment) tellPasswordsOrigin();
  tellPaths(paths);
  if (loginKeys) await exchangePassword(configuration, flags, paths);
}

export function keygenCommand(): Command {
  const command = new Command("keygen").requiredOption(
    "-o, --out <folder>",
    "where the files go; made if it is missing",
  );
  return withKeyOptions(command)
    .summary("make an RSA key pair")
    .description(
      "Writes NAME.pem and NAME.pub.pem, readable by you alone, and nothing over others.",
    )
    .option("--name <name>", "of the files", "spime")
    .action(keygen);
}

export function provisionCommand(): Command {
  const command = new Command("provision")
    .summary("make all that a board needs: keys, seed, configuration")
    .description(
      "Writes spime.pem, spime.pub.pem, and the files of the board's store: microspime.key (the key " +
        "with its constants), microspime.seed (48 random bytes, for one board only), microspime.json " +
        "with the options for it, microspime.lock (the console's password) and microspime.update " +
        "(who may send it another program). On a terminal it asks for what is missing.",
    );
  return withProvisionOptions(command).action(provision);
}
