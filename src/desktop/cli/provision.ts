// `microspime keygen` and `microspime provision`: what a board is given, with a command line around it.

import { Command, Option } from "commander";
import type { KeyObject } from "node:crypto";
import { codeOf, usageFailure } from "../failure.js";
import { arithmeticOf } from "../provisioning/arithmetic.js";
import { writeSecretFiles } from "../provisioning/files.js";
import type { NewFile } from "../provisioning/files.js";
import { makeKey } from "../provisioning/key-pair.js";
import { CONFIGURATION_FILE, configurationFile } from "../provisioning/provision.js";
import { passwordFile, pemFiles, secretFiles } from "../provisioning/provision.js";
import { exchangePassword, registerBoard, withLoginKeys } from "./board-account.js";
import { CLAIM_POLICIES, configurationOf } from "./configuration.js";
import type { ConfigurationFlags, NewConfiguration } from "./configuration.js";
import { DEFAULT_BITS, readPrivate, warnOfWeakness } from "./keys.js";
import {
  addressOf,
  fingerprintOf,
  fullJidOf,
  hostAndPort,
  jidOf,
  keyBits,
  numberFrom,
  ownersOf,
  ssidOf,
} from "./parsers.js";

interface KeygenFlags {
  out: string;
  bits?: number;
  name: string;
}

interface ProvisionFlags extends ConfigurationFlags {
  out: string;
  bits?: number;
  board: string;
  key?: string;
  public?: string;
}

function keyOf({ bits = DEFAULT_BITS, key, public: half }: ProvisionFlags): Promise<KeyObject> {
  return key === undefined ? makeKey(bits) : readPrivate(key, half);
}

function checkFlags({ bits, key, public: half }: ProvisionFlags): void {
  if (key !== undefined && bits !== undefined) {
    throw usageFailure("--bits is for a new key, --key brings one.", "Leave one of them out.");
  }
  if (key === undefined && half !== undefined) {
    throw usageFailure("--public needs --key.", "It is compared with the private key.");
  }
}

async function write(folder: string, files: NewFile[]): Promise<string[]> {
  try {
    return await writeSecretFiles(folder, files);
  } catch (error) {
    const isThere = codeOf(error) === "EEXIST";
    const advice = "Nothing was written. Give another --out, or move away what is there.";
    const path = error instanceof Error && "path" in error ? String(error.path) : folder;
    throw usageFailure(
      `${path} ${isThere ? "is there already" : `cannot be written (${codeOf(error)})`}.`,
      advice,
    );
  }
}

function tellPaths(paths: readonly string[]): void {
  for (const path of paths) process.stdout.write(`${path}\n`);
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
  process.stderr.write(
    `microspime: ${CONFIGURATION_FILE}, the board's configuration, is still missing.\n` +
      "Give --xmpp, --jid and --scopenode, or write it: docs/configuration.md.\n",
  );
}

/** To standard error, as everything that is not a file's name. */
function tellCode(code: string): void {
  process.stderr.write(
    `microspime: the board's pairing code is ${code}.\n` +
      "Whoever has it can claim the board: microspime claim ADDRESS --code CODE.\n",
  );
}

/** A key that was brought is written beside the rest all the same: the folder then has all of the board. */
async function provision(flags: ProvisionFlags): Promise<void> {
  checkFlags(flags);
  const arithmetic = arithmeticOf(flags.board);
  const configuration = configurationOf(flags);
  const key = await keyOf(flags);
  warnOfWeakness(key);
  const files = [...pemFiles(key), ...secretFiles(key, arithmetic)];
  if (configuration) await provisionWith(configuration, files, flags);
  else {
    tellPaths(await write(flags.out, files));
    tellWhatIsMissing();
  }
}

async function provisionWith(
  configuration: NewConfiguration,
  files: NewFile[],
  flags: ProvisionFlags,
): Promise<void> {
  const { out, register, loginKeys } = flags;
  if (register) await provisionNewAccount(configuration, files, flags);
  else {
    const written = loginKeys ? await withLoginKeys(configuration, flags) : configuration;
    tellPaths(await write(out, [...files, configurationFile(written)]));
  }
  if (configuration.claims?.code) tellCode(configuration.claims.code);
}

