// RSA's providers with random keys and messages on the real engines: the one suite of each, with keys of
// node:crypto in front of its bundle and node:crypto's answers. `npm run random-keys` takes 1,000 of each
// kind. On Node the same is in rsa-providers.test.ts.

import {
  constants,
  createPublicKey,
  generatePrimeSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  randomInt,
} from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOnEspruino } from "../support/espruino.js";
import {
  bytesOf,
  keyOfNumbers,
  latin1,
  lengthOf,
  limbFields,
  numberOf,
  numbersOfPrimes,
  plainRecord,
} from "../support/rsa-records.js";
import type { RsaNumbers } from "../support/rsa-records.js";
import { assertPassed, findProgram, runEngine } from "../support/suites.js";

const KEYS = Number(process.env.RANDOM_KEYS ?? 10);
/** At a time: they have to fit in beside the suite. */
const BATCH = 20;
const MESSAGES = 3;
const F4 = 65537n;
const RAW = { padding: constants.RSA_NO_PADDING };

function randomPrime(bits: number): bigint {
  const prime = generatePrimeSync(bits, { bigint: true });
  return prime % F4 === 1n ? randomPrime(bits) : prime;
}

function randomNumbers(bits: number): RsaNumbers {
  const [p, q] = [randomPrime(bits / 2), randomPrime(bits / 2)];
  return p === q ? randomNumbers(bits) : numbersOfPrimes(p, q, F4);
}

/** Random, and near the modulus. */
function randomBlocks(n: bigint): Buffer[] {
  const length = lengthOf(n);
  const near = n - 1n - BigInt(randomInt(1000));
  const numbers = Array.from(
    { length: MESSAGES - 1 },
    () => numberOf(latin1(randomBytes(length + 8))) % n,
  );
  return [...numbers, near].map((number) => Buffer.from(bytesOf(number, length), "latin1"));
}

/** The row of test/portable/rsa-keys.ts. */
function randomRow(bits: number): string[] {
  const numbers = randomNumbers(bits);
  const blocks = randomBlocks(numbers.n);
  const key = keyOfNumbers(numbers);
  const sealed = blocks.map((block) => privateDecrypt({ key, ...RAW }, block));
  const opened = blocks.map((block) => publicEncrypt({ key: createPublicKey(key), ...RAW }, block));
  const records = [plainRecord(numbers), limbFields(numbers, "dot"), limbFields(numbers, "loop")];
  const name = `n ${numbers.n.toString(16)}`;
  const bytes = [...records.map((record) => Buffer.from(record, "latin1"))];
  const all = [...bytes, ...[blocks, sealed, opened].map((list) => Buffer.concat(list))];
  return [name, ...all.map((value) => value.toString("base64"))];
}

function randomKeysSource(count: number, bits: number): string {
  const rows = Array.from({ length: count }, () => randomRow(bits));
  return `var RANDOM_KEYS=${JSON.stringify(rows)};\n`;
}

type Run = (engine: string, bundle: string) => Promise<string[]>;

const runFromFlash: Run = (engine, bundle) => runOnEspruino(engine, bundle);

function runWithPrelude(prelude: string): Run {
  return async (engine, bundle) => {
    const folder = mkdtempSync(join(tmpdir(), "microspime-keys-"));
    try {
      writeFileSync(join(folder, "suite.js"), bundle, "latin1");
      return runEngine(engine, [prelude, join(folder, "suite.js")]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

interface Kind {
  readonly engine: string;
  /** Whose binary it is, in the environment; Duktape is Debian's. */
  readonly variable?: string;
  readonly run: Run;
  /** In build/suites. */
  readonly suite: string;
  /** Of the modulus; as many as the engine does in a tenth of a second or so. */
  readonly bits: number;
}

const ESPRUINO = { engine: "Espruino", variable: "ESPRUINO", run: runFromFlash };
const JERRY = {
  engine: "JerryScript",
  variable: "JERRY",
  run: runWithPrelude("test/support/jerry-prelude.js"),
};
const DUK = { engine: "Duktape", run: runWithPrelude("test/support/duk-prelude.js") };

const KINDS: readonly Kind[] = [
  { ...ESPRUINO, suite: "rsa-dot", bits: 256 },
  { ...ESPRUINO, suite: "rsa-loop", bits: 128 },
  { ...JERRY, suite: "rsa-big-int", bits: 1024 },
  { ...JERRY, suite: "rsa-loop", bits: 256 },
  { ...DUK, suite: "rsa-loop", bits: 256 },
];

function describeKind({ engine, variable, run, suite, bits }: Kind) {
  it(`${KEYS} keys of ${bits} bits, ${MESSAGES} messages each: ${suite} on ${engine}`, async function () {
    const named = variable === undefined ? "duk" : process.env[variable];
    const binary = named === undefined ? undefined : findProgram(named);
    if (binary === undefined) {
      this.test!.title += ` (skipped: ${variable ? `set ${variable}` : "install duktape"})`;
      this.skip();
    }
    const bundle = readFileSync(`build/suites/${suite}.js`, "latin1");
    for (let done = 0; done < KEYS; done += BATCH) {
      const keys = randomKeysSource(Math.min(BATCH, KEYS - done), bits);
      assertPassed(await run(binary!, keys + bundle));
    }
  });
}

describe("RSA with random keys on the engines", function () {
  this.timeout(60_000 + 2_000 * KEYS);
  KINDS.forEach(describeKind);
});
