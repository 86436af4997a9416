// The simulated receiver: its sentences against real ones (test/vectors/nmea), its configuration against
// frames of the receiver description, then each fault by name.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { NamedFaults } from "../../../../src/desktop/sim/sensors/faults.js";
import { GPS_FAULTS, type GpsOptions, GpsTwin } from "../../../../src/desktop/sim/sensors/gps.js";
import {
  type GpsFix,
  nmeaChecksum,
  SENTENCE_NAMES,
  sentencesOf,
} from "../../../../src/desktop/sim/sensors/nmea-sentences.js";
import { Wire } from "../../../../src/desktop/sim/wire.js";
import { SteppedClock } from "../../../support/stepped-clock.js";
import { bytesOf, hexOf } from "./twin-bench.js";

const FIX: GpsFix = {
  timeMs: Date.UTC(2024, 1, 29, 23, 59, 58, 500),
  latDegrees: -33.5,
  lonDegrees: 7.000_001,
  altitudeM: 499.6,
  geoidHeightM: 48,
  hdop: 1.01,
  satellites: 8,
};

function bench(options: Partial<GpsOptions> = {}) {
  const clock = new SteppedClock(() => {});
  const wire = new Wire();
  const faults = new NamedFaults();
  const course = (second: number) => ({ ...FIX, timeMs: FIX.timeMs + 1000 * second });
  let came: Buffer[] = [];
  wire.onBytesForBoard((bytes) => came.push(bytes));
  const twin = new GpsTwin(wire, { course, clock, faults, ...options });
  /** What comes in that time. */
  const wait = (ms = 1000) => {
    came = [];
    clock.advance(ms);
    return Buffer.concat(came).toString("latin1");
  };
  /** What comes of one epoch; the next is a second later. */
  const epoch = (fault?: (typeof GPS_FAULTS)[number]) => {
    if (fault) faults.inject(fault);
    twin.start();
    const text = wait(999);
    twin.stop();
    clock.advance(1);
    return text;
  };
  const configure = (hex: string) => {
    wire.toSensor(bytesOf(hex));
    return hexOf(Buffer.from(wait(), "latin1"));
  };
  return { clock, wire, faults, twin, wait, epoch, configure };
}

const sentenceOf = (...whole: Parameters<typeof sentencesOf>) => sentencesOf(...whole)[0];
const linesOf = (text: string) => text.split(/\r?\n/).filter((line) => line !== "");
const isRight = (line: string) => {
  const match = /^\$(.*)\*([0-9A-F]{2})$/.exec(line);
  return match !== null && nmeaChecksum(match[1]) === parseInt(match[2], 16);
};

describe("NMEA sentences", () => {
  it("are written as documented, to the digit", () => {
    assert.deepEqual(
      SENTENCE_NAMES.flatMap((name) => sentencesOf("GN", name, FIX, "valid")).map((line) =>
        line.replace(/\*..$/, ""),
      ),
      [
        "$GNRMC,235958.50,A,3330.00000,S,00700.00006,E,0.004,,290224,,,A",
        "$GNVTG,,T,,M,0.004,N,0.007,K,A",
        "$GNGGA,235958.50,3330.00000,S,00700.00006,E,1,08,1.01,499.6,M,48.0,M,,",
        "$GNGNS,235958.50,3330.00000,S,00700.00006,E,AA,08,1.01,499.6,48.0,,",
        "$GNZDA,235958.50,29,02,2024,00,00",
        "$GNGSA,A,3,01,02,03,04,05,06,07,08,,,,,1.01,1.01,1.01",
        "$GPGSV,3,1,12,01,40,083,30,02,40,083,30,03,40,083,30,04,40,083,30",
        "$GPGSV,3,2,12,05,40,083,30,06,40,083,30,07,40,083,30,08,40,083,30",
        "$GPGSV,3,3,12,09,40,083,30,10,40,083,30,11,40,083,30,12,40,083,30",
        "$GNGLL,3330.00000,S,00700.00006,E,235958.50,A,A",
      ],
    );
  });

  it("have a checksum as those of real receivers", () => {
    const log = readFileSync("test/vectors/nmea/neo-m8n.log", "latin1");
    const real = linesOf(log).filter((line) => line.startsWith("$G"));
    assert.ok(real.length > 20);
    assert.ok(real.filter(isRight).length > 0.9 * real.length);
    for (const name of SENTENCE_NAMES) assert.ok(isRight(sentenceOf("GP", name, FIX, "valid")));
  });

  it("have as many fields as those of real receivers, whatever the fix", () => {
    const log = readFileSync("test/vectors/nmea/neo-m8n.log", "latin1");
    for (const name of ["RMC", "VTG", "GGA", "GSA", "GSV", "GLL"] as const) {
      const real = linesOf(log).find((line) => new RegExp(`^\\$..${name},`).test(line));
      assert.ok(real, name);
      for (const state of ["valid", "stale", "none"] as const) {
        const fields = sentenceOf("GN", name, FIX, state).split(",").length;
        assert.equal(fields, real.split(",").length, `${name} ${state}`);
      }
    }
  });

  it("never say a minute of 60", () => {
    const fix = { ...FIX, latDegrees: 47.999_999_999, lonDegrees: -0.000_000_001 };
    assert.match(sentenceOf("GP", "GLL", fix, "valid"), /^\$GPGLL,4800.00000,N,00000.00000,W,/);
  });

  it("say stale coordinates under status V and quality 0, and none before a fix", () => {
    assert.match(sentenceOf("GP", "RMC", FIX, "stale"), /,V,3330.00000,S,00700.00006,E,.*,N\*/);
    assert.match(sentenceOf("GP", "GGA", FIX, "stale"), /,3330.00000,S,00700.00006,E,0,00,/);
    assert.match(sentenceOf("GP", "RMC", FIX, "none"), /^\$GPRMC,235958.50,V,,,,,/);
    assert.match(sentenceOf("GP", "GGA", FIX, "none"), /^\$GPGGA,235958.50,,,,,0,00,99.99,,,,,,\*/);
  });
});

