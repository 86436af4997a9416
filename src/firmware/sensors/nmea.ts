// NMEA 0183 (IEC 61162-1) sentences RMC, GGA, GNS, GLL and ZDA of any talker, from a UART cut anywhere:
//
//   $GPRMC,202640.000,A,4404.1306,N,12118.8515,W,0.03,225.97,130415,,,D*73
//   $GPGGA,202640.000,4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,-19.6,M,0000,0000*6C
//   $GNGNS,074155.799,3114.8770,N,12135.2463,E,ANNA,05,1.3,156.9,8.3,,0000*52
//   $GPGLL,5213.1439,N,02100.6511,E,093802,A,D*48
//   $GPZDA,202640.000,13,04,2015,,*54
//
// A fix is one epoch: what sentences with the same time of day say. It is told once, with the sentence that
// makes it whole (date, position, height); one without a height when the next epoch begins, if that is soon. An
// epoch in which one sentence contradicts another, or says that there is no fix, is none.
// UBX (B5 62 …) and RTCM 3 (D3 …) need no parser: without a line of their own they end where the next "$"
// begins, and with one they have no checksum.
// Positions are integers of 1e-9 degrees: receivers send up to 8 decimals of a minute, which is 2e-10
// degrees, and a double holds such an integer exactly.

import { midnightMs, timeOfDayMs } from "../time.js";

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
  /** GGA: 1 autonomous, 2 differential, 3 PPS, 4 RTK fixed, 5 RTK float; NaN or absent where nobody said. */
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

/** A fix that has waited longer for its height is not where the receiver is now, nor when. */
const LONGEST_WAIT_MS = 5000;

/** The sentences that are read; `kind` is a place in this list, which takes less memory as a text. */
const KINDS = "RMCGGAGNSGLLZDA";
/**
 * Five digits to the base of 36 for each kind: its fewest fields (newer standards add some), and in which of them are the
 * time, the latitude (its half, longitude and half follow), the status, and the mode of NMEA 2.3 and later. Field 0,
 * the sentence's name, is nothing of that kind.
 */
const LAYOUTS = "a132c" + "b1260" + "a1260" + "75167" + "51000";
const RMC = 0;
const GGA = 1;
const GNS = 2;
const ZDA = 4;
/** Estimated, manual, simulator, none. */
const NO_FIX_MODES = "EMSN";

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
 * 1e-9 degrees from `4404.1306` (`digits` of degrees, then minutes) in field `at` and in the next the letter of
 * its half, one of two in `halves`, the positive one first; NaN when it is no coordinate.
 */
function coordinateE9(fields: string[], at: number, digits: number, halves: string): number {
  const text = fields[at];
  const letter = fields[at + 1];
  const minutes = decimal(text.slice(digits));
  const e9 = Math.round(decimal(text.slice(0, digits)) * 1e9 + (minutes * 1e9) / 60);
  const isWhole = text.split(".")[0].length === digits + 2;
  // Two digits go to 90 degrees, three to 180.
  const isValid = isWhole && minutes < 60 && e9 <= (digits - 1) * 90e9;
  const half = letter.length === 1 && isValid ? halves.indexOf(letter) : -1;
  return half < 0 ? NaN : half ? -e9 : e9;
}

