// AES-256 (FIPS 197) in CBC mode (NIST SP 800-38A section 6.2) with the padding of PKCS #7 (RFC 5652 section
// 6.3): a port gives the engine's native cipher or that of portable-aes.ts.

/** Takes and gives whole blocks, without padding, as Espruino's does. */
export interface Cipher {
  encrypt(key: string, iv: string, bytes: string): string;
  decrypt(key: string, iv: string, bytes: string): string;
}

export const KEY_BYTES = 32;
export const BLOCK_BYTES = 16;

/** Espruino's cipher takes other keys for AES-128, and fills up a short iv with what lies behind it. */
function areWhole(key: string, iv: string): boolean {
  return key.length === KEY_BYTES && iv.length === BLOCK_BYTES;
}

/** Throws on a key that has not 32 bytes and an iv that has not 16. */
export function encryptPadded(cipher: Cipher, key: string, iv: string, bytes: string): string {
  if (!areWhole(key, iv)) throw new Error("key or iv: length");
  const count = BLOCK_BYTES - (bytes.length % BLOCK_BYTES);
  const padding = new Array(count + 1).join(String.fromCharCode(count));
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
  if (!areWhole(key, iv) || !bytes || bytes.length % BLOCK_BYTES) return undefined;
  const padded = cipher.decrypt(key, iv, bytes);
  const count = padded.charCodeAt(padded.length - 1);
  let wrong = count < 1 || count > BLOCK_BYTES ? 1 : 0;
  for (let back = 1; back <= BLOCK_BYTES; back++) {
    const difference = padded.charCodeAt(padded.length - back) ^ count;
    wrong |= back <= count ? difference : 0;
  }
  return wrong ? undefined : padded.slice(0, -count);
}
