// Hash functions of the engine, as an ESP32's Espruino has them, here those of Node: half of a month's arithmetic.

import { hash, pbkdf2Sync } from "node:crypto";
import type { Hash } from "../../../src/firmware/crypto/hash.js";

function nativeHash(name: string, algorithm: string, bytes: number): Hash {
  return {
    name,
    digest: (text) => hash(algorithm, Buffer.from(text, "latin1"), "binary"),
    pbkdf2: (password, salt, iterations) =>
      pbkdf2Sync(
        Buffer.from(password, "latin1"),
        Buffer.from(salt, "latin1"),
        iterations,
        bytes,
        algorithm,
      ).toString("latin1"),
  };
}

/** SHA-256, then SHA-1. */
export const NATIVE_HASHES: Hash[] = [
  nativeHash("SHA-256", "sha256", 32),
  nativeHash("SHA-1", "sha1", 20),
];
