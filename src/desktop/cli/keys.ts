// Keys from PEM files for the commands: read, checked, and warned of where they are short.

import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { messageOf, unreadable, usageFailure } from "../failure.js";
import { bitsOf, readPublicKey, SAFE_KEY_BITS } from "../openspime/keys.js";
import { takeKey } from "../provisioning/key-pair.js";
import { printAside } from "./terminal.js";

export const DEFAULT_BITS = 2048;

/** A private key whose numbers belong together; where `publicPath` is given, it must hold the other half. */
export async function readPrivate(path: string, publicPath?: string): Promise<KeyObject> {
  const pem = await readPem(path);
  const publicPem = publicPath === undefined ? undefined : await readPem(publicPath);
  return checked(path, () => takeKey(pem, publicPem));
}

/** The public half, of a private PEM too. */
export async function readPublic(path: string): Promise<KeyObject> {
  const pem = await readPem(path);
  return checked(path, () => readPublicKey("key", pem));
}

export function warnOfWeakness(...keys: KeyObject[]): void {
  const bits = Math.min(...keys.map(bitsOf));
  if (bits >= SAFE_KEY_BITS) return;
  printAside(`warning: ${bits} bits can be broken; use ${SAFE_KEY_BITS} or more.`);
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw unreadable(path, error, "Give a PEM file.");
  }
}

function checked(path: string, read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (error) {
    const advice = "openssl rsa -check -noout -in FILE looks closer.";
    throw usageFailure(`${path}: ${messageOf(error)}.`, advice);
  }
}
