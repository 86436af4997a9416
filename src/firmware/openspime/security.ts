// What OpenSpime v0.9 section 1.0.1 needs to sign, encrypt, decrypt and verify.

import type { Cipher } from "../crypto/cipher.js";
import type { Hash } from "../crypto/hash.js";
import type { KeyRecord } from "../crypto/key-record.js";
import type { Random } from "../crypto/random.js";
import type { RsaProvider } from "../crypto/rsa.js";
import type { ByteString } from "../platform.js";
import type { KeyRing } from "./key-ring.js";

/** A board that reports in the clear has none. */
export interface Security {
  rsa: RsaProvider;
  /** The board's own, private. */
  key: KeyRecord;
  sha1: Hash;
  /** AES-256-CBC. */
  cipher: Cipher;
  generator: Random;
  /** Full JID of the certification service that has the board's key, and is believed about others'. */
  service: ByteString;
  keyRing: KeyRing;
}
