// Writes test/portable/rsa-data.ts: keys, and RSA's answers, for the suites that run on every engine.
// After `npm run build:test`: node build/tsc/test/support/write-rsa-data.js.
// The same at every run: the primes come from the hashes of names.

import { checkPrimeSync, createHash, createPrivateKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { format } from "prettier";
import {
  bytesOf,
  lengthOf,
  lengthsOf,
  limbFields,
  numberOf,
  numbersOfKey,
  numbersOfPrimes,
  plainRecord,
  powerOf,
} from "./rsa-records.js";
import type { RsaNumbers } from "./rsa-records.js";

const FILE = "test/portable/rsa-data.ts";
const VECTORS = "test/vectors/openspime";
const LINE = 88;

/** Of so many bits, the highest two set or as `top` says, and with e prime to p − 1. */
function primeOf(name: string, bits: number, e: bigint, top = 3n): bigint {
  const digest = createHash("sha512").update(name).digest().toString("latin1");
  const low = numberOf(digest.repeat(4)) % (1n << BigInt(bits - 2));
  return nextPrime((top << BigInt(bits - 2)) + low, 1n, e);
}

function nextPrime(from: bigint, step: bigint, e: bigint): bigint {
  for (let value = from; ; value += step) {
    if (value & 1n && (value - 1n) % e !== 0n && checkPrimeSync(value)) return value;
  }
}

function numbersOfPem(name: string): RsaNumbers {
  return numbersOfKey(createPrivateKey(readFileSync(`${VECTORS}/${name}.pem`)));
}

interface DataKey {
  readonly constant: string;
  readonly name: string;
  readonly numbers: RsaNumbers;
  /** Zeros in front of every number. */
  readonly zeros?: number;
  /** A hundred bytes and more: fewer answers, for engines that take seconds for one. */
  readonly isLarge?: boolean;
}

function keyOf(bits: [number, number], e: bigint, name: string, top?: bigint): RsaNumbers {
  const p = primeOf(`${name} p`, bits[0], e, top);
  return numbersOfPrimes(p, primeOf(`${name} q`, bits[1], e, top), e);
}

const F4 = 65537n;
const TWO_64 = 1n << 64n;
const HIGHEST = nextPrime(TWO_64 - 1n, -1n, F4);
const LOWEST = nextPrime(TWO_64 / 2n, 1n, F4);

const SMALL: readonly DataKey[] = [
  { constant: "EVEN_LIMBS", name: "primes of 64 bits", numbers: keyOf([64, 64], F4, "even") },
  { constant: "ODD_LIMBS", name: "primes of 68 bits", numbers: keyOf([68, 68], 17n, "odd") },
  {
    constant: "CLEAR_TOP",
    name: "a modulus whose top bit is clear",
    numbers: keyOf([64, 64], 3n, "clear", 2n),
  },
  {
    constant: "UNEQUAL",
    name: "primes of 72 and 48 bits",
    numbers: keyOf([72, 48], F4, "unequal"),
  },
  {
    constant: "ZEROS",
    name: "zeros in front of every number",
    numbers: keyOf([56, 60], F4, "zeros"),
    zeros: 2,
  },
  {
    constant: "HIGHEST_KEY",
    name: "the highest primes below 2^64",
    numbers: numbersOfPrimes(nextPrime(HIGHEST - 2n, -1n, F4), HIGHEST, F4),
  },
  {
    constant: "LOWEST_KEY",
    name: "the lowest primes above 2^63",
    numbers: numbersOfPrimes(nextPrime(LOWEST + 2n, 1n, F4), LOWEST, F4),
  },
];

const LARGE: readonly DataKey[] = [
  { constant: "KEY_256", name: "256 bits", numbers: keyOf([128, 128], F4, "256") },
  { constant: "KEY_512", name: "512 bits", numbers: keyOf([256, 256], F4, "512") },
  { constant: "KEY_1088", name: "1,088 bits", numbers: keyOf([544, 544], F4, "1088") },
  { constant: "SPIME_1024", name: "spime-1024.pem", numbers: numbersOfPem("spime-1024") },
  { constant: "SPIME_2048", name: "spime-2048.pem", numbers: numbersOfPem("spime-2048") },
].map((key) => ({ ...key, isLarge: true }));

function blocksOf({ n, p, q }: RsaNumbers, isLarge: boolean): bigint[] {
  const half = 1n << BigInt(4 * lengthOf(n));
  const some =
    numberOf(createHash("sha512").update(String(n)).digest().toString("latin1").repeat(4)) % n;
  if (isLarge) return [some];
  const near = [n - 1n, n - 2n, p, q, n - p, n - q, (n / p / 2n) * p, (n / q - 1n) * q];
  return [0n, 1n, 2n, 255n, half - 1n, half, ...near, some];
}

function lines(bytes: string): string {
  const text = Buffer.from(bytes, "latin1").toString("base64");
  const pieces = text.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [""];
  return pieces.map((piece) => `    "${piece}"`).join(" +\n");
}

function declarationOf({ constant, name, numbers, zeros = 0, isLarge = false }: DataKey): string {
  const { n: length, primes } = lengthsOf(numbers);
  const lengths = { n: length + zeros, primes: primes + zeros };
  const blocks = blocksOf(numbers, isLarge);
  const all = (answer: (block: bigint) => bigint) =>
    lines(blocks.map((block) => bytesOf(answer(block), lengths.n)).join(""));
  const { n, e, d } = numbers;
  const fields = {
    plain: lines(plainRecord(numbers, lengths)),
    dot: lines(limbFields(numbers, "dot", "npq", lengths)),
    loop: lines(limbFields(numbers, "loop", "npq", lengths)),
    blocks: all((block) => block),
    sealed: all((block) => powerOf(block, d, n)),
    opened: all((block) => powerOf(block, e, n)),
  };
  const body = Object.entries(fields).map(([field, value]) => `  ${field}:\n${value},\n`);
  return `export const ${constant}: RsaKeyData = {\n  name: "${name}",\n${body.join("")}};\n`;
}

/** A number whose cube has this in front, in as many bytes as its modulus. */
function cubeRootOf(front: string, length: number): string {
  const wanted = numberOf(front + "\xff".repeat(length - front.length));
  let low = 0n;
  for (let bit = 1n << BigInt(3 * length); bit > 0n; bit >>= 1n) {
    if ((low + bit) ** 3n <= wanted) low += bit;
  }
  if (!bytesOf(low ** 3n, length).startsWith(front)) throw new Error("there is no such cube");
  return bytesOf(low, length);
}

/** The digest that the forgery signs; a public modulus and its constants for the exponent 3. */
function forgery(): string {
  const { n } = numbersOfPem("spime-1024");
  const digest = createHash("sha1").update("forged").digest().toString("latin1");
  const front = `\0\x01${"\xff".repeat(8)}\0${digest}`;
  const signature = cubeRootOf(front, lengthOf(n));
  return (
    "/** Bleichenbacher's of 2006: for SPIME_1024's modulus with the exponent 3. */\n" +
    "export const FORGERY = {\n" +
    `  digest:\n${lines(digest)},\n  signature:\n${lines(signature)},\n};\n`
  );
}

function vectorOf(size: number): string {
  const stanza = readFileSync(`${VECTORS}/report-sign-${size}.xml`, "utf8");
  const [, signature] = /<sign>([^<]+)</.exec(stanza) ?? [];
  const [, data] = /<transport>(.*)<\/transport>/.exec(stanza) ?? [];
  // What is signed has no self-closing tag and its attributes are sorted: it is canonical as it stands.
  const digest = createHash("sha1").update(data).digest().toString("latin1");
  return (
    `/** The digest of report-sign-${size}.xml and its <sign>. */\n` +
    `export const SIGNED_${size} = {\n  digest:\n${lines(digest)},\n` +
    `  sign:\n${lines(Buffer.from(signature, "base64").toString("latin1"))},\n};\n`
  );
}

export function rsaDataSource(): Promise<string> {
  const source = [
    "// Written by test/support/write-rsa-data.ts, which says how. All values are Base64.\n",
    'import type { RsaKeyData } from "./rsa-provider.js";\n',
    ...[...SMALL, ...LARGE].map(declarationOf),
    `export const SMALL_KEYS = [\n${SMALL.map(({ constant }) => `  ${constant},\n`).join("")}];\n`,
    vectorOf(1024),
    vectorOf(2048),
    forgery(),
  ].join("\n");
  return format(source, { parser: "typescript", printWidth: 100 });
}

const program = process.argv[1];
if (program && import.meta.url === pathToFileURL(program).href) {
  writeFileSync(FILE, await rsaDataSource());
}
