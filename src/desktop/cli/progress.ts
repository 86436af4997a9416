// A line that says how long something has been under way, on a terminal only, and gone afterwards.

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Bar {
  show(text: string, done: number, of: number): void;
  /** Takes it away. */
  end(): void;
}

const BAR_CELLS = 30;

/** How much of something is done, on a terminal only. */
export function createBar(terminal: Terminal = process.stderr): Bar {
  if (!terminal.isTTY) return { show: () => {}, end: () => {} };
  return {
    show(text, done, of) {
      const cells = Math.floor((BAR_CELLS * done) / of);
      const bar = "█".repeat(cells) + "░".repeat(BAR_CELLS - cells);
      const percent = Math.floor((100 * done) / of);
      terminal.write(`${ERASE_LINE}${text} ${bar} ${percent} %`);
    },
    end: () => void terminal.write(ERASE_LINE),
  };
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
