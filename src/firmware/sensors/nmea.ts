// NMEA 0183 (IEC 61162-1) sentences RMC and GGA of any talker, from a UART cut anywhere:
//
//   $GPRMC,202640.000,A,4404.1306,N,12118.8515,W,0.03,225.97,130415,,,D*7E
//   $GPGGA,202640.000,4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,-19.6,M,0000,0000*6C
//
// A fix is one epoch: the date of an RMC and the height of a GGA belong together when both are valid and
// carry the same time of day. Positions are integers of 1e-9 degrees: receivers send up to 8 decimals of
// a minute, which is 2e-10 degrees, and a double holds such an integer exactly.

/** Position and time of one epoch. */
export interface Fix {
  /** Unix time. */
  timeMs: number;
  /** Latitude in 1e-9 degrees, north positive. */
  latE9: number;
  /** Longitude in 1e-9 degrees, east positive. */
  lonE9: number;
  /** Height above mean sea level (GGA field 9). */
  heightMm: number;
}

export interface NmeaReader {
  push(bytes: string): void;
}

/** Longest line taken; IEC 61162-1 says 82 characters, receivers send up to 114. */
const LINE_CAP = 120;

/** The fields of a sentence, `GPRMC` first; `undefined` unless shape and checksum are right. */
export function fieldsOf(line: string): string[] | undefined {
  const star = line.length - 3;
  let sum = 0;
  if (line[0] !== "$" || line.charAt(star) !== "*") return undefined;
  for (let at = 1; at < star; at++) sum ^= line.charCodeAt(at);
  const written = line.slice(star + 1).toLowerCase();
  return written === (sum + 256).toString(16).slice(1) ? line.slice(1, star).split(",") : undefined;
}

/** A number of digits with at most one point; NaN for anything else, a sign or an exponent included. */
function decimal(text: string): number {
  // With a point behind it, because to Espruino "011" is octal; what follows a second one is not read.
  return /^[0-9]+$/.test(text.replace(".", "")) ? parseFloat(text + ".") : NaN;
}

function signedDecimal(text: string): number {
  return text[0] === "-" ? -decimal(text.slice(1)) : decimal(text);
}

/**
 * 1e-9 degrees from `4404.1306` (`digits` of degrees, then minutes) and the letter of its half, one of
 * two in `halves`, the positive one first; NaN when it is no coordinate.
 */
function coordinateE9(text: string, digits: number, letter: string, halves: string): number {
  const minutes = decimal(text.slice(digits));
  const e9 = Math.round(decimal(text.slice(0, digits)) * 1e9 + (minutes * 1e9) / 60);
  const isWhole = text.split(".")[0].length === digits + 2;
  // Two digits go to 90 degrees, three to 180.
  const isValid = isWhole && minutes < 60 && e9 <= (digits - 1) * 90e9;
  const half = letter.length === 1 && isValid ? halves.indexOf(letter) : -1;
  return half < 0 ? NaN : half ? -e9 : e9;
}

/** Milliseconds since midnight from `202640.000`, NaN when it is no time of day. */
function timeOfDayMs(text: string): number {
  const hours = decimal(text.slice(0, 2));
  const minutes = decimal(text.slice(2, 4));
  const seconds = decimal(text.slice(4));
  // A leap second is 60.
  const isValid = text.length > 5 && hours < 24 && minutes < 60 && seconds < 61;
  return isValid ? Math.round((hours * 60 + minutes) * 60000 + seconds * 1000) : NaN;
}

/** Unix time of midnight from `130415`, NaN when there is no such day. */
function midnightMs(text: string): number {
  const year = text.slice(4);
  // GPS began in 1980: two digits from 80 on are of the last century.
  const century = year < "80" ? "20" : "19";
  const date = century + year + "-" + text.slice(2, 4) + "-" + text.slice(0, 2);
  const timeMs = Date.parse(date + "T00:00:00Z");
  // Engines differ in what they make of a day that is none: it has to come out as it went in.
  const isDay = timeMs > 0 && new Date(timeMs).toISOString().slice(0, 10) === date;
  return isDay ? timeMs : NaN;
}

/**
 * A sentence cut short runs into the next one: the last "$" begins what can be whole. Without one nothing
 * can.
 */
function lastSentence(line: string): string {
  return line.slice(line.lastIndexOf("$")).slice(0, LINE_CAP + 1);
}

/** Calls `onFix` for each epoch of which RMC and GGA have come, in either order. */
export function createNmeaReader(onFix: (fix: Fix) => void): NmeaReader {
  let line = "";
  let fix: Fix;
  let heightMm: number;
  // Times of day, NaN, which equals nothing, while there is none.
  let fixAtMs = NaN;
  let heightAtMs = NaN;

  function takeRmc(fields: string[], atMs: number): void {
    const timeMs = midnightMs(fields[9]) + atMs;
    const latE9 = coordinateE9(fields[3], 2, fields[4], "NS");
    const lonE9 = coordinateE9(fields[5], 3, fields[6], "EW");
    if (fields[2] !== "A" || isNaN(timeMs + latE9 + lonE9)) return;
    fix = { timeMs, latE9, lonE9, heightMm: 0 };
    fixAtMs = atMs;
  }

  function takeGga(fields: string[], atMs: number): void {
    const mm = Math.round(signedDecimal(fields[9]) * 1000);
    if (!(decimal(fields[6]) > 0) || fields[10] !== "M" || isNaN(mm + atMs)) return;
    heightMm = mm;
    heightAtMs = atMs;
  }

  function takeLine(text: string): void {
    const fields = fieldsOf(text) || [];
    if (fields.length < 11) return;
    const atMs = timeOfDayMs(fields[1]);
    const sentence = fields[0].slice(2);
    if (sentence === "RMC") takeRmc(fields, atMs);
    if (sentence === "GGA") takeGga(fields, atMs);
    if (fixAtMs !== heightAtMs) return;
    fixAtMs = heightAtMs = NaN;
    fix.heightMm = heightMm;
    onFix(fix);
  }

  return {
    push: function (bytes) {
      const lines = (line + bytes).split(/[\r\n]/).map(lastSentence);
      line = lines.pop() || "";
      lines.forEach(takeLine);
    },
  };
}
