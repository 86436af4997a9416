// RSA of the engine's, as a chip's accelerator has it, here OpenSSL's: a signature in a tenth of the time of BigInt.

import {
  constants,
  createPublicKey,
  privateEncrypt,
  publicEncrypt,
  type KeyObject,
} from "node:crypto";
import type { RsaProvider } from "../../../src/firmware/crypto/rsa.js";

const padding = constants.RSA_NO_PADDING;

/** For one key pair; it prepares no other's. */
export function nativeRsa(privateKey: KeyObject): RsaProvider {
  const publicKey = createPublicKey(privateKey);
  return {
    name: "openssl",
    room: 500,
    underWay: 0,
    power(_key, isPrivate, block, onDone) {
      const bytes = Buffer.from(block, "latin1");
      const result = isPrivate
        ? privateEncrypt({ key: privateKey, padding }, bytes)
        : publicEncrypt({ key: publicKey, padding }, bytes);
      onDone(result.toString("latin1"));
    },
    prepare: (_modulus, _exponent, onDone) => onDone(undefined),
  };
}
