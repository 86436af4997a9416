// Bytes written as hexadecimal digits, as the RFCs print their vectors.

export function toHex(bytes: string): string {
  let hex = "";
  for (let at = 0; at < bytes.length; at++) {
    hex += (bytes.charCodeAt(at) + 256).toString(16).slice(1);
  }
  return hex;
}

/** White space between the digits is nothing. */
export function fromHex(hex: string): string {
  const digits = hex.split(" ").join("");
  let bytes = "";
  for (let at = 0; at < digits.length; at += 2) {
    bytes += String.fromCharCode(parseInt(digits.slice(at, at + 2), 16));
  }
  return bytes;
}

export function repeated(bytes: string, count: number): string {
  let all = "";
  while (count--) all += bytes;
  return all;
}
