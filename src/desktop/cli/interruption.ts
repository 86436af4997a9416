// How a command that goes on by itself is ended.

import { once } from "node:events";

/** Ctrl-C, and a reader that has seen enough (`| head`), end it in good order. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  process.stdout.on("error", stop);
  return controller.signal;
}

/** Resolves when it is time to end, at once if it has been already. */
export async function interrupted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
