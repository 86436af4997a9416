// The NMEA reader against real receivers' logs and what gpsd makes of them (test/vectors/nmea), whole and cut
// anywhere, then with damage of every kind.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { createNmeaReader, fieldsOf } from "../../src/firmware/sensors/nmea.js";
import type { Fix } from "../../src/firmware/sensors/nmea.js";

const LOGS = "test/vectors/nmea";
const logs = readdirSync(LOGS).filter((name) => name.endsWith(".log"));
const readLog = (file: string) => readFileSync(join(LOGS, file), "latin1");

/** Enough for some sentences: a whole log cut at each of its bytes would take minutes. */
const EPOCH_BYTES = 500;

/**
 * Epochs that only one of both knows, by log. gpsd dates a fix with the date that came before, so the first has
 * none there (beidou-bd); it tells an epoch when the next begins, so the last of a log is missing
 * (neo-m8n); and its first fix of haicom-305N is that with a fourth satellite.
 */
const ONLY_OURS: Record<string, string[]> = {
  "beidou-bd.log": ["07:41:55.799"],
  "haicom-305N.log": ["09:53:04.802"],
  "neo-m8n.log": ["17:19:48.000"],
};

/** By log, how many fixes have no height: RMC only, or three satellites. */
const WITHOUT_HEIGHT: Record<string, number> = {
  "april6_2019.log": 1,
  "haicom-305N.log": 1,
  "polarx2.log": 5,
};

describe("NMEA logs of real receivers", () => {
  for (const file of logs) {
    describe(file, () => {
      const bytes = readLog(file);
      const whole = fixesOf([bytes]);
      const tpvs = readTpvs(file);

      it("has gpsd's epochs, each once", () => {
        const theirs = [...new Set(tpvs.map(({ timeNmea = "" }) => timeNmea.slice(11, 23)))];
        const expected = [...theirs, ...(ONLY_OURS[file] ?? [])].sort();
        assert.deepEqual(whole.map(timeOfDay).sort(), expected);
      });

      it("has gpsd's positions and heights", () => {
        for (const fix of whole) assertAsGpsd(fix, tpvs);
        const withoutHeight = whole.filter(({ heightMm }) => isNaN(heightMm));
        assert.equal(withoutHeight.length, WITHOUT_HEIGHT[file] ?? 0);
      });

      it("has what its sentences say, with the date of its own", () => {
        const sent = sentIn(bytes);
        for (const fix of whole) assertAsSent(fix, sent);
      });

      it("has the same fixes cut in two at every byte", () => {
        for (const part of piecesOf(bytes, EPOCH_BYTES)) {
          const fixes = fixesOf([part]);
          for (let at = 1; at < part.length; at++) {
            assert.deepEqual(fixesOf([part.slice(0, at), part.slice(at)]), fixes, part);
          }
        }
      });

      it("has the same fixes byte by byte", () => assert.deepEqual(fixesOf([...bytes]), whole));

      it("has the same fixes in pieces of an ESP32's UART, and of any other length", () => {
        for (const size of [2, 7, 64, 120, 121, 536]) {
          assert.deepEqual(fixesOf(piecesOf(bytes, size)), whole, `${size} bytes`);
        }
        fc.assert(
          fc.property(cuts, (ends) => assert.deepEqual(fixesOf(cut(bytes, ends)), whole)),
          { numRuns: 30 },
        );
      });
    });
  }
});

describe("NMEA logs with damage", () => {
  it("have the same fixes with UBX, RTCM and other bytes between the sentences", () => {
    for (const file of logs) {
      const sentences = readLog(file).split("\n");
      const whole = fixesOf([sentences.join("\n")]);
      fc.assert(
        fc.property(fc.array(between, { minLength: 1, maxLength: 7 }), (noises) => {
          const noisy = sentences.map((line, index) => `${line}\n${noises[index % noises.length]}`);
          assert.deepEqual(fixesOf([noisy.join("")]), whole);
        }),
        { numRuns: 10 },
      );
    }
  });

  it("have only fixes of the whole log with one bit flipped anywhere", () => {
    const { bytes, known } = shortLog();
    const places = fc.tuple(fc.nat(bytes.length - 1), fc.nat(7));
    fc.assert(
      fc.property(places, ([at, bit]) => {
        const code = String.fromCharCode(bytes.charCodeAt(at) ^ (1 << bit));
        assertKnown(bytes.slice(0, at) + code + bytes.slice(at + 1), known);
      }),
      { numRuns: 1000 },
    );
  });

  it("have only fixes of the whole log where bytes are lost", () => {
    const { bytes, known } = shortLog();
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.integer({ min: 1, max: 400 }), (at, count) => {
        // The checksum is blind to those that are nothing together, as two of the same digit are.
        fc.pre(exclusiveOr(bytes.slice(at, at + count)) !== 0);
        assertKnown(bytes.slice(0, at) + bytes.slice(at + count), known);
      }),
      { numRuns: 1000 },
    );
  });

  it("have no other fixes where sentences are missing or come twice", () => {
    const { bytes, known } = shortLog();
    const lines = bytes.split("\n");
    const copies = fc.array(fc.nat(2), { minLength: lines.length, maxLength: lines.length });
    fc.assert(
      fc.property(copies, (counts) => {
        assertKnown(lines.map((line, at) => `${line}\n`.repeat(counts[at])).join(""), known);
      }),
    );
  });
});

