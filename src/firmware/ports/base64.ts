// btoa and atob (HTML Standard, section "Base64 utility methods") where the engine has none, or, as Kaluma has, an atob that
// gives octets and not a text: scripts/own-base64.js puts them into such a board's bundle.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function btoa(bytes: string): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first, second, third] = [0, 1, 2].map((index) => bytes.charCodeAt(at + index));
    const bits = (first << 16) | (second << 8) | third;
    text += ALPHABET[bits >> 18] + ALPHABET[(bits >> 12) & 63];
    text += isNaN(second) ? "=" : ALPHABET[(bits >> 6) & 63];
    text += isNaN(third) ? "=" : ALPHABET[bits & 63];
  }
  return text;
}

/** What is not Base64 gives bytes of some kind: who wants to know makes the text of them again (bytes.ts). */
export function atob(text: string): string {
  let bytes = "";
  let bits = 0;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const value = ALPHABET.indexOf(text[at]);
    if (value < 0) break;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += String.fromCharCode((bits >> count) & 255);
    }
  }
  return bytes;
}
