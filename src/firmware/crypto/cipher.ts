// AES-256 (FIPS 197) in CBC mode (NIST SP 800-38A section 6.2) with the padding of PKCS #7 (RFC 5652 section
// 6.3): a port gives the engine's native cipher or that of portable-aes.ts.

import { repeated } from "../bytes.js";

/** Takes and gives whole blocks, without padding, as Espruino's does. */
export interface Cipher {
  encipher(key: string, iv: string, bytes: string): string;
  decipher(key: string, iv: string, bytes: string): string;
}

export const KEY_BYTES = 32;
export const BLOCK_BYTES = 16;

/** Of a key of 32 bytes and an iv of 16: see below. */
export function encryptPadded(cipher: Cipher, key: string, iv: string, bytes: string): string {
  const count = BLOCK_BYTES - (bytes.length % BLOCK_BYTES);
  const padding = repeated(String.fromCharCode(count), count);
  return cipher.encipher(key, iv, bytes + padding);
}

/**
 * `undefined` for what `encryptPadded` cannot have made. Whoever tells the sender of a wrong padding gives
 * away the text (Vaudenay, EUROCRYPT 2002): all that can be wrong has one answer, and the time that this
 * comparison takes is lost in that of RSA before it.
 */
export function decryptPadded(
  cipher: Cipher,
  key: string,
  iv: string,
  bytes: string,
): string | undefined {
  // Espruino's cipher takes other keys for AES-128, and fills up a short iv with what lies behind it.
  const isFit = key.length === KEY_BYTES && iv.length === BLOCK_BYTES;
  if (!isFit || !bytes || bytes.length % BLOCK_BYTES) return undefined;
  const padded = cipher.decipher(key, iv, bytes);
  const last = padded.slice(-1);
  const count = last.charCodeAt(0);
  const isPadding =
    count > 0 && count <= BLOCK_BYTES && padded.slice(-count) === repeated(last, count);
  return isPadding ? padded.slice(0, -count) : undefined;
}
