import type { Entry, Report } from "../../../src/desktop/scopenode/index.js";

interface ReportChanges extends Partial<Omit<Report, "entries">> {
  /** One entry each. */
  readonly dates?: readonly (number | string)[];
  /** Of every entry. */
  readonly entry?: Partial<Entry>;
}

/** A report; of each entry the date is the only thing of its own. */
export function reportOf({ dates = [0], entry = {}, ...changes }: ReportChanges = {}): Report {
  const common = { lat: 45.475841199050905, lon: 9.172725677490234, ppm: 400, ...entry };
  return {
    osid: "4a6b-5638-0312111d@spime.openspime.com/spime",
    iqId: "q1",
    entries: dates.map((date) => ({ ...common, date: new Date(date) })),
    receivedAt: new Date("2026-11-25T00:00:00.123Z"),
    isSigned: true,
    isEncrypted: false,
    ...changes,
  };
}
