// What the audience sees of a report, out of the agent's log (docs/configuration.md): the line that it writes when it
// sends one,
//
//   info report id=k3Zx entries=2 time=2008-04-02T16:54:22Z lat=45.475841199 lon=9.172725677 ele=120.000 age=340
//     ppm=176 sealMs=0

import type { LogEvent } from "./agent-log.js";

export interface SentReport {
  readonly entries: number;
  /** Of the report's newest entry, as the agent wrote them. */
  readonly time: string;
  /** Absent where the entry has no place, or no height. */
  readonly lat?: string;
  readonly lon?: string;
  readonly ele?: string;
  /** Seconds from the place to `time`; absent: it is that of the moment. */
  readonly placeAgeS?: number;
  readonly ppm: string;
  /** Milliseconds of the board's clock that signing and encrypting took. */
  readonly sealMs: number;
}

export interface Acknowledgement extends SentReport {
  readonly number: number;
  /** Wall-clock time from the report to its answer. */
  readonly tookMs: number;
}

export function readReport(values: LogEvent["values"]): SentReport {
  const { entries, time, lat, lon, ele, age, ppm, sealMs } = values;
  return {
    entries: Number(entries),
    time,
    ...(lat && { lat }),
    ...(lon && { lon }),
    ...(ele && { ele }),
    ...(age && { placeAgeS: Number(age) }),
    ppm,
    sealMs: Number(sealMs),
  };
}