describe("any bytes at all", () => {
  it("leave the NMEA reader standing", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyBytes, sentenceLike)), (pieces) => void fixesOf(pieces)),
    );
  });

  it("give fixes only within the ranges, and none twice in a row", () => {
    let fixed = 0;
    fc.assert(
      fc.property(fc.array(sentenceLike, { minLength: 4, maxLength: 12 }), (sentences) => {
        const fixes = fixesOf(sentences);
        fixed += fixes.length;
        for (const fix of fixes) assertInRange(fix);
        const times = fixes.map(({ timeMs }) => timeMs);
        assert.ok(times.every((timeMs, at) => timeMs !== times[at - 1]));
      }),
      { numRuns: 2000 },
    );
    assert.ok(fixed > 100, `only ${fixed} fixes`);
  });
});

/** A ZED-F9P's log without its GSV and GSA, nine sentences in ten. */
function shortLog(): { bytes: string; known: Fix[] } {
  const names = /^\$G.(RMC|GGA|GLL|ZDA|VTG)/;
  const lines = readLog("ublox-zed-f9p-nmea.log")
    .split("\n")
    .filter((line) => names.test(line));
  const bytes = lines.join("\n") + "\n";
  return { bytes, known: fixesOf([bytes]) };
}

const exclusiveOr = (text: string) =>
  [...text].reduce((sum, character) => sum ^ character.charCodeAt(0), 0);

/** In one epoch that receiver's RMC and GLL differ in the last digit. */
const LAST_DIGIT_E9 = 167;

/** Where a GGA is lost there is no height. */
function isSame(fix: Fix, known: Fix): boolean {
  return (
    fix.timeMs === known.timeMs &&
    isNear(fix.latE9, known.latE9, LAST_DIGIT_E9) &&
    isNear(fix.lonE9, known.lonE9, LAST_DIGIT_E9) &&
    (isNaN(fix.heightMm) || fix.heightMm === known.heightMm)
  );
}

function assertKnown(bytes: string, known: readonly Fix[]): void {
  for (const fix of fixesOf([bytes])) {
    assert.ok(
      known.some((one) => isSame(fix, one)),
      JSON.stringify(fix),
    );
  }
}

function assertInRange({ timeMs, latE9, lonE9, heightMm }: Fix): void {
  assert.ok(Number.isInteger(timeMs) && timeMs > 0, `${timeMs}`);
  assert.ok(Number.isInteger(latE9) && Math.abs(latE9) <= 90e9, `${latE9}`);
  assert.ok(Number.isInteger(lonE9) && Math.abs(lonE9) <= 180e9, `${lonE9}`);
  assert.ok(Number.isInteger(heightMm) || isNaN(heightMm), `${heightMm}`);
}

function fixesOf(pieces: readonly string[]): Fix[] {
  const fixes: Fix[] = [];
  const reader = createNmeaReader((fix) => fixes.push(fix));
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return fixes;
}

function piecesOf(bytes: string, size: number): string[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => bytes.slice(index * size, (index + 1) * size));
}

/** The bytes in pieces that end where `ends` say, as fractions. */
function cut(bytes: string, ends: readonly number[]): string[] {
  const places = ends.map((end) => Math.floor(end * bytes.length)).sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.slice(places[index - 1] ?? 0, end));
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

const toByteString = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const anyBytes = fc.uint8Array({ maxLength: 300 }).map(toByteString);

/** What receivers send between sentences, whole frames or not. */
const between = fc
  .tuple(fc.constantFrom("\xb5\x62\x01\x07", "\xd3\x00", "", "$", "$GPRMC,", "\r\n"), anyBytes)
  .map(([start, rest]) => start + rest);

/** Sentences of right checksum and fields that are often right. */
const field = (...choices: string[]) =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...choices) },
    { weight: 1, arbitrary: fc.constantFrom("", "0", "A", "9999.9999", "-1", "NaN", "1e3", "12") },
    { weight: 1, arbitrary: fc.string() },
  );
