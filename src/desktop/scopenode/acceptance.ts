// How a ScopeNode takes a report: it is handed on, and then stored, before the spime gets its result.

import { foldAddress } from "../openspime/address.js";
import { refuse } from "../openspime/conditions.js";
import { within } from "../within.js";
import type { Database } from "./database.js";
import { ACCEPTED } from "./queries.js";
import type { QueryContext, Report } from "./queries.js";
import type { ScopeNodeOptions } from "./scopenode.js";
import { Turns } from "./turns.js";

const REPORT_TIMEOUT_MS = 10_000;

type AcceptanceOptions = Pick<ScopeNodeOptions, "onReport" | "onReplay" | "reportTimeoutMs">;

/**
 * What a failed handler has not taken is not stored, so that it is news again when the spime repeats it. A
 * signed report of which everything is stored is a replay, also after a restart. One that contradicts what is stored is
 * refused whole, as it is for an entry out of scope. With a database those of a spime are taken one after the other.
 */
export function makeAcceptance(
  options: AcceptanceOptions,
  database: Database | undefined,
): QueryContext["accept"] {
  const handOn = makeHandingOn(options);
  if (database === undefined) return acceptBy(handOn);
  const accept = acceptInto(database, handOn, options);
  const turns = new Turns();
  return (report) => turns.take(foldAddress(report.osid), () => accept(report));
}

type HandOn = (report: Report) => Promise<void>;

/** A handler that hangs must not leave the spime without a reply. */
function makeHandingOn({
  onReport,
  reportTimeoutMs = REPORT_TIMEOUT_MS,
}: AcceptanceOptions): HandOn {
  const late = `onReport took more than ${reportTimeoutMs} ms`;
  const handle = async (report: Report) => onReport(report);
  return (report) => within(reportTimeoutMs, late, handle(report));
}

function acceptBy(handOn: HandOn): QueryContext["accept"] {
  return async (report) => {
    await handOn(report);
    return ACCEPTED;
  };
}

function acceptInto(
  database: Database,
  handOn: HandOn,
  { onReplay }: AcceptanceOptions,
): QueryContext["accept"] {
  return async (report) => {
    const { isHeld, contradiction } = database.compare(report);
    if (contradiction) return refuse("inconsistent-data-with-scope", describe(contradiction));
    if (report.isSigned && isHeld) onReplay?.(report);
    else {
      // Else the handler would have it at every try of a spime that has no place.
      database.requireRoom(report.osid);
      await handOn(report);
      database.store(report);
    }
    return ACCEPTED;
  };
}

function describe(date: Date): string {
  return `another measurement has the date ${date.toISOString()}`;
}
