// AES-256-CBC stub
export interface Cipher {
  encrypt(key: string, iv: string, bytes: string): string;
  decrypt(key: string, iv: string, bytes: string): string;
}
export function encryptPadded(cipher: Cipher, key: string, iv: string, bytes: string): string {
  const pad = 16 - (bytes.length % 16);
  return cipher.encrypt(key, iv, bytes + new Array(pad + 1).join(String.fromCharCode(pad)));
}
export function decryptPadded(
  cipher: Cipher,
  key: string,
  iv: string,
  bytes: string,
): string | undefined {
  const text = bytes && bytes.length % 16 === 0 ? cipher.decrypt(key, iv, bytes) : "";
  const pad = text.charCodeAt(text.length - 1);
  return text ? text.slice(0, -pad) : undefined;
}
