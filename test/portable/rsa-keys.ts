// The keys that a run of RSA's suites takes.

import type { RsaKeyData } from "./rsa-provider.js";

/** Rows of RsaKeyData's fields in their order, in front of the bundle: test/firmware/random-keys.test.ts. */
declare const RANDOM_KEYS: string[][] | undefined;

/** Those in front of the bundle, else the usual ones. */
export function keysOr(usual: RsaKeyData[]): RsaKeyData[] {
  if (typeof RANDOM_KEYS === "undefined") return usual;
  return RANDOM_KEYS.map(function ([name, plain, dot, loop, blocks, sealed, opened]) {
    return { name, plain, dot, loop, blocks, sealed, opened };
  });
}
