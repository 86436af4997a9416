// What a receiver sent goes over the wire again byte for byte, and at its pace.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Epoch, epochsOf, GpsReceiver } from "../../../src/desktop/sim/gps-receiver.js";
import { NamedFaults } from "../../../src/desktop/sim/sensors/faults.js";
import type { UbloxGeneration } from "../../../src/desktop/sim/sensors/ublox.js";
import { VirtualClock } from "../../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../../src/desktop/sim/wire.js";
import { SteppedClock } from "../../support/stepped-clock.js";

const latin1 = (text: string) => Buffer.from(text, "latin1");
const readLog = (name: string) => readFileSync(`test/vectors/nmea/${name}.log`);
const rmc = (time: string) => `$GPRMC,${time},V,,,,,,,130415,,,N*00\r\n`;
const gga = (time: string) => `$GPGGA,${time},,,,,0,00,99.99,,,,,,*00\r\n`;

function epochs(recording: string | Buffer): Epoch[] {
  const found = epochsOf(typeof recording === "string" ? latin1(recording) : recording);
  assert.ok(found);
  return found;
}

const pauses = (recording: string) => epochs(recording).map(({ afterMs }) => afterMs);
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** Where the `#` lines at the head of a log end. */
function headerBytes(log: Buffer): number {
  let at = 0;
  while (log[at] === 0x23) at = log.indexOf(0x0a, at) + 1;
  return at;
}

describe("epochsOf", () => {
  /** Receiver, epochs, seconds from the first to the last. */
  const logs: [string, number, number][] = [
    ["mt3339", 30, 29],
    ["haicom-305N", 75, 80],
    ["beidou-bd", 11, 9],
    ["rx210", 62, 61],
    ["nmea-fuzzy-cases", 14, 11],
    ["ublox-zed-f9p-nmea", 5, 4],
    ["skytraq", 17, 16],
    ["garmin17n", 2, 1],
  ];

  for (const [name, count, seconds] of logs) {
    it(`cuts ${name}.log and loses no byte`, () => {
      const log = readLog(name);
      const found = epochs(log);
      const bytes = Buffer.concat(found.map((epoch) => epoch.bytes));
      assert.ok(bytes.equals(log.subarray(headerBytes(log))));
      assert.equal(found.length, count);
      assert.equal(Math.round(sum(found.map(({ afterMs }) => afterMs)) / 1000), seconds);
    });
  }

  it("begins an epoch where the time of day changes, and not before", () => {
    const found = epochs(`${gga("101500")}$GPGSA,A*00\r\n${rmc("101500")}${gga("101501.200")}`);
    assert.deepEqual(found, [
      { afterMs: 0, bytes: latin1(`${gga("101500")}$GPGSA,A*00\r\n${rmc("101500")}`) },
      { afterMs: 1200, bytes: latin1(gga("101501.200")) },
    ]);
  });

  it("reads the time of RMC, GGA, GNS and ZDA of any talker", () => {
    const lines = ["$GPRMC,000001,", "$GNGGA,000002,", "$BDGNS,000003.5,", "$GLZDA,000004.25,"];
    assert.deepEqual(pauses(lines.join("\n")), [0, 1000, 1500, 750]);
  });

  it("keeps what stands before the first time", () => {
    const found = epochs(`$PGRMT,hello*00\r\n${rmc("101500")}`);
    assert.equal(found[0].bytes.toString(), "$PGRMT,hello*00\r\n");
    assert.deepEqual(
      found.map(({ afterMs }) => afterMs),
      [0, 0],
    );
  });

  it("goes over midnight", () => {
    assert.deepEqual(pauses(rmc("235959") + rmc("000000") + rmc("000001.5")), [0, 1000, 1500]);
  });

  it("does not sit through a gap, nor through a clock set back", () => {
    assert.deepEqual(pauses(rmc("101500") + rmc("101510")), [0, 10_000]);
    assert.deepEqual(pauses(rmc("101500") + rmc("101510.001")), [0, 1000]);
    assert.deepEqual(pauses(rmc("101500") + rmc("101459")), [0, 1000]);
  });

  it("leaves out # lines at the head, and only there", () => {
    const found = epochs(`# a log\n#\n${rmc("101500")}#\xb5b\x01\n${rmc("101501")}`);
    const bytes = Buffer.concat(found.map((epoch) => epoch.bytes));
    assert.equal(bytes.toString("latin1"), `${rmc("101500")}#\xb5b\x01\n${rmc("101501")}`);
  });

  it("keeps binary between the sentences, line ends as they are, and a half line at the end", () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const recording = Buffer.concat([latin1("$GPRMC,101500,\n"), all, latin1("\r\n$GPRMC,1015")]);
    assert.ok(Buffer.concat(epochs(recording).map(({ bytes }) => bytes)).equals(recording));
  });

  for (const [name, text] of [
    ["nothing", ""],
    ["header lines only", "# a log\n# of nothing"],
    ["other text", "seconds,ppm\n0,420\n"],
    ["sentences without a time", "$GPGSA,A,3,20,16*05\r\n$GPRMC,,V,,,,,,,,,,N*53\r\n"],
  ]) {
    it(`finds no NMEA in ${name}`, () => assert.equal(epochsOf(latin1(text)), undefined));
  }
});