/** Milliseconds since midnight from `202640.000`, NaN when it is no time of day. */
function timeIn(text: string): number {
  const hours = decimal(text.slice(0, 2));
  const minutes = decimal(text.slice(2, 4));
  const seconds = decimal(text.slice(4));
  return text.length > 5 ? timeOfDayMs(hours, minutes, seconds) : NaN;
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

/** What one sentence says, with NaN for what it does not say. */
interface Reading extends Fix {
  /** Time of day. */
  atMs: number;
  /** False when it says that there is no fix. */
  isFix: boolean;
}

/** What a status is that has a fix. GGA: neither estimated (6) nor entered (7) nor simulated (8). */
function isFixStatus(kind: number, status: string): boolean {
  if (kind === GGA) return /^[1-5]$/.test(status);
  // A letter for each satellite system.
  return kind === GNS ? /[ADFPR]/.test(status) : status === "A";
}

/** NaN where the sentence has no date. */
function midnightIn(kind: number, fields: string[]): number {
  if (kind === RMC) return midnightOfRmcMs(fields[9]);
  return kind === ZDA ? midnightMs(fields[4], fields[3], fields[2]) : NaN;
}

/** NaN where there is none; `undefined` when what stands there is no height. */
function heightMmIn(kind: number, [, satellites, , height, unit]: string[]): number | undefined {
  const mm = Math.round(signedDecimal(height) * 1000);
  const isHeight = !isNaN(mm) && (kind === GNS || unit === "M");
  if (height && !isHeight) return undefined;
  return decimal(satellites) < SATELLITES_FOR_HEIGHT ? NaN : mm;
}

/** Whether everything that such a sentence has to have is there. */
function isSound(kind: number, reading: Reading): boolean {
  const { atMs, timeMs, latE9, lonE9 } = reading;
  const isZda = kind === ZDA;
  const place = isZda ? 0 : latE9 + lonE9;
  const date = isZda || kind === RMC ? timeMs : atMs;
  // Without a fix the time is enough: the rest may be empty or stale.
  return !isNaN(reading.isFix ? place + date : atMs);
}

/** `undefined` for sentences of other kinds, and when something in it is not as it has to be. */
function readingOf(fields: string[], earliestMs: number): Reading | undefined {
  const name = fields[0].slice(2);
  const place = KINDS.indexOf(name) / 3;
  // Not whole: none, or a name across two others.
  const kind = name.length === 3 && place % 1 === 0 ? place : -1;
  const digit = (column: number) => parseInt(LAYOUTS.charAt(5 * kind + column), 36);
  const latitudeAt = digit(2);
  // NaN for a sentence of another kind.
  if (!(fields.length >= digit(0))) return undefined;
  const atMs = timeIn(fields[digit(1)]);
  const mode = fields[digit(4)] || "";
  const isMode = mode.length !== 1 || NO_FIX_MODES.indexOf(mode) < 0;
  // Field 6 and those behind it: quality, satellites, dilution and height; in other sentences there are none.
  const rating = kind === GGA || kind === GNS ? fields.slice(6) : ",,,".split(",");
  const heightMm = heightMmIn(kind, rating);
  if (heightMm === undefined) return undefined;
  const reading = {
    atMs,
    isFix: kind === ZDA || (isMode && isFixStatus(kind, fields[digit(3)])),
    timeMs: repairedMs(midnightIn(kind, fields) + atMs, earliestMs),
    latE9: coordinateE9(fields, latitudeAt, 2, "NS"),
    lonE9: coordinateE9(fields, latitudeAt + 2, 3, "EW"),
    heightMm,
    quality: decimal(rating[0]),
    satellites: decimal(rating[1]),
    hdop: decimal(rating[2]),
  };
  return isSound(kind, reading) ? reading : undefined;
}

function isElsewhere(one: Fix, other: Fix): boolean {
  const far = (from: number, to: number) => Math.abs(from - to) > SAME_PLACE_E9;
  return far(one.latE9, other.latE9) || far(one.lonE9, other.lonE9);
}

/** What the epoch lacks, a later sentence may have. */
function complete(epoch: Reading, reading: Reading): void {
  const numbers = epoch as unknown as { [kind: number]: number };
  const more = reading as unknown as { [kind: number]: number };
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
      if (epoch && Math.abs(reading.atMs - epoch.atMs) <= LONGEST_WAIT_MS) tell();
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
      const lines = (line + bytes).split(/[\r\n]/);
      // Each gives its memory back before the next is read: while a board computes many have come.
      while (lines.length > 1) takeLine(lastSentence(lines.shift()!));
      line = lastSentence(lines[0]);
    },
    end: tell,
  };
}