describe("simulated GPS receiver", () => {
  it("sends an epoch a second, of the talker and the sentences it was told", () => {
    const sentences = ["ZDA", "GNS", "GLL"] as const;
    const { twin, wait } = bench({ talker: "GA", sentences, lineEnd: "\n" });
    twin.start();
    const text = wait(2999);
    const names = linesOf(text).map((line) => line.slice(1, 6));
    assert.deepEqual(
      names,
      [1, 2, 3].flatMap(() => ["GAZDA", "GAGNS", "GAGLL"]),
    );
    assert.ok(!text.includes("\r") && linesOf(text).every(isRight));
  });

  it("sends no byte before the line has carried it, and throws away what it cannot carry", () => {
    const { twin, wait } = bench({ baud: 300 });
    twin.start();
    assert.equal(wait(1000).length, 0);
    const text = wait(59_000);
    assert.ok(text.length <= 60 * 30 && text.length > 50 * 30, String(text.length));
    assert.ok(linesOf(text).length < 2 * 60);
  });

  it("has no fix until it has found one", () => {
    const { epoch } = bench({ acquireMs: 1500 });
    assert.match(epoch(), /RMC,[\d.]+,V,,,,,/);
    assert.match(epoch(), /RMC,[\d.]+,V,,,,,/);
    assert.match(epoch(), /RMC,[\d.]+,A,3330/);
  });

  it("has dates 1,024 weeks off when told", () => {
    assert.match(bench({ rollovers: 1 }).epoch(), /,150704,,,A\*/);
    assert.match(bench({ rollovers: -1 }).epoch(), /,151043,,,A\*/);
  });
});