/** What has arrived, and when, of epochs that are played to their end, on a clock that does not run by itself. */
function arrivals(
  found: readonly Epoch[],
  generation?: UbloxGeneration,
  onStart: (wire: Wire) => void = () => {},
) {
  const wire = new Wire();
  const stepped = new SteppedClock();
  const pieces: { atMs: number; bytes: Buffer }[] = [];
  wire.onBytesForBoard((bytes) => pieces.push({ atMs: stepped.nowMs(), bytes }));
  const player = new GpsReceiver(found, wire, stepped, 9600, generation);
  let hasEnded = false;
  player.play(() => (hasEnded = true));
  onStart(wire);
  while (!hasEnded) stepped.advance(1);
  return { pieces, text: Buffer.concat(pieces.map(({ bytes }) => bytes)).toString("latin1") };
}

const timesOf = (pieces: readonly { atMs: number }[]) => pieces.map(({ atMs }) => Math.round(atMs));

describe("GpsReceiver at 9600 baud", () => {
  it("sends 64 bytes at once, when the line has carried them", () => {
    const { pieces } = arrivals([{ afterMs: 0, bytes: Buffer.alloc(150, 0x2a) }]);
    assert.deepEqual(
      pieces.map(({ bytes }) => bytes.length),
      [64, 64, 22],
    );
    // 10 bits a byte: 64 bytes take 66.7 ms.
    assert.deepEqual(timesOf(pieces), [67, 133, 156]);
  });

  it("begins an epoch when its time has come", () => {
    const epoch = { afterMs: 1000, bytes: Buffer.alloc(96) };
    assert.deepEqual(timesOf(arrivals([epoch, epoch]).pieces), [1067, 1100, 2067, 2100]);
  });

  it("delays an epoch while the line carries the one before", () => {
    const long = { afterMs: 1000, bytes: Buffer.alloc(1920, 1) };
    const { pieces } = arrivals([long, { afterMs: 1000, bytes: Buffer.alloc(1, 2) }]);
    assert.equal(timesOf(pieces).pop(), 3001);
  });

  for (const name of ["ublox-zed-f9p-nmea", "nmea-fuzzy-cases"]) {
    it(`keeps ${name}.log in order, and the line never carries two pieces`, () => {
      const found = epochs(readLog(name));
      const { pieces } = arrivals(found);
      const sent = Buffer.concat(pieces.map(({ bytes }) => bytes));
      assert.ok(sent.equals(Buffer.concat(found.map(({ bytes }) => bytes))));
      assert.ok(pieces.every(({ bytes }) => bytes.length <= 64));
      for (const [index, { atMs, bytes }] of pieces.slice(1).entries()) {
        assert.ok(atMs - pieces[index].atMs >= (bytes.length / 960) * 1000 - 1e-6);
      }
    });
  }

  it("of u-blox: leaves out what is off, answers, and sends what is no sentence", () => {
    const text = rmc("101500") + "\xb5b\n" + gga("101500") + rmc("101501") + gga("101501");
    // UBX-CFG-MSG of others than u-blox' own documents: GGA off (scarab-osd's issue 484 has it on).
    const ggaOff = Buffer.from("b56206010300f00000fa0f", "hex");
    const { text: sent } = arrivals(epochs(text), 8, (wire) => wire.toSensor(ggaOff));
    const acknowledgement = Buffer.from("b5620501020006010f38", "hex").toString("latin1");
    assert.equal(sent, acknowledgement + rmc("101500") + "\xb5b\n" + rmc("101501"));
    assert.equal(arrivals(epochs(text), 8).text, text);
  });
});

