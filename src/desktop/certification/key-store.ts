// The public keys that a certification service vouches for, by the folded full JID of their owners. In a
// folder each is a PEM file whose name is that JID, percent-encoded where a file name needs it:
//
//   4a6b-5638-0312111d@spime.openspime.com%2Fspime.pem

import type { KeyObject } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { foldAddress, isAddress } from "../openspime/address.js";
import { readPublicKey } from "../openspime/keys.js";

/** A folder, or PEM by JID. Of a private PEM the public half is taken. */
export type KeySource = string | ReadonlyMap<string, string>;

const EXTENSION = ".pem";

export class KeyStore {
  private keys = new Map<string, KeyObject>();

  constructor(private readonly source: KeySource) {}

  get size(): number {
    return this.keys.size;
  }

  find(jid: string): KeyObject | undefined {
    return this.keys.get(foldAddress(jid));
  }

  /** Reads everything anew. If anything is wrong it rejects, and what was known stays. */
  async load(): Promise<void> {
    const { source } = this;
    const pems = typeof source === "string" ? await readFolder(source) : source;
    const keys = new Map<string, KeyObject>();
    for (const [jid, pem] of pems) {
      const id = foldAddress(jid);
      if (!isAddress(jid)) throw new TypeError(`keys: ${JSON.stringify(jid)} is no address`);
      if (keys.has(id)) throw new TypeError(`keys: two for ${id}`);
      keys.set(id, readPublicKey(`keys: ${jid}`, pem));
    }
    this.keys = keys;
  }
}

/** The name of the file that holds the key of this JID. */
export function fileNameOf(jid: string): string {
  return encodeURIComponent(foldAddress(jid)).replaceAll("%40", "@") + EXTENSION;
}

async function readFolder(folder: string): Promise<Map<string, string>> {
  const pems = new Map<string, string>();
  for (const name of await readdir(folder)) {
    if (!name.endsWith(EXTENSION)) continue;
    pems.set(jidOf(name), await readFile(join(folder, name), "utf8"));
  }
  return pems;
}

function jidOf(fileName: string): string {
  try {
    return decodeURIComponent(fileName.slice(0, -EXTENSION.length));
  } catch {
    throw new TypeError(`keys: the name ${fileName} is not percent-encoded`);
  }
}
