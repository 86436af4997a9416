// Whose keys a simulation signs and encrypts with: new ones, or those of a folder.

import { join } from "node:path";
import { usageFailure } from "../failure.js";
import { makeKey } from "../provisioning/key-pair.js";
import type { SimulationKeys } from "../sim/cast.js";
import { DEFAULT_BITS, readPrivate, readPublic, warnOfWeakness } from "./keys.js";

export interface KeyFlags {
  plain?: boolean;
  bits?: number;
  keys?: string;
  scopenode?: string;
  certifier?: string;
  certifierJid?: string;
}

/** Two options that contradict each other, and how to resolve it. */
export function checkKeyFlags(flags: KeyFlags): void {
  const { plain, bits, keys, certifier, certifierJid } = flags;
  const secured = Object.entries({
    "--bits": bits,
    "--keys": keys,
    "--certifier": certifier,
    "--certifier-jid": certifierJid,
  }).find(([, value]) => value !== undefined);
  if (plain && secured)
    throw usageFailure(`--plain needs no ${secured[0]}.`, "Leave one of them out.");
  if (bits !== undefined && keys !== undefined) {
    throw usageFailure("--bits is for new keys, --keys brings some.", "Leave one of them out.");
  }
  if (certifier !== undefined && certifierJid !== undefined) {
    const advice = "Leave --certifier out to run one, --certifier-jid to use one.";
    throw usageFailure("There can be one certification service only.", advice);
  }
  if (keys === undefined && !plain) checkNewKeys(flags);
}

/** Who runs elsewhere cannot know keys that are made now. */
function checkNewKeys({ certifier, scopenode }: KeyFlags): void {
  if (certifier === undefined && scopenode === undefined) return;
  const option = certifier === undefined ? "--scopenode" : "--certifier";
  const message = `${option} names one that runs elsewhere, where new keys are of no use.`;
  throw usageFailure(message, "Give --keys with the keys that are known there, or use --plain.");
}

export async function keysOf(flags: KeyFlags): Promise<SimulationKeys | undefined> {
  if (flags.plain) return undefined;
  const keys = flags.keys === undefined ? await newKeys(flags) : await readKeys(flags.keys, flags);
  warnOfWeakness(keys.spime, ...(keys.scopenode ? [keys.scopenode] : []));
  return keys;
}

async function newKeys({ bits = DEFAULT_BITS }: KeyFlags): Promise<SimulationKeys> {
  const [spime, scopenode] = await Promise.all([makeKey(bits), makeKey(bits)]);
  return { spime, scopenode };
}

/** Of a ScopeNode elsewhere the public half is enough, and nothing if its key is told elsewhere too. */
async function readKeys(
  folder: string,
  { scopenode, certifier }: KeyFlags,
): Promise<SimulationKeys> {
  const spime = await readPrivate(join(folder, "spime.pem"));
  const path = join(folder, "scopenode.pem");
  if (scopenode === undefined) return { spime, scopenode: await readPrivate(path) };
  return { spime, scopenode: certifier === undefined ? await readPublic(path) : undefined };
}
