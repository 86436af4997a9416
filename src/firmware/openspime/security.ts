// What OpenSpime v0.9 section 1.0.1 needs to sign, encrypt, decrypt and verify.

import type { Cipher } from "../crypto/cipher.js";
import type { Hash } from "../crypto/hash.js";
import type { KeyRecord } from "../crypto/key-record.js";
import type { Random } from "../crypto/random.js";
import type { RsaProvider } from "../crypto/rsa.js";
import type { ByteString } from "../platform.js";
import type { KeyRing } from "./key-ring.js";

export interface Security {
  rsa: RsaProvider;
  /** The board's own, private. */
  key: KeyRecord;
  sha1: Hash;
  /** AES-256-CBC. */
  cipher: Cipher;
  random: Random;
  /** The certification service that is believed; empty: nothing is signed or verified. */
  certifier: ByteString;
  keys: KeyRing;
}

export const CORE = "openspime:protocol:core";
export const TRANSPORT_KEY = "openspime:protocol:core:transportkey";
export const AES_CONTENT_TYPE = "x-openspime/aes-base64";
