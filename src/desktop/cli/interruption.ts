// How a command that goes on by itself is ended, and what does not end one that is at work on a board.

import { once } from "node:events";

/** Ctrl-C, and a reader that has seen enough (`| head`), end it in good order. */
export function interruption(): AbortSignal {
  const controller = interrupting();
  process.stdout.on("error", () => controller.abort());
  return controller.signal;
}

/** Ctrl-C alone does. */
export function interruptionByHand(): AbortSignal {
  goOnUnread();
  return interrupting().signal;
}

/** A board is not left in the middle because whoever read about it has gone. */
export function goOnUnread(): void {
  process.stdout.on("error", () => {});
}

function interrupting(): AbortController {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  return controller;
}

/** Resolves when it is time to end, at once if it has been already. */
export async function interrupted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