describe("simulated GPS receiver: UBX", () => {
  const ACK_MESSAGE = "b5 62 05 01 02 00 06 01 0f 38";
  /** Frames of u-blox' own examples: GLL and GSV off, ZDA on, on the current port. */
  const GLL_OFF = "b5 62 06 01 03 00 f0 01 00 fb 11";
  const GSV_OFF = "b5 62 06 01 03 00 f0 03 00 fd 15";

  it("sends only what is enabled, after an acknowledgement", () => {
    const { configure, epoch, twin } = bench({ sentences: ["RMC", "GLL"] });
    assert.equal(configure(GLL_OFF), ACK_MESSAGE);
    assert.equal(configure(GSV_OFF), ACK_MESSAGE);
    assert.deepEqual(twin.sentences, ["RMC"]);
    assert.ok(!epoch().includes("GLL"));
  });

  it("takes the second of six rates", () => {
    const { configure, twin } = bench({ sentences: ["RMC", "GLL"] });
    assert.equal(configure("b5 62 06 01 08 00 f0 01 00 00 00 00 00 01 01 2b"), ACK_MESSAGE);
    assert.deepEqual(twin.sentences, ["RMC"]);
  });

  it("changes its rate", () => {
    const { configure, twin, wait } = bench({ sentences: ["ZDA"] });
    // u-blox' example: 200 ms, every measurement, GPS time.
    const fiveHertz = "b5 62 06 08 06 00 c8 00 01 00 01 00 de 6a";
    assert.equal(configure(fiveHertz), "b5 62 05 01 02 00 06 08 16 3f");
    twin.start();
    assert.equal(linesOf(wait(1000)).length, 5);
  });

  it("refuses what it does not know", () => {
    // UBX-CFG-MSG of another length, UBX-CFG-RST.
    const { configure } = bench();
    assert.equal(configure("b5 62 06 01 02 00 f0 00 f9 11"), "b5 62 05 00 02 00 06 01 0e 33");
    assert.equal(configure("b5 62 06 04 04 00 00 00 02 00 10 68"), "b5 62 05 00 02 00 06 04 11 36");
  });

  it("hears nothing in a wrong checksum, and a command cut anywhere among other bytes", () => {
    const { configure, wire, wait } = bench({ sentences: ["RMC", "GLL"] });
    assert.equal(configure("b5 62 06 01 03 00 f0 01 00 fb 12"), "");
    const bytes = bytesOf(GLL_OFF);
    for (let cut = 1; cut < bytes.length; cut++) {
      for (const piece of [bytesOf("b5 24 b5"), bytes.subarray(0, cut), bytes.subarray(cut)]) {
        wire.toSensor(piece);
      }
      assert.equal(hexOf(Buffer.from(wait(), "latin1")), ACK_MESSAGE);
    }
  });

  it("forgets its configuration at a reboot", () => {
    const { configure, twin } = bench({ sentences: ["RMC", "GLL"] });
    configure(GLL_OFF);
    twin.reboot();
    assert.deepEqual(twin.sentences, ["RMC", "GLL"]);
  });
});

describe("simulated GPS receiver: faults", () => {
  const good = bench().epoch();

  it("is well an epoch later, whatever went wrong", () => {
    for (const fault of GPS_FAULTS) {
      const { epoch } = bench();
      epoch(fault);
      epoch();
      const lines = linesOf(epoch());
      assert.ok(lines.length === 2 && lines.every(isRight), fault);
      assert.match(lines[0], /,A,3330/, fault);
    }
  });

  it("silence and reset: nothing; after a reset it has to find a fix again", () => {
    const { epoch } = bench({ acquireMs: 1500 });
    assert.equal(epoch("silence"), "");
    epoch();
    assert.match(epoch(), /,A,/);
    assert.equal(epoch("reset"), "");
    assert.match(epoch(), /,V,,,,,/);
  });

  it("drop and cut: a byte less, half", () => {
    assert.equal(bench().epoch("drop").length, good.length - 1);
    assert.equal(bench().epoch("cut"), good.slice(0, good.length >> 1));
  });

  it("bit-flip and bad-check: checksums that do not fit", () => {
    assert.notEqual(bench().epoch("bit-flip"), good);
    const lines = linesOf(bench().epoch("bad-check"));
    assert.ok(lines.length === 2 && !lines.some(isRight));
  });

  it("foreign: UBX between the sentences", () => {
    const text = bench().epoch("foreign");
    const [rmc, gga] = linesOf(good);
    // Its payload has a `$` and the first bytes of a frame in it.
    const binary = text.slice(rmc.length + 2, text.indexOf(gga));
    assert.ok(binary.startsWith("\xb5b\x01\x03\x10\0$\xb5b"));
    assert.equal(text, `${rmc}\r\n${binary}${gga}\r\n${binary}`);
  });

  it("stuck: the epoch before", () => {
    const { epoch } = bench();
    assert.equal(epoch(), good);
    assert.equal(epoch("stuck"), good);
    assert.notEqual(epoch(), good);
  });

  it("plateau: no fix; error: V with stale coordinates at a new time", () => {
    const { epoch } = bench();
    assert.match(epoch("plateau"), /,V,,,,,/);
    epoch();
    assert.match(epoch("error"), /RMC,000000.50,V,3330.00000,S,/);
  });

  it("late: with the next epoch", () => {
    const { epoch } = bench();
    assert.equal(epoch("late"), "");
    assert.ok(epoch().startsWith(good));
  });
});