describe("GpsReceiver", () => {
  let clock: VirtualClock;
  afterEach(() => clock.stop());

  function receiver(found: Epoch[], speed: number, onBytes: (bytes: Buffer, atMs: number) => void) {
    const wire = new Wire();
    clock = new VirtualClock(speed);
    wire.onBytesForBoard((bytes) => onBytes(bytes, clock.nowMs()));
    return new GpsReceiver(found, wire, clock, 9600);
  }

  const play = (player: GpsReceiver) => new Promise<void>((resolve) => player.play(resolve));

  it("plays a log byte for byte, in pieces of 64 bytes at most, and again", async () => {
    const found = epochs(readLog("nmea-fuzzy-cases"));
    const pieces: Buffer[] = [];
    const player = receiver(found, 100, (bytes) => pieces.push(bytes));
    await play(player);
    await play(player);
    const log = Buffer.concat(found.map(({ bytes }) => bytes));
    assert.ok(Buffer.concat(pieces).equals(Buffer.concat([log, log])));
    assert.ok(pieces.every(({ length }) => length <= 64));
  });

  it("knows how long it plays", () => {
    assert.equal(receiver(epochs(readLog("mt3339")), 1, () => {}).durationMs, 29_000);
  });

  it("waits for each epoch's time and ends a second after the last", () => {
    const found = epochs(rmc("101500") + rmc("101502") + rmc("101503"));
    const wire = new Wire();
    const stepped = new SteppedClock();
    const times: number[] = [];
    let endMs = NaN;
    wire.onBytesForBoard(() => times.push(stepped.nowMs()));
    new GpsReceiver(found, wire, stepped, 9600).play(() => (endMs = stepped.nowMs()));
    stepped.advance(10_000);
    // A sentence is there when its last byte is, ten bits each.
    const lineMs = (rmc("101500").length * 10_000) / 9600;
    assert.deepEqual(
      times.map(Math.round),
      [0, 2000, 3000].map((ms) => Math.round(ms + lineMs)),
    );
    assert.equal(endMs, 4000);
  });

  it("does not hurl at the board what was held up by an engine that computed", async () => {
    const times: number[] = [];
    const text = [0, 1, 2, 3].map((second) => rmc(`10150${second}`)).join("");
    const player = receiver(epochs(text), 20, (_, atMs) => times.push(atMs));
    const played = play(player);
    const untilMs = performance.now() + 200;
    while (performance.now() < untilMs);
    await played;
    assert.equal(times.length, 4);
    for (const [index, atMs] of times.slice(1).entries()) {
      assert.ok(atMs - times[index] > 300, times.join(" "));
    }
  });

  it("a fault damages the epoch that it is asked for, and no other", async () => {
    const found = epochs(["101500", "101501", "101502", "101503"].map(rmc).join(""));
    const [wire, faults, sent] = [new Wire(), new NamedFaults(), [] as string[]];
    wire.onBytesForBoard((bytes) => sent.push(bytes.toString("latin1")));
    clock = new VirtualClock(100);
    const player = new GpsReceiver(found, wire, clock, Infinity, undefined, faults);
    faults.inject("silence", 1);
    faults.inject("cut", 1);
    faults.inject("drop", 1);
    await play(player);
    const [cut, dropped, whole, ...others] = sent;
    assert.deepEqual(others, []);
    assert.equal(cut, rmc("101501").slice(0, rmc("101501").length >> 1));
    assert.equal(dropped.length, rmc("101502").length - 1);
    assert.equal(whole, rmc("101503"));
  });

  it("sends nothing once the clock stands still", async () => {
    let count = 0;
    const player = receiver(epochs(rmc("101500") + rmc("101501")), 100, () => count++);
    player.play(() => count++);
    clock.stop();
    await sleep(30);
    assert.equal(count, 0);
  });
});
