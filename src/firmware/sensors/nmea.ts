// NMEA 0183 (IEC 61162-1) sentences RMC, GGA, GNS, GLL and ZDA of any talker, from a UART cut anywhere:
//
//   $GPRMC,202640.000,A,4404.1306,N,12118.8515,W,0.03,225.97,130415,,,D*73
//   $GPGGA,202640.000,4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,-19.6,M,0000,0000*6C
//   $GNGNS,074155.799,3114.8770,N,12135.2463,E,ANNA,05,1.3,156.9,8.3,,0000*52
//   $GPGLL,5213.1439,N,02100.6511,E,093802,A,D*48
//   $GPZDA,202640.000,13,04,2015,,*54
//
// A fix is one epoch: what sentences with the same time of day say. It is told once, with the sentence that
// makes it whole (date, position, height); one without a height when the next epoch begins. An epoch in
// which one sentence contradicts another, or says that there is no fix, is none.
// UBX (B5 62 …) and RTCM 3 (D3 …) need no parser: without a line of their own they end where the next "$"
// begins, and with one they have no checksum.
// Positions are integers of 1e-9 degrees: receivers send up to 8 decimals of a minute, which is 2e-10
// degrees, and a double holds such an integer exactly.

/** Position and time of one epoch. */
export interface Fix {
  /** Unix time. */
  timeMs: number;
  /** Latitude in 1e-9 degrees, north positive. */
  latE9: number;
  /** Longitude in 1e-9 degrees, east positive. */
  lonE9: number;
  /** Height above mean sea level (field 9 of GGA and GNS); NaN when none was measured. */
  heightMm: number;
  /** Horizontal dilution of precision; NaN or absent where nobody said. */
  hdop?: number;
  /** That the fix was made of; NaN or absent where nobody said. */
  satellites?: number;
  /** GGA: 1 autonomous, 2 differential, 3 PPS, 4 RTK fixed, 5 RTK float; absent where nobody said. */
  quality?: number;
}

export interface NmeaReader {
  push(bytes: string): void;
  /** Nothing more comes: tells the last epoch, if it still waits for a height. */
  end(): void;
}

/** Longest line taken; IEC 61162-1 says 82 characters, receivers send up to 114. */
const LINE_CAP = 120;
/** GPS counts weeks with ten bits (IS-GPS-200, 20.3.3.3.1.1). */
const ROLLOVER_MS = 1024 * 7 * 86400000;
/** Some 100 m: between the roundings of two sentences there is less, between two places there may be more. */
const SAME_PLACE_E9 = 1e6;
/** With three a receiver has to assume its height, and sends what it assumes. */
const SATELLITES_FOR_HEIGHT = 4;

// What is alike in the sentences is read alike, from the fields that these lists name.
const KINDS = ["RMC", "GGA", "GNS", "GLL", "ZDA"];
const RMC = 0;
const GGA = 1;
const GNS = 2;
const ZDA = 4;
/** The fewest fields of one that is whole, its name counted: newer standards add some. */
const FEWEST = [10, 11, 10, 7, 5];
const TIME_AT = [1, 1, 1, 5, 1];
/** ZDA has no place; what stands there is none either. */
const LATITUDE_AT = [3, 2, 2, 1, 1];
const STATUS_AT = [2, 6, 6, 6];
/** What a status is that has a fix. GGA: neither estimated (6) nor entered (7) nor simulated (8). */
const FIX_STATUS = [/^A$/, /^[1-5]$/, /[ADFPR]/, /^A$/];
/** NMEA 2.3's mode; field 0 is the sentence's name. */
const MODE_AT = [12, 0, 0, 7];
/** Estimated, manual, simulator, none. */
const NO_FIX_MODE = /^[EMSN]$/;

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

/** Unix time of midnight, NaN when there is no such day; year, month and day as they are written. */
function midnightMs(year: string, month: string, day: string): number {
  const date = year + "-" + month + "-" + day;
  const timeMs = Date.parse(date + "T00:00:00Z");
  // Engines differ in what they make of a day that is none: it has to come out as it went in.
  const isDay = timeMs > 0 && new Date(timeMs).toISOString().slice(0, 10) === date;
  return isDay ? timeMs : NaN;
}

/** Of `130415` in an RMC. GPS began in 1980: two digits from 80 on are of the last century. */
function midnightOfRmcMs(text: string): number {
  const year = text.slice(4);
  return midnightMs((year < "80" ? "20" : "19") + year, text.slice(2, 4), text.slice(0, 2));
}

/**
 * A date before `earliestMs` is one that a receiver has counted 1,024 weeks too early, once or several times:
 * repaired, or NaN when that leads further than half a rollover, because then it is more likely one that
 * its clock starts with, as 2000-01-01.
 */
function repairedMs(timeMs: number, earliestMs: number): number {
  let repaired = timeMs;
  while (repaired < earliestMs) repaired += ROLLOVER_MS;
  return repaired > timeMs && repaired > earliestMs + ROLLOVER_MS / 2 ? NaN : repaired;
}

