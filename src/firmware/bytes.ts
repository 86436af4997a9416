// Byte strings: one character a byte (0 to 255), text as UTF-8 (RFC 3629).

// Espruino, Node and browsers have these two; on other engines the host has to bring them.
declare function btoa(bytes: string): string;
declare function atob(text: string): string;

/** Base64 (RFC 4648 section 4), padded, without line breaks. */
export function toBase64(bytes: string): string {
  return btoa(bytes);
}

/** The bytes of a Base64 text; nothing when it is not in the form that `toBase64` writes. */
export function fromBase64(text: string): string {
  // Espruino's atob does not come back from padding that pads nothing.
  if (text.length % 4 || text.charAt(0) === "=") return "";
  try {
    const bytes = atob(text);
    return btoa(bytes) === text ? bytes : "";
  } catch {
    return "";
  }
}

/** Pretty-printers put blanks into Base64. */
export function withoutBlanks(text: string): string {
  return replaceEach(text, [" ", "", "\t", "", "\n", "", "\r", ""]);
}

/**
 * Where a text without blanks begins in another, -1 when nowhere. Espruino's indexOf also finds the
 * beginning of what is sought at the very end; with blanks there it does not.
 */
export function find(text: string, sought: string): number {
  return (text + "   ").indexOf(sought);
}

/** Each odd element of `pairs` in the place of the one before it, in that order. */
export function replaceEach(text: string, pairs: string[]): string {
  for (let index = 0; index < pairs.length; index += 2) {
    text = text.split(pairs[index]).join(pairs[index + 1]);
  }
  return text;
}

function tail(point: number): number {
  return 0x80 | (point & 0x3f);
}

/** UTF-8 of one code point, 0 to 0x10ffff. */
export function encodeCodePoint(point: number): string {
  const chr = String.fromCharCode;
  return point < 0x80
    ? chr(point)
    : point < 0x800
      ? chr(0xc0 | (point >> 6), tail(point))
      : point < 0x10000
        ? chr(0xe0 | (point >> 12), tail(point >> 6), tail(point))
        : chr(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point));
}

/** Whether XML 1.0 (section 2.2) allows a code point; also false for NaN. */
export function isXmlCharacter(point: number): boolean {
  return point < 0x20
    ? point === 9 || point === 10 || point === 13
    : point < 0xd800 || (point > 0xdfff && point < 0xfffe) || (point > 0xffff && point < 0x110000);
}

/** Whether a byte string is well-formed UTF-8 of characters that XML allows. */
export function isXmlText(bytes: string): boolean {
  // Nearly all that comes is this, and Espruino's matcher is a hundred times as fast as the loop.
  if (/^[ -~]*$/.test(bytes)) return true;
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes.charCodeAt(at);
    let point = lead;
    if (lead > 0x7f) {
      const tails = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
      point = lead & (0x3f >> tails);
      for (let left = tails; left; left--) {
        const next = bytes.charCodeAt(++at);
        if ((next & 0xc0) !== 0x80) return false;
        point = (point << 6) | (next & 0x3f);
      }
      // An overlong form hides a character from whoever compares bytes (CVE-2022-22784).
      if (lead < 0xc2 || lead > 0xf4 || point < (tails < 2 ? 0x80 : tails < 3 ? 0x800 : 0x10000))
        return false;
    }
    if (!isXmlCharacter(point)) return false;
  }
  return true;
}
