// What an engine brings to the agent's cryptography; each entry point puts its own together.

import type { Cipher } from "./cipher.js";
import type { Hash } from "./hash.js";
import type { Pause, RsaProvider } from "./rsa.js";

export interface Primitives {
  /** SHA-256, then SHA-1. */
  hashes: Hash[];
  cipher: Cipher;
  /** The providers that may work here, preferred first. */
  rsa(pause: Pause): RsaProvider[];
}
