// Fingerprints of certificates: the SHA-256 of the DER form (RFC 5280), as OpenSSL and Node print it.

const HEX_DIGITS = 64;

/** `AA:BB:…` of 64 digits of hex, with colons or without; undefined if that is not what it is. */
export function foldFingerprint(text: string): string | undefined {
  const digits = text.trim().toUpperCase();
  const isPaired = /^[0-9A-F]{2}(:[0-9A-F]{2})*$/.test(digits);
  const hex = digits.replaceAll(":", "");
  if (hex.length !== HEX_DIGITS || !(isPaired || /^[0-9A-F]+$/.test(digits))) return undefined;
  return inPairs(hex);
}

function inPairs(hex: string): string {
  return hex.replace(/..(?!$)/g, "$&:");
}
