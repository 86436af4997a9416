// Months at once, each in a thread: the outcomes come in the order of their seeds.

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { month, type MonthOutcome } from "./month.js";

/** What the threads have in common: each takes the next month when it is done with one. */
interface Share {
  readonly first: number;
  readonly count: number;
  /** How many are taken. */
  readonly taken: Int32Array;
}

/** Seeds from `first` to `first + count - 1`. */
export async function months(
  { first, count, jobs }: { first: number; count: number; jobs: number },
  onOutcome: (outcome: MonthOutcome) => void,
): Promise<void> {
  if (jobs === 1) {
    for (let seed = first; seed < first + count; seed += 1) onOutcome(await month(seed));
    return;
  }
  const early = new Map<number, MonthOutcome>();
  let next = first;
  const take = (outcome: MonthOutcome) => {
    early.set(outcome.seed, outcome);
    for (let due = early.get(next); due; due = early.get(next)) {
      early.delete(next);
      next += 1;
      onOutcome(due);
    }
  };
  const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const crew = Array.from({ length: jobs }, () => work({ first, count, taken }, take));
  await Promise.all(crew);
}

function work(share: Share, take: (outcome: MonthOutcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on("message", take);
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}

if (!isMainThread && parentPort) {
  const { first, count, taken } = workerData as Share;
  const takeOne = () => Atomics.add(taken, 0, 1);
  for (let at = takeOne(); at < count; at = takeOne()) {
    parentPort.postMessage(await month(first + at));
  }
}
