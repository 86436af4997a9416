// The firmware's own GPS reader: the bundle build/tools/nmea.js in a context of its own, so that what it makes
// of a log is what a board would make of it.

import vm from "node:vm";
import type { Fix } from "../../firmware/sensors/nmea.js";
import { readBundle } from "../sim/bundle.js";

const BUNDLE = "tools/nmea";

/** One epoch of a receiver; NaN where nobody said. */
export type NmeaFix = Required<Omit<Fix, "quality">>;

export interface NmeaListener {
  onFix(fix: NmeaFix): void;
  /** `GPRMC`, or "" for one whose shape or checksum is wrong. */
  onSentence(name: string): void;
}

export interface LogReader {
  /** A piece of a log, cut anywhere, one character a byte. */
  push(bytes: string): void;
  end(): void;
}

type Create = (
  onFix: (fix: readonly number[]) => void,
  earliestMs: number,
  onSentence: (name: string) => void,
) => (bytes: string) => void;

function loadCreate(): Create {
  const { file, text } = readBundle(BUNDLE);
  let create: Create | undefined;
  const takeNmeaReader = (made: Create) => void (create = made);
  vm.runInContext(text, vm.createContext({ takeNmeaReader }), { filename: file });
  if (!create) throw new TypeError(`${file} makes no reader`);
  return create;
}

/** Dates before `earliestMs` are repaired as on a board, by 1,024 weeks; 0: none is. */
export function createLogReader(listener: NmeaListener, earliestMs: number): LogReader {
  const take = loadCreate()(
    ([timeMs, latE9, lonE9, heightMm, hdop, satellites]) =>
      listener.onFix({ timeMs, latE9, lonE9, heightMm, hdop, satellites }),
    earliestMs,
    (name) => listener.onSentence(name),
  );
  return {
    push: (bytes) => {
      if (bytes !== "") take(bytes);
    },
    end: () => take(""),
  };
}
