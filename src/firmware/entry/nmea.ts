// Entry of build/tools/nmea.js: the GPS reader alone, as the boards have it, for `microspime nmea`.

import { createNmeaReader } from "../sensors/nmea.js";

/**
 * The desktop puts it there, and is given a function that makes a reader, a function too, of pieces of a log and, at its
 * end, of "". A fix goes out as a list, because the minifier shortens names: time, latitude, longitude,
 * height, dilution, satellites.
 */
declare function takeNmeaReader(
  create: (
    onFix: (fix: number[]) => void,
    earliestMs: number,
    onSentence: (name: string) => void,
  ) => (bytes: string) => void,
): void;

takeNmeaReader(function (onFix, earliestMs, onSentence) {
  const reader = createNmeaReader(
    function (fix) {
      const { timeMs, latE9, lonE9, heightMm, hdop, satellites } = fix;
      onFix([timeMs, latE9, lonE9, heightMm, hdop!, satellites!]);
    },
    earliestMs,
    onSentence,
  );
  return function (bytes) {
    if (bytes) reader.push(bytes);
    else reader.end();
  };
});