/** Millimetres from field 9, NaN where there is none; `undefined` when what stands there is no height. */
function heightMmOf(kind: number, fields: string[]): number | undefined {
  const mm = Math.round(signedDecimal(fields[9]) * 1000);
  const isHeight = !isNaN(mm) && (kind === GNS || fields[10] === "M");
  const isAssumed = decimal(fields[7]) < SATELLITES_FOR_HEIGHT;
  if (isHeight) return isAssumed ? NaN : mm;
  return fields[9] ? undefined : NaN;
}

/** What one sentence says, with NaN for what it does not say. */
interface Reading extends Fix {
  /** Time of day. */
  atMs: number;
  /** False when it says that there is no fix. */
  isFix: boolean;
}

/** NaN where the sentence has no date. */
function midnightIn(kind: number, fields: string[]): number {
  if (kind === RMC) return midnightOfRmcMs(fields[9]);
  return kind === ZDA ? midnightMs(fields[4], fields[3], fields[2]) : NaN;
}

function hasFix(kind: number, fields: string[]): boolean {
  const isMode = !NO_FIX_MODE.test(fields[MODE_AT[kind]] || "");
  return isMode && FIX_STATUS[kind].test(fields[STATUS_AT[kind]]);
}

/** `undefined` for sentences of other kinds, and when something in it is not as it has to be. */
function readingOf(fields: string[], earliestMs: number): Reading | undefined {
  const kind = KINDS.indexOf(fields[0].slice(2));
  if (!(fields.length >= FEWEST[kind])) return undefined;
  const atMs = timeOfDayMs(fields[TIME_AT[kind]]);
  const timeMs = repairedMs(midnightIn(kind, fields) + atMs, earliestMs);
  const at = LATITUDE_AT[kind];
  const latE9 = coordinateE9(fields[at], 2, fields[at + 1], "NS");
  const lonE9 = coordinateE9(fields[at + 2], 3, fields[at + 3], "EW");
  const isFix = kind === ZDA || hasFix(kind, fields);
  const isRated = kind === GGA || kind === GNS;
  const heightMm = isRated ? heightMmOf(kind, fields) : NaN;
  const date = kind === RMC || kind === ZDA ? timeMs : atMs;
  const place = kind === ZDA ? 0 : latE9 + lonE9;
  // Without a fix the time is enough: the rest may be empty or stale.
  if (isNaN(isFix ? date + place : atMs) || heightMm === undefined) return undefined;
  const hdop = isRated ? decimal(fields[8]) : NaN;
  const satellites = isRated ? decimal(fields[7]) : NaN;
  const quality = kind === GGA ? decimal(fields[6]) : NaN;
  return { atMs, isFix, timeMs, latE9, lonE9, heightMm, hdop, satellites, quality };
}

function isElsewhere(one: Fix, other: Fix): boolean {
  const far = (from: number, to: number) => Math.abs(from - to) > SAME_PLACE_E9;
  return far(one.latE9, other.latE9) || far(one.lonE9, other.lonE9);
}

/** What the epoch lacks, a later sentence may have. */
function complete(epoch: Reading, reading: Reading): void {
  const numbers = epoch as unknown as { [name: string]: number };
  const more = reading as unknown as { [name: string]: number };
  for (const name in more) if (isNaN(numbers[name])) numbers[name] = more[name];
}

/**
 * A sentence cut short runs into the next one: the last "$" begins what can be whole. Without one nothing
 * can.
 */
function lastSentence(line: string): string {
  return line.slice(line.lastIndexOf("$")).slice(0, LINE_CAP + 1);
}

/**
 * Calls `onFix` for each epoch with position and date. `earliestMs`: before it (the build of the firmware, say)
 * no date can be right; absent: any can. `onSentence` gets the name of each sentence (`GPRMC`), "" for one
 * whose shape or checksum is wrong.
 */
export function createNmeaReader(
  onFix: (fix: Fix) => void,
  earliestMs?: number,
  onSentence?: (name: string) => void,
): NmeaReader {
  let line = "";
  let epoch: Reading | undefined;
  let toldMs = NaN;

  /** Once an epoch: what has no fix is not told, and what is told has none any more. */
  function tell(): void {
    if (!epoch || !epoch.isFix || isNaN(epoch.timeMs + epoch.latE9)) return;
    epoch.isFix = false;
    // A late sentence of another time may have come between.
    if (epoch.timeMs === toldMs) return;
    toldMs = epoch.timeMs;
    onFix(epoch);
  }

  function takeReading(reading: Reading): void {
    if (!epoch || reading.atMs !== epoch.atMs) {
      tell();
      epoch = reading;
    } else if (!reading.isFix || isElsewhere(epoch, reading)) epoch.isFix = false;
    else if (epoch.isFix) complete(epoch, reading);
    if (!isNaN(epoch.heightMm)) tell();
  }

  function takeLine(text: string): void {
    const fields = fieldsOf(text);
    if (onSentence && text[0] === "$") onSentence(fields ? fields[0] : "");
    const reading = fields && readingOf(fields, earliestMs || 0);
    if (reading) takeReading(reading);
  }

  return {
    push: function (bytes) {
      const lines = (line + bytes).split(/[\r\n]/).map(lastSentence);
      line = lines.pop() || "";
      lines.forEach(takeLine);
    },
    end: tell,
  };
}
