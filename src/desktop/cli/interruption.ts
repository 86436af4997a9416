// The end that whoever runs a command wants.

/** Ctrl-C, and a reader that has seen enough (`| head`), end a command in good order. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  process.stdout.on("error", stop);
  return controller.signal;
}
