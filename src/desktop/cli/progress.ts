// A line that says how long something has been under way, on a terminal only, and gone afterwards.

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const STEP_MS = 1000;
const ERASE_LINE = "\r\x1b[K";

/** Call what it returns when it is over. */
export function startProgress(text: string, terminal: Terminal = process.stderr): () => void {
  if (!terminal.isTTY) return () => {};
  const startMs = performance.now();
  const show = () => {
    const seconds = Math.round((performance.now() - startMs) / 1000);
    terminal.write(`${ERASE_LINE}${text} … ${seconds} s`);
  };
  show();
  const timer = setInterval(show, STEP_MS);
  return () => {
    clearInterval(timer);
    terminal.write(ERASE_LINE);
  };
}
