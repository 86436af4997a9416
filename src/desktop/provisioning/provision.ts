// What a board is provisioned with: its key pair in PEM (PKCS#1 as in RFC 8017 appendix A.1.2, which the
// author's library reads, and SPKI of RFC 5280), and the files of its store: key, seed, configuration, console's lock, and
// the key of who may send it another program.

import { createPublicKey, randomBytes, randomInt } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { BoardConfiguration } from "./board-configuration.js";
import { configurationText } from "./configuration-text.js";
import type { NewFile } from "./files.js";
import { keyRecord, publicKeyRecord } from "./key-record.js";
import type { Arithmetic } from "./key-record.js";

/** As the firmware asks its store for them. */
export const KEY_FILE = "microspime.key";
export const SEED_FILE = "microspime.seed";
export const CONFIGURATION_FILE = "microspime.json";
/** The loader's: the console's password. */
export const LOCK_FILE = "microspime.lock";
/** Whose signature a program has to have that comes over the air. */
export const UPDATE_KEY_FILE = "microspime.update";
/** Not for the board: the password of the account, where the board has keys in its place. */
export const PASSWORD_FILE = "spime.password";

/** NIST SP 800-90A: entropy and nonce for a security strength of 256 bits. */
export const SEED_BYTES = 48;

export function pemFiles(key: KeyObject, name = "spime"): NewFile[] {
  const half = createPublicKey(key);
  return [
    { name: `${name}.pem`, content: key.export({ type: "pkcs1", format: "pem" }) },
    { name: `${name}.pub.pem`, content: half.export({ type: "spki", format: "pem" }) },
  ];
}

export function secretFiles(key: KeyObject, arithmetic: Arithmetic): NewFile[] {
  return [{ name: KEY_FILE, content: keyRecord(key, arithmetic) }, newSeedFile()];
}

function newSeedFile(): NewFile {
  return { name: SEED_FILE, content: randomBytes(SEED_BYTES) };
}

/** The same by name, for a board that is simulated or on a bench; without a key it has its seed alone. */
export function storeFiles(
  key: KeyObject | undefined,
  arithmetic: Arithmetic,
): Record<string, Buffer> {
  const files = key ? secretFiles(key, arithmetic) : [newSeedFile()];
  return Object.fromEntries(files.map(({ name, content }) => [name, Buffer.from(content)]));
}

export function passwordFile(password: string): NewFile {
  return { name: PASSWORD_FILE, content: `${password}\n` };
}

/** Espruino keeps no more of a password that is typed at its console (2v29, jsinteractive.c). */
export const MAX_CONSOLE_PASSWORD = 20;

/** Of characters that are typed alike everywhere: 20 of 31 are 99 bits. */
const CONSOLE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

export function newConsolePassword(): string {
  const letter = () => CONSOLE_LETTERS[randomInt(CONSOLE_LETTERS.length)];
  return Array.from({ length: MAX_CONSOLE_PASSWORD }, letter).join("");
}

export function lockFile(password: string): NewFile {
  return { name: LOCK_FILE, content: password };
}

/** Of a private key the public half: docs/update.md. */
export function updateKeyFile(key: KeyObject, arithmetic: Arithmetic): NewFile {
  return { name: UPDATE_KEY_FILE, content: publicKeyRecord(key, arithmetic) };
}

export function configurationFile(configuration: BoardConfiguration): NewFile {
  return { name: CONFIGURATION_FILE, content: `${configurationText(configuration)}\n` };
}
