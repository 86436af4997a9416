// What a board is provisioned with: its key pair in PEM (PKCS#1 as in RFC 8017 appendix A.1.2, which the
// author's library reads, and SPKI of RFC 5280), its key file, and the seed of its random generator.

import { createPublicKey, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { boardKey } from "./board-key.js";
import type { NewFile } from "./files.js";

/** NIST SP 800-90A: entropy and nonce for a security strength of 256 bits. */
export const SEED_BYTES = 48;

export function pemFiles(key: KeyObject): NewFile[] {
  const half = createPublicKey(key);
  return [
    { name: "spime.pem", content: key.export({ type: "pkcs1", format: "pem" }) },
    { name: "spime.pub.pem", content: half.export({ type: "spki", format: "pem" }) },
  ];
}

export function boardFiles(key: KeyObject): NewFile[] {
  return [
    { name: "board-key.json", content: `${JSON.stringify(boardKey(key), null, 2)}\n` },
    { name: "seed.bin", content: randomBytes(SEED_BYTES) },
  ];
}