/** The password is on the disk before the server hears of it, and stays there where the board does not get it. */
async function provisionNewAccount(
  configuration: NewConfiguration,
  files: NewFile[],
  flags: ProvisionFlags,
): Promise<void> {
  const { out, loginKeys = false, password } = flags;
  const kept = loginKeys && !password ? [passwordFile(configuration.password)] : [];
  const paths = await write(out, [...files, configurationFile(configuration), ...kept]);
  await registerBoard(configuration, flags, paths);
  tellPaths(paths);
  if (loginKeys) await exchangePassword(configuration, flags, paths);
}

function command(name: string): Command {
  return new Command(name)
    .requiredOption("-o, --out <folder>", "where the files go; made if it is missing")
    .option("--bits <number>", `of a new key (default: ${DEFAULT_BITS})`, keyBits);
}

export function keygenCommand(): Command {
  return command("keygen")
    .summary("make an RSA key pair")
    .description(
      "Writes NAME.pem and NAME.pub.pem, readable by you alone, and nothing over others.",
    )
    .option("--name <name>", "of the files", "spime")
    .action(keygen);
}

export function provisionCommand(): Command {
  const keys = command("provision")
    .summary("make all that a board needs: keys, seed, configuration")
    .description(
      "Writes spime.pem, spime.pub.pem, and the files of the board's store: microspime.key (the key " +
        "with its constants), microspime.seed (48 random bytes, for one board only) and, with the " +
        "options for it, microspime.json.",
    )
    .option("--board <name>", "whose arithmetic the key file is for", "esp32")
    .option("--key <file>", "PEM of a private key to use instead of a new one")
    .option("--public <file>", "PEM that must be its public half");
  return withConfiguration(keys).action(provision);
}

const LOCATIONS = ["exact", "coarse", "none"];
const WITHOUT_FIX = ["gap", "last-known"];

/** In the order of docs/configuration.md. */
function withConfiguration(command: Command): Command {
  return command
    .optionsGroup("The board's configuration:")
    .option("--xmpp <host:port>", "its XMPP server", hostAndPort)
    .option("--tls", "direct TLS (XEP-0368) instead of plain TCP")
    .option("--jid <address>", "its full address", fullJidOf)
    .addOption(new Option("--password <text>", "its password").env("MICROSPIME_PASSWORD"))
    .option("--register", "make that account at the server first (XEP-0077)")
    .option("--login-keys", "put keys made of the password into its place; logs in once for it")
    .option("--fingerprint <sha256>", "believe this certificate of the server's", fingerprintOf)
    .option("--scopenode <address>", "the ScopeNode that takes its reports", jidOf)
    .option("--certifier <address>", "the certification service: reports are signed", fullJidOf)
    .option("--no-sign", "encrypt only: anyone could have sent it")
    .option("--no-encrypt", "sign only: anyone on the way can read it")
    .addOption(
      new Option("--claims <policy>", "who may claim the board (default: none)").choices(
        CLAIM_POLICIES,
      ),
    )
    .option("--owner <address>", "who may, with --claims owners; may be repeated", ownersOf)
    .option("--claim-days <days>", "how long a claim lasts (default: 365)", numberFrom(1, 36500))
    .option("--button-seconds <s>", "after a press, with --claims button", numberFrom(1, 3600))
    .option("--pubsub <address>", "where it seeks what is known about it", addressOf)
    .addOption(new Option("--exposure <where>", "of the sensor").choices(["outdoor", "indoor"]))
    .option("--period <seconds>", "between samples (default: 60)", numberFrom(1, 86400))
    .addOption(
      new Option("--location <how>", "tell where it is (default: exact)").choices(LOCATIONS),
    )
    .addOption(
      new Option("--without-fix <what>", "a sample then (default: gap)").choices(WITHOUT_FIX),
    )
    .option("--least-ppm <ppm>", "less is no reading (default: 100)", numberFrom(0, 100_000))
    .option("--most-ppm <ppm>", "more is none (default: 40000)", numberFrom(0, 100_000))
    .option("--most-step-ppm <ppm>", "more is doubted (default: 1000)", numberFrom(0, 100_000))
    .option(
      "--co2-preheat <s>",
      "no CO2 value before (default: its datasheet's)",
      numberFrom(0, 3600),
    )
    .option("--wifi-ssid <name>", "the network to join", ssidOf)
    .addOption(
      new Option("--wifi-password <text>", "its password").env("MICROSPIME_WIFI_PASSWORD"),
    );
}
