// The agent's log, `level event key=value …` a line, read back.

export interface LogEvent {
  readonly level: "info" | "warn" | "error";
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

const LINE = /^(info|warn|error) (\S+)(.*)$/;
/** A value goes on to the next key: what an engine says of an error has blanks in it. */
const PAIR = /\s(\w+)=(.*?)(?=\s+\w+=|$)/g;

/** `undefined` for a line that the agent has not written. */
export function logEventOf(line: string): LogEvent | undefined {
  const match = LINE.exec(line.trim());
  if (!match) return undefined;
  const pairs = [...match[3].matchAll(PAIR)];
  return {
    level: match[1] as LogEvent["level"],
    name: match[2],
    values: Object.fromEntries(pairs.map(([, key, value]) => [key, value])),
  };
}
