// The agent's log, `level event key=value …` a line, read back.

export interface LogEvent {
  readonly level: "info" | "warn" | "error";
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

const LINE = /^(info|warn|error) (\S+)(.*)$/;

/** `undefined` for a line that the agent has not written. */
export function logEventOf(line: string): LogEvent | undefined {
  const match = LINE.exec(line.trim());
  if (!match) return undefined;
  const pairs = match[3].trim().split(/\s+/).filter(Boolean);
  const values = pairs.map((pair): [string, string] => {
    const equals = pair.indexOf("=");
    return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  return {
    level: match[1] as LogEvent["level"],
    name: match[2],
    values: Object.fromEntries(values),
  };
}
