// A bound on how long something may take.

/** Rejects with that message when the time is up; the task itself goes on, and nobody hears of it. */
export async function within<T>(timeoutMs: number, late: string, task: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), timeoutMs);
  });
  try {
    return await Promise.race([task, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
