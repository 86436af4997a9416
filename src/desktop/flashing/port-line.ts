// What each console over a port has, whosever it is: the line may be cut at any moment, lines of text can be waited for, and
// nobody may be there.

import { setTimeout as sleep } from "node:timers/promises";
import { boardFailure } from "../failure.js";
import type { Failure } from "../failure.js";
import type { Port } from "./port.js";

/** The line is cut, or was closed. */
export class LineCut extends Error {}

export interface PortLine {
  readonly isOpen: boolean;
  /** Rejects with `LineCut` when the line is cut before the task is done. */
  orCut<Value>(task: Promise<Value>): Promise<Value>;
  write(text: string): Promise<void>;
  /** A line of text for those who wait. */
  tell(line: string): void;
  /** Nothing when none has come in time. Rejects with `LineCut` when the line is cut before. */
  untilLine(matches: (line: string) => boolean, timeoutMs: number): Promise<string | undefined>;
}

/** `onCut` is called before anybody else hears of it. */
export function openPortLine(port: Port, onCut: () => void = () => {}): PortLine {
  const listeners = new Set<(line: string) => void>();
  let isOpen = true;
  const cut = new Promise<never>((_, reject) => {
    void port.closed.then(() => {
      isOpen = false;
      onCut();
      reject(new LineCut(`${port.name} is gone`));
    });
  });
  // Nobody may be waiting just then.
  cut.catch(() => {});
  const orCut = <Value>(task: Promise<Value>) => Promise.race([task, cut]);
  return {
    get isOpen() {
      return isOpen;
    },
    orCut,
    write: (text) => orCut(port.write(Buffer.from(text, "latin1"))),
    tell: (line) => listeners.forEach((listener) => listener(line)),
    async untilLine(matches, timeoutMs) {
      let listener: (line: string) => void = () => {};
      const found = new Promise<string>((resolve) => {
        listener = (line) => matches(line) && resolve(line);
        listeners.add(listener);
      });
      const stop = new AbortController();
      const late = sleep(timeoutMs, undefined, { signal: stop.signal }).catch(() => undefined);
      try {
        return await orCut(Promise.race([found, late]));
      } finally {
        stop.abort();
        listeners.delete(listener);
      }
    },
  };
}

/** `heard`: what came from there, without our own question, which is no word of anybody's when it comes back. */
export function silentFailure(
  engine: string,
  port: string,
  heard: string,
  advice: string,
): Failure {
  const words = heard.replace(/\s+/g, " ").trim();
  return boardFailure(
    words
      ? `No ${engine} answers at ${port}; what is there says "${words.slice(0, 60)}".`
      : `Nothing answers at ${port}.`,
    advice,
  );
}
