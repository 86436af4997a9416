// Months at once, each in a thread: the outcomes come in the order of their seeds.

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { month, type MonthOutcome } from "./month.js";

interface Share {
  readonly first: number;
  readonly step: number;
  readonly end: number;
}

/** Seeds from `first` to `first + count - 1`. */
export async function months(
  { first, count, jobs }: { first: number; count: number; jobs: number },
  onOutcome: (outcome: MonthOutcome) => void,
): Promise<void> {
  const end = first + count;
  if (jobs === 1) {
    for (let seed = first; seed < end; seed += 1) onOutcome(await month(seed));
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
  const shares = Array.from({ length: jobs }, (_, job) => ({
    first: first + job,
    step: jobs,
    end,
  }));
  await Promise.all(shares.map((share) => work(share, take)));
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
  const { first, step, end } = workerData as Share;
  for (let seed = first; seed < end; seed += step) parentPort.postMessage(await month(seed));
}
