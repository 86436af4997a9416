// Byte strings as arrays of octets and back, for engines that give and take those (JerryScript). Long ones in pieces: a call
// takes its arguments from the engine's stack, and charCodeAt walks through a string that is not ASCII from its beginning.

const PIECE_BYTES = 64;

export function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    // Espruino's views go beyond the end.
    const piece = bytes.subarray(at, Math.min(at + PIECE_BYTES, bytes.length));
    text += String.fromCharCode.apply(null, piece as unknown as number[]);
  }
  return text;
}

export function octetsOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += PIECE_BYTES) {
    const piece = text.slice(at, at + PIECE_BYTES);
    for (let index = 0; index < piece.length; index++) bytes[at + index] = piece.charCodeAt(index);
  }
  return bytes;
}
