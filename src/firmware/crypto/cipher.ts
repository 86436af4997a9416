// AES-256 (FIPS 197) in CBC mode (NIST SP 800-38A section 6.2) with the padding of PKCS #7 (RFC 5652 section
// 6.3): a port gives the engine's native cipher or that of portable-aes.ts.

import { repeated } from "../bytes.js";

/** Takes and gives whole blocks, without padding, as Espruino's does. */
export interface Cipher {
  encrypt(key: string, iv: string, bytes: string): string;
  decrypt(key: string, iv: string, bytes: string): string;
}

export const KEY_BYTES = 32;
export const BLOCK_BYTES = 16;

/** Of a key of 32 bytes and an iv of 16: see below. */
export function encryptPadded(cipher: Cipher, key: string, iv: string, bytes: string): string {
  const count = BLOCK_BYTES - (bytes.length % BLOCK_BYTES);
  const padding = repeated(String.fromCharCode(count), count);
  return cipher.encrypt(key, iv, bytes + padding);
}

/**
 * `undefined` for what `encryptPadded` cannot have made. Whoever tells the sender of a wrong padding in any
 * way, by words or by time, gives away the text (Vaudenay, EUROCRYPT 2002): all of it is looked at.
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
  const padded = cipher.decrypt(key, iv, bytes);
  const count = padded.charCodeAt(padded.length - 1);
  let wrong = count < 1 || count > BLOCK_BYTES ? 1 : 0;
  for (let back = 1; back <= BLOCK_BYTES; back++) {
    const difference = padded.charCodeAt(padded.length - back) ^ count;
    wrong |= back <= count ? difference : 0;
  }
  return wrong ? undefined : padded.slice(0, -count);
}
