// `microspime keygen` and `microspime provision`: keys for boards, with a command line around them.

import { Command, InvalidArgumentError } from "commander";
import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { codeOf, ExitCode, Failure, messageOf } from "../failure.js";
import { bitsOf, MAX_KEY_BITS, MIN_KEY_BITS, SAFE_KEY_BITS } from "../openspime/keys.js";
import { writeSecretFiles } from "../provisioning/files.js";
import type { NewFile } from "../provisioning/files.js";
import { makeKey, takeKey } from "../provisioning/key-pair.js";
import { boardFiles, pemFiles } from "../provisioning/provision.js";

interface Flags {
  out: string;
  bits?: number;
  key?: string;
  public?: string;
}

const DEFAULT_BITS = 2048;
/** Whole words of every arithmetic and accelerator in both primes. */
const BITS_STEP = 64;

function keyBits(text: string): number {
  const bits = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (bits >= MIN_KEY_BITS && bits <= MAX_KEY_BITS && bits % BITS_STEP === 0) return bits;
  throw new InvalidArgumentError(
    `It must be from ${MIN_KEY_BITS} to ${MAX_KEY_BITS}, in steps of ${BITS_STEP}.`,
  );
}

function refuse(message: string, advice: string): Failure {
  return new Failure(ExitCode.usage, message, advice);
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw refuse(`${path} cannot be read (${codeOf(error)}).`, "Give a PEM file.");
  }
}

async function keyOf({ bits = DEFAULT_BITS, key, public: half }: Flags): Promise<KeyObject> {
  if (key === undefined) return makeKey(bits);
  const pem = await readPem(key);
  const publicPem = half === undefined ? undefined : await readPem(half);
  try {
    return takeKey(pem, publicPem);
  } catch (error) {
    throw refuse(`${messageOf(error)}.`, "openssl rsa -check -noout -in FILE looks closer.");
  }
}

function checkFlags({ bits, key, public: half }: Flags): void {
  if (key !== undefined && bits !== undefined) {
    throw refuse("--bits is for a new key, --key brings one.", "Leave one of them out.");
  }
  if (key === undefined && half !== undefined) {
    throw refuse("--public needs --key.", "It is compared with the private key.");
  }
}

async function write(folder: string, files: NewFile[]): Promise<void> {
  try {
    const paths = await writeSecretFiles(folder, files);
    for (const path of paths) process.stdout.write(`${path}\n`);
  } catch (error) {
    const isThere = codeOf(error) === "EEXIST";
    const advice = "Nothing was written. Give another --out, or move away what is there.";
    const path = error instanceof Error && "path" in error ? String(error.path) : folder;
    throw refuse(
      `${path} ${isThere ? "is there already" : `cannot be written (${codeOf(error)})`}.`,
      advice,
    );
  }
}

function warnOfWeakness(key: KeyObject): void {
  const bits = bitsOf(key);
  if (bits >= SAFE_KEY_BITS) return;
  process.stderr.write(
    `microspime: warning: ${bits} bits can be broken; use ${SAFE_KEY_BITS} or more.\n`,
  );
}

async function keygen(flags: Flags): Promise<void> {
  const key = await keyOf(flags);
  warnOfWeakness(key);
  await write(flags.out, pemFiles(key));
}

/** A key that was brought is written beside the rest all the same: the folder then has all of the board. */
async function provision(flags: Flags): Promise<void> {
  checkFlags(flags);
  const key = await keyOf(flags);
  warnOfWeakness(key);
  await write(flags.out, [...pemFiles(key), ...boardFiles(key)]);
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
      "Writes spime.pem and spime.pub.pem, readable by you alone, and nothing over others.",
    )
    .action(keygen);
}

export function provisionCommand(): Command {
  return command("provision")
    .summary("make all that a board needs to sign and encrypt")
    .description(
      "Writes spime.pem, spime.pub.pem, board-key.json (the key with its constants, for the board) and\n" +
        "seed.bin (48 random bytes for the board's generator, for one board only).",
    )
    .option("--key <file>", "PEM of a private key to use instead of a new one")
    .option("--public <file>", "PEM that must be its public half")
    .action(provision);
}
