// What a command that goes on by itself prints: a line for each thing that happens, or with `--json` an object.

export interface Lines {
  /** `text` for a person, `values` for a script. */
  tell(event: string, text: string, values: object): void;
  /** What went wrong, and goes on. */
  warn(message: string): void;
}

export function createLines(isJson: boolean): Lines {
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  if (isJson) {
    const tell = (event: string, values: object) => write(JSON.stringify({ event, ...values }));
    return {
      tell: (event, _text, values) => tell(event, values),
      warn: (message) => tell("error", { message }),
    };
  }
  return {
    tell: (_event, text) => write(text),
    warn: (message) => void process.stderr.write(`microspime: ${printable(message)}\n`),
  };
}

/** Others' text, without what would move a terminal's cursor. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "\ufffd");
}