const time = field("120000", "120000.00", "235960", "120001.5");
const place = [
  field("4830.0000", "0000.00000", "8959.99999999"),
  field("N", "S"),
  field("01115.0000", "17959.99999999", "00000.0"),
  field("E", "W"),
];
const tail = [field("08", "03", "12"), field("1.0"), field("500.0", "-10.5", "")];
const sentenceLike = fc
  .oneof(
    fc.tuple(
      fc.constant("GPRMC"),
      ...[time, field("A", "V"), ...place, field("0"), field("0"), field("020624", "311299")],
    ),
    fc.tuple(fc.constant("GNGGA"), time, ...place, field("1", "4", "0"), ...tail, field("M")),
    fc.tuple(fc.constant("GNGNS"), time, ...place, field("AN", "NN"), ...tail, field("46.9")),
    fc.tuple(fc.constant("GPGLL"), ...place, time, field("A", "V")),
    fc.tuple(fc.constant("GPZDA"), time, field("02", "31"), field("06"), field("2024")),
  )
  .map((fields) => {
    const body = fields.join(",");
    const sum = [...Buffer.from(body, "latin1")].reduce((all, byte) => all ^ byte, 0);
    return `$${body}*${sum.toString(16).padStart(2, "0")}\r\n`;
  });

/** `hh:mm:ss.sss` */
function timeOfDay({ timeMs }: Fix): string {
  return new Date(timeMs).toISOString().slice(11, 23);
}

/** What gpsd says at a time that the receiver said. */
interface Tpv {
  readonly lat: number;
  readonly lon: number;
  readonly altMSL?: number;
  readonly timeNmea?: string;
}

function readTpvs(file: string): Tpv[] {
  const text = readFileSync(join(LOGS, file.replace(".log", ".tpv.jsonl")), "utf8");
  const tpvs = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Partial<Tpv>);
  return tpvs.filter((tpv): tpv is Tpv => tpv.timeNmea !== undefined && tpv.lat !== undefined);
}

function isNear(actual: number, expected: number | undefined, tolerance: number): boolean {
  return Math.abs(actual - (expected ?? NaN)) <= tolerance;
}

/** gpsd may tell an epoch twice, the first time without the height. */
function assertAsGpsd(fix: Fix, tpvs: readonly Tpv[]): void {
  const then = tpvs.filter(({ timeNmea = "" }) => Date.parse(timeNmea) === fix.timeMs);
  const same = then.filter(
    ({ lat, lon, altMSL }) =>
      isNear(fix.latE9 / 1e9, lat, 2e-8) &&
      isNear(fix.lonE9 / 1e9, lon, 2e-8) &&
      (isNaN(fix.heightMm) ? altMSL === undefined : isNear(fix.heightMm / 1000, altMSL, 0.006)),
  );
  assert.ok(then.length === 0 || same.length > 0, JSON.stringify([fix, then]));
}

interface Sent {
  readonly positions: { readonly lat: number; readonly lon: number }[];
  readonly heights: Set<string>;
  readonly dates: Set<string>;
}

/** Positions, heights and dates by time of day, read by a pattern each. */
function sentIn(log: string): Sent {
  const sent: Sent = { positions: [], heights: new Set(), dates: new Set() };
  for (const line of log.split(/[\r\n]+/)) {
    const place = /(\d\d)(\d\d\.\d+),([NS]),(\d\d\d)(\d\d\.\d+),([EW])/.exec(line);
    const [, time, height] = /GGA,(\d{6}).*?,[EW],[1-9],\d*,[^,]*,(-?[\d.]+),M/.exec(line) ?? [];
    const [, at, date] = /RMC,(\d{6}).*?,[EW],[^,]*,[^,]*,(\d{6}),/.exec(line) ?? [];
    if (place && fieldsOf(line.trim())) sent.positions.push(degreesOf(place));
    if (height !== undefined) sent.heights.add(`${time} ${Math.round(Number(height) * 1000)}`);
    if (date !== undefined) sent.dates.add(`${at} ${date}`);
  }
  return sent;
}

function degreesOf([, latitude, minutes, half, longitude, more, side]: string[]) {
  const lat = (Number(latitude) + Number(minutes) / 60) * (half === "S" ? -1 : 1);
  const lon = (Number(longitude) + Number(more) / 60) * (side === "W" ? -1 : 1);
  return { lat, lon };
}

function assertAsSent(fix: Fix, { positions, heights, dates }: Sent): void {
  const said = JSON.stringify(fix);
  const [year, month, day, ...time] = new Date(fix.timeMs).toISOString().match(/\d\d/g)!.slice(1);
  const at = time.slice(0, 3).join("");
  const isThere = positions.some(
    ({ lat, lon }) => isNear(fix.latE9, lat * 1e9, 1) && isNear(fix.lonE9, lon * 1e9, 1),
  );
  assert.ok(isThere, said);
  assert.ok(isNaN(fix.heightMm) || heights.has(`${at} ${fix.heightMm}`), said);
  assert.ok(dates.has(`${at} ${day}${month}${year}`), said);
}
