// What a board's console prints, as lines without prompts and movements of the cursor.

/** So much of a line without an end is kept. */
const MAX_LINE = 10_000;

/** Exported for its test. A line that the engine writes over its prompt begins behind a carriage return. */
export function plainLine(raw: string): string {
  // eslint-disable-next-line no-control-regex
  const text = raw.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replace(/\r+$/, "");
  return text
    .slice(text.lastIndexOf("\r") + 1)
    .replace(/^(password|debug)?>+/, "")
    .trimEnd();
}

/** Takes text cut anywhere; tells of whole lines that are not empty. */
export function createLineReader(onLine: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!.slice(-MAX_LINE);
    for (const line of lines.map(plainLine)) if (line) onLine(line);
  };
}
