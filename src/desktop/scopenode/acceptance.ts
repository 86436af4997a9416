// How a ScopeNode takes a report: it is handed on, and then stored, before the spime gets its result.

import type { Database } from "./database.js";
import type { QueryContext, Report } from "./queries.js";
import type { ScopeNodeOptions } from "./scopenode.js";

const REPORT_TIMEOUT_MS = 10_000;

type AcceptanceOptions = Pick<ScopeNodeOptions, "onReport" | "onReplay" | "reportTimeoutMs">;

/**
 * What a failed handler has not taken is not stored, so that it is news again when the spime repeats it. A
 * signed report of which everything is stored is a replay, also after a restart.
 */
export function makeAcceptance(
  { onReport, onReplay, reportTimeoutMs = REPORT_TIMEOUT_MS }: AcceptanceOptions,
  database: Database | undefined,
): QueryContext["accept"] {
  const handOn = (report: Report) => within(reportTimeoutMs, async () => onReport(report));
  if (database === undefined) return handOn;
  return async (report) => {
    if (report.isSigned && database.holds(report)) return onReplay?.(report);
    await handOn(report);
    database.store(report);
  };
}

/** A handler that hangs must not leave the spime without a reply. */
async function within(ms: number, task: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`onReport took more than ${ms} ms`)), ms);
  });
  try {
    await Promise.race([task(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
