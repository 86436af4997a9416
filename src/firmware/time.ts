// Time, all of it in one place. Unix time, whose days have 86,400 seconds: a leap second is the first one of the
// next day. UTC only, no zones: a board has none. Out in the form of the document's dates (ISO 8601 in the profile
// of XEP-0082). And who is believed: the receiver, then the machine (SNTP), then the server (XEP-0202).

import type { Clock } from "./platform.js";

/** 2020: before it, nobody has set the machine's clock, or the receiver counts the weeks wrong. */
const EARLIEST_MS = 1577836800000;

/** `2008-04-02T16:54:22+00:00`, with the milliseconds where there are any. */
export function formatDate(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  const seconds = iso.slice(0, 19);
  return seconds + (timeMs % 1000 ? iso.slice(19, 23) : "") + "+00:00";
}

/** Milliseconds since midnight, a leap second's (60) those of the next day; NaN when it is no time of day. */
export function timeOfDayMs(hours: number, minutes: number, seconds: number): number {
  const isValid = hours < 24 && minutes < 60 && seconds < 61;
  return isValid ? Math.round((hours * 60 + minutes) * 60000 + seconds * 1000) : NaN;
}

/** Unix time of midnight, NaN when there is no such day; year, month and day as they are written. */
export function midnightMs(year: string, month: string, day: string): number {
  const date = year + "-" + month + "-" + day;
  const timeMs = Date.parse(date + "T00:00:00Z");
  // Engines differ in what they make of a day that is none: it has to come out as it went in.
  const isDay = timeMs > 0 && new Date(timeMs).toISOString().slice(0, 10) === date;
  return isDay ? timeMs : NaN;
}

export interface WallClock {
  /** What the receiver says that it is now, Unix time. */
  onReceiver(timeMs: number): void;
  /** What the server says; 0 or NaN: nothing. */
  onServer(timeMs: number): void;
  /** Unix time, whole milliseconds, of a moment of the monotonic clock; NaN while nobody knows. */
  timeMsAt(monotonicMs: number): number;
}

export function createWallClock(clock: Clock): WallClock {
  // From the monotonic clock to theirs.
  let receiverOffsetMs = NaN;
  let serverOffsetMs = NaN;
  return {
    onReceiver: function (timeMs) {
      receiverOffsetMs = timeMs - clock.monotonicMs();
    },
    onServer: function (timeMs) {
      serverOffsetMs = timeMs - clock.monotonicMs();
    },
    timeMsAt: function (monotonicMs) {
      const machineOffsetMs = clock.epochMs() - clock.monotonicMs();
      const times = [receiverOffsetMs, machineOffsetMs, serverOffsetMs]
        .map((offsetMs) => Math.round(monotonicMs + offsetMs))
        .filter((timeMs) => timeMs > EARLIEST_MS);
      return times.length ? times[0] : NaN;
    },
  };
}
