// Byte strings: one character a byte (0 to 255), text as UTF-8 (RFC 3629).

// Espruino, Node and browsers have these two; on other engines the host has to bring them.
declare function btoa(bytes: string): string;
declare function atob(text: string): string;

/** Base64 (RFC 4648 section 4), padded, without line breaks. */
export const toBase64 = btoa;

/** The bytes of a Base64 text; nothing when it is not in the form that `toBase64` writes. */
export function fromBase64(text: string): string {
  // Espruino's atob does not come back from padding that pads nothing.
  if (text.length % 4 || text[0] === "=") return "";
  try {
    const bytes = atob(text);
    return btoa(bytes) === text ? bytes : "";
  } catch {
    return "";
  }
}

/** Pretty-printers put blanks into Base64. */
export function withoutBlanks(text: string): string {
  return text.replace(/[ \t\n\r]/g, "");
}

/**
 * Where a text without blanks begins in another, -1 when nowhere. Espruino's indexOf also finds the
 * beginning of what is sought at the very end; with blanks there it does not.
 */
export function find(text: string, sought: string): number {
  return (text + "   ").indexOf(sought);
}

/** The same text, `count` times. */
export function repeated(text: string, count: number): string {
  let all = "";
  while (count-- > 0) all += text;
  return all;
}

/** Each odd element of `pairs` in the place of the one before it, in that order. */
export function replaceEach(text: string, pairs: string[]): string {
  for (let index = 0; index < pairs.length; index += 2) {
    text = text.split(pairs[index]).join(pairs[index + 1]);
  }
  return text;
}

/** UTF-8 of one code point, 0 to 0x10ffff. */
export function encodeCodePoint(point: number): string {
  let tails = "";
  // What the first byte has room for: a bit less with each byte behind it.
  let room = 0x40;
  if (point < 0x80) return String.fromCharCode(point);
  for (; point >= room; room >>= 1) {
    tails = String.fromCharCode(0x80 | (point & 0x3f)) + tails;
    point >>= 6;
  }
  return String.fromCharCode(0x100 - 2 * room + point) + tails;
}

/** Whether XML 1.0 (section 2.2) allows a code point; also false for NaN. */
export function isXmlCharacter(point: number): boolean {
  return point < 0x20
    ? point === 9 || point === 10 || point === 13
    : point < 0xd800 || (point > 0xdfff && point < 0xfffe) || (point > 0xffff && point < 0x110000);
}

/** Whether a byte string is well-formed UTF-8 of characters that XML allows. */
export function isXmlText(bytes: string): boolean {
  // Nearly all that comes is ASCII, and Espruino's matcher is a hundred times as fast as the loop.
  const rest = bytes.replace(/[ -~]+/g, " ");
  let isText = true;
  let at = 0;
  while (isText && at < rest.length) {
    const start = at;
    const lead = rest.charCodeAt(at++);
    const end = at + (lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3);
    let point = lead & (0x7f >> (end - at));
    while (at < end) point = (point << 6) | (rest.charCodeAt(at++) & 0x3f);
    // There is one way to write a character: an overlong one would hide it from whoever compares bytes
    // (CVE-2022-22784).
    isText = isXmlCharacter(point) && encodeCodePoint(point) === rest.slice(start, end);
  }
  return isText;
}

/**
 * A whole number from 0 as so many bytes, the highest first; NaN, and what has no room in them, is the highest number that
 * they can hold.
 */
export function numberBytes(value: number, count: number): string {
  let bytes = "";
  let left = value;
  for (let at = 0; at < count; at++) {
    bytes = String.fromCharCode(left % 256) + bytes;
    left = Math.floor(left / 256);
  }
  return left === 0 ? bytes : repeated("\xff", count);
}

/** NaN for the highest number that so many bytes can hold, and for none. */
export function numberFrom(bytes: string): number {
  let value = 0;
  for (let at = 0; at < bytes.length; at++) value = value * 256 + bytes.charCodeAt(at);
  return bytes === repeated("\xff", bytes.length) ? NaN : value;
}
