// Sentences of NMEA 0183 (version 4.1) as receivers write them, from a position and a time.

export const SENTENCE_NAMES = ["RMC", "GGA", "GNS", "ZDA", "GLL"] as const;
export type SentenceName = (typeof SENTENCE_NAMES)[number];

export interface GpsFix {
  /** Milliseconds since 1970, UTC. */
  readonly timeMs: number;
  readonly latDegrees: number;
  readonly lonDegrees: number;
  /** Above mean sea level. */
  readonly altitudeM: number;
  readonly geoidHeightM?: number;
  readonly hdop: number;
  readonly satellites: number;
}

/**
 * `valid`; `stale`: status V and quality 0, but the coordinates of a fix that has been; `none`: V, and only
 * the time and date of the receiver's clock.
 */
export type FixState = "valid" | "stale" | "none";

const MINUTE_PARTS = 100_000;

const digits = (value: number, count: number) => String(value).padStart(count, "0");

/** The sum of all between `$` and `*` by exclusive or. */
export function nmeaChecksum(body: string): number {
  return Buffer.from(body, "latin1").reduce((sum, byte) => sum ^ byte, 0);
}

/** `ddmm.mmmmm`, in whole parts so that no minute is 60.00000. */
function coordinate(degrees: number, degreeDigits: number, signs: string): string {
  const parts = Math.round(Math.abs(degrees) * 60 * MINUTE_PARTS);
  const whole = Math.floor(parts / (60 * MINUTE_PARTS));
  const minutes = (parts % (60 * MINUTE_PARTS)) / MINUTE_PARTS;
  const text = digits(whole, degreeDigits) + minutes.toFixed(5).padStart(8, "0");
  return `${text},${signs[degrees < 0 ? 1 : 0]}`;
}

function place(fix: GpsFix, state: FixState): string {
  if (state === "none") return ",,,";
  return `${coordinate(fix.latDegrees, 2, "NS")},${coordinate(fix.lonDegrees, 3, "EW")}`;
}

function timeOf(date: Date): string {
  const hundredths = digits(Math.floor(date.getUTCMilliseconds() / 10), 2);
  const parts = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  return `${parts.map((part) => digits(part, 2)).join("")}.${hundredths}`;
}

function dayOf(date: Date): [string, string] {
  return [digits(date.getUTCDate(), 2), digits(date.getUTCMonth() + 1, 2)];
}

type Writer = (fix: GpsFix, state: FixState) => string;

function rmc(fix: GpsFix, state: FixState): string {
  const date = new Date(fix.timeMs);
  const day = dayOf(date).join("") + digits(date.getUTCFullYear() % 100, 2);
  const [status, mode] = state === "valid" ? "AA" : "VN";
  return `${timeOf(date)},${status},${place(fix, state)},0.004,,${day},,,${mode}`;
}

function height(fix: GpsFix): [string, string] {
  return [fix.altitudeM.toFixed(1), (fix.geoidHeightM ?? 0).toFixed(1)];
}

function gga(fix: GpsFix, state: FixState): string {
  const start = `${timeOf(new Date(fix.timeMs))},${place(fix, state)}`;
  if (state === "none") return `${start},0,00,99.99,,,,,,`;
  const [altitude, geoid] = height(fix);
  const quality = state === "valid" ? 1 : 0;
  const satellites = digits(state === "valid" ? fix.satellites : 0, 2);
  return `${start},${quality},${satellites},${fix.hdop.toFixed(2)},${altitude},M,${geoid},M,,`;
}

function gns(fix: GpsFix, state: FixState): string {
  const start = `${timeOf(new Date(fix.timeMs))},${place(fix, state)}`;
  if (state === "none") return `${start},NN,00,99.99,,,,`;
  const [altitude, geoid] = height(fix);
  const [mode, satellites] = state === "valid" ? ["AA", fix.satellites] : ["NN", 0];
  return `${start},${mode},${digits(satellites, 2)},${fix.hdop.toFixed(2)},${altitude},${geoid},,`;
}

function zda(fix: GpsFix): string {
  const date = new Date(fix.timeMs);
  return `${timeOf(date)},${dayOf(date).join(",")},${date.getUTCFullYear()},00,00`;
}

function gll(fix: GpsFix, state: FixState): string {
  const [status, mode] = state === "valid" ? "AA" : "VN";
  return `${place(fix, state)},${timeOf(new Date(fix.timeMs))},${status},${mode}`;
}

const WRITERS: Readonly<Record<SentenceName, Writer>> = {
  RMC: rmc,
  GGA: gga,
  GNS: gns,
  ZDA: zda,
  GLL: gll,
};

/** From `$` to the checksum, without an end of line. */
export function sentenceOf(
  talker: string,
  name: SentenceName,
  fix: GpsFix,
  state: FixState,
): string {
  const body = `${talker}${name},${WRITERS[name](fix, state)}`;
  return `$${body}*${nmeaChecksum(body).toString(16).toUpperCase().padStart(2, "0")}`;
}
