// Sentences of NMEA 0183 (version 4.1) as receivers write them, from a position and a time.

export const SENTENCE_NAMES = ["RMC", "VTG", "GGA", "GNS", "ZDA", "GSA", "GSV", "GLL"] as const;
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
const SATELLITES_OF_GSA = 12;
const SATELLITES_OF_GSV = 4;

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

/** What follows the name. */
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

function vtg(_fix: GpsFix, state: FixState): string {
  return state === "valid" ? ",T,,M,0.004,N,0.007,K,A" : ",,,,,,,,N";
}

const satellite = (index: number) => digits(index + 1, 2);

function gsa(fix: GpsFix, state: FixState): string {
  const used = state === "valid" ? Math.min(fix.satellites, SATELLITES_OF_GSA) : 0;
  const numbers = Array.from({ length: SATELLITES_OF_GSA }, (_, i) =>
    i < used ? satellite(i) : "",
  );
  const dilution = state === "valid" ? fix.hdop.toFixed(2) : "99.99";
  const mode = state === "valid" ? 3 : 1;
  return `A,${mode},${numbers.join()},${dilution},${dilution},${dilution}`;
}

/** Some are in view that the fix is not made of: one sentence for each four of them. */
function gsv(fix: GpsFix): string[] {
  const count = fix.satellites + 4;
  const sentences = Math.ceil(count / SATELLITES_OF_GSV);
  return Array.from({ length: sentences }, (_, i) => {
    const from = SATELLITES_OF_GSV * i;
    const length = Math.min(SATELLITES_OF_GSV, count - from);
    const seen = Array.from({ length }, (_, j) => `${satellite(from + j)},40,083,30`);
    return `${sentences},${i + 1},${digits(count, 2)},${seen.join()}`;
  });
}

const WRITERS: Readonly<Record<Exclude<SentenceName, "GSV">, Writer>> = {
  RMC: rmc,
  VTG: vtg,
  GGA: gga,
  GNS: gns,
  ZDA: zda,
  GSA: gsa,
  GLL: gll,
};

function withChecksum(body: string): string {
  return `$${body}*${nmeaChecksum(body).toString(16).toUpperCase().padStart(2, "0")}`;
}

/**
 * From `$` to the checksum, without an end of line; several of GSV, which no receiver says of all systems
 * together, as `GN`.
 */
export function sentencesOf(
  talker: string,
  name: SentenceName,
  fix: GpsFix,
  state: FixState,
): string[] {
  if (name !== "GSV") return [withChecksum(`${talker}${name},${WRITERS[name](fix, state)}`)];
  const ofOne = talker === "GN" ? "GP" : talker;
  return gsv(fix).map((rest) => withChecksum(`${ofOne}GSV,${rest}`));
}
