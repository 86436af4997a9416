// A program that writes files into Espruino's Storage: ASCII only, every other byte escaped, piece by piece.

/** What the engine's parser takes in one statement without running out of memory. */
const CHUNK_BYTES = 240;

export function flashScript(files: Readonly<Record<string, Buffer>>): string {
  const scripts = Object.entries(files).map(([name, bytes]) => storageScript(name, bytes));
  return scripts.join("");
}

function storageScript(name: string, bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = literal(bytes.subarray(at, at + CHUNK_BYTES));
    lines.push(`require("Storage").write("${name}",${chunk},${at},${bytes.length});\n`);
  }
  return lines.join("");
}

/** A text in JavaScript, in ASCII. */
export function literal(bytes: Buffer): string {
  return `"${bytes.toString("latin1").replace(/[^ -~]|["\\]/g, escaped)}"`;
}

function escaped(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
