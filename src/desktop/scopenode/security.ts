// What a ScopeNode decrypts and verifies with, from its options.

import type { KeyObject } from "node:crypto";
import { checkCertifiers } from "../openspime/certifiers.js";
import { KeyRing } from "../openspime/key-ring.js";
import { bitsOf, readPrivateKey, SAFE_KEY_BITS } from "../openspime/keys.js";
import { boxKeyOf } from "../openspime/nacl.js";
import type { Security } from "../openspime/opening.js";
import type { KeyQueries } from "./key-queries.js";
import type { ScopeNodeOptions } from "./scopenode.js";

type SecurityOptions = Pick<ScopeNodeOptions, "key" | "acceptedCertifiers" | "nacl" | "onWarning">;

/** Throws a TypeError that names the option. */
export function makeSecurity(options: SecurityOptions, keyQueries: KeyQueries): Security {
  const { key, acceptedCertifiers: certifiers, nacl = true, onWarning = warn } = options;
  const privateKey = key === undefined ? undefined : readScopeNodeKey(key, onWarning);
  checkCertifiers("acceptedCertifiers", certifiers ?? []);
  const keys = new KeyRing({
    fetchKey: (certifier, osid) => keyQueries.ask(certifier, osid),
    nowMs: () => performance.now(),
  });
  return {
    ...(privateKey && { privateKey }),
    ...(certifiers && { verification: { certifiers, keys } }),
    ...(privateKey && certifiers && nacl && { boxKey: boxKeyOf(privateKey) }),
  };
}

function readScopeNodeKey(pem: string, onWarning: (text: string) => void): KeyObject {
  const key = readPrivateKey("key", pem);
  if (bitsOf(key) < SAFE_KEY_BITS) {
    onWarning(`ScopeNode key: ${bitsOf(key)} bits are weak, use ${SAFE_KEY_BITS}`);
  }
  return key;
}

function warn(text: string): void {
  process.emitWarning(text);
}
