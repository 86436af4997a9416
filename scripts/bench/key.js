// The key of a benchmark: a record as a board has it, with a question, its answers, and the constants of
// the interpreted loop. Their tags begin with x or end in 5 and 6, which the firmware does not use.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  bytesOf,
  field,
  keyRecord,
  lengthsOf,
  limbConstants,
  numberOf,
  numbersOfKey,
  powerOf,
} from "../../build/tsc/test/support/rsa-records.js";

const LOOP_BITS = 25;

/** @param {number} bits 1024 or 2048: test/vectors/openspime/spime-*.pem */
export function benchKey(bits) {
  const pem = readFileSync(`test/vectors/openspime/spime-${bits}.pem`);
  const numbers = numbersOfKey(createPrivateKey(pem));
  const { n, d, p, q } = numbers;
  const { n: length, primes } = lengthsOf(numbers);
  const digest = "0123456789abcdef0123";
  const block = numberOf(`\0\x01${"\xff".repeat(length - 23)}\0${digest}`);
  const answer = powerOf(block, d, n);
  const loop = Object.entries({ n, p, q }).map(([letter, modulus]) => {
    const bytes = letter === "n" ? length : primes;
    const { rr, inverse } = limbConstants(modulus, bytes, LOOP_BITS, 4);
    return field(`${letter}5`, rr) + field(`${letter}6`, inverse);
  });
  return (
    keyRecord(numbers) +
    field("xb", bytesOf(block, length)) +
    field("xs", bytesOf(answer, length)) +
    field("xp", bytesOf(block % p, primes)) +
    field("xq", bytesOf(block % q, primes)) +
    field("x1", bytesOf(answer % p, primes)) +
    field("x2", bytesOf(answer % q, primes)) +
    loop.join("")
  );
}
