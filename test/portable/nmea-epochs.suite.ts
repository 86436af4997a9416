// Sentences of one time of day make one fix: which belong together, when it is told, what is none.

import { createNmeaReader } from "../../src/firmware/sensors/nmea.js";
import type { Fix } from "../../src/firmware/sensors/nmea.js";
import { EPOCH_FIX, fixesOf, gga, lines, rmc, sentence } from "./nmea-sentences.js";
import { equal, suite } from "./suite.js";

// polarx2.log, beidou-bd.log, haicom-305N.log, april6_2019.log, mt3339.log.
const POLAR_GLL = "$GPGLL,3844.24011,N,00908.43828,W,112257.00,A,A*70";
const POLAR_GNS = "$GPGNS,112257.00,3844.24011,N,00908.43828,W,AN,03,10.5,,,,*57";
const POLAR_ZDA = "$GPZDA,112257.00,22,03,2012,,*66";
const BEIDOU_GNS = "$GNGNS,074155.799,3114.8770,N,12135.2463,E,ANNA,05,1.3,156.9,8.3,,0000*52";
const BEIDOU_RMC = "$GNRMC,074155.799,A,3114.8770,N,12135.2463,E,0.30,4.94,250215,,,A*76";
const HAICOM_GGA = "$GPGGA,095304.802,2712.6520,S,15303.1397,E,1,00,17.0,3.0,M,42.2,M,,*7E";
const HAICOM_RMC = "$GPRMC,095304.802,A,2712.6520,S,15303.1397,E,0.00,133.96,080407,,,A*78";
const TELIT_RMC = "$GPRMC,000231.42,A,4829.0005,N,00022.0016,E,0.16,212.28,220899,,,A*59";
const TELIT_BROKEN = "$GPRMC,000231.099,A,4829.0005,N,00022.0015,E,0.15,212.28,2208-1,,,A*73";
const MT3339_ZDA = "$GPZDA,202640.000,13,04,2015,,*54";
const MT3339_GGA =
  "$GPGGA,202640.000,4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,-19.6,M,0000,0000*6C";

const PLACE = "4830.0000,N,01115.0000,E";
const NO_HEIGHT_FIX = "1717329600000 48500000000 11250000000 NaN";
const NEXT = { time: "120001.00" };

const gns = (mode: string) =>
  sentence("GNGNS,120000.00," + PLACE + "," + mode + ",08,1.0,500.0,46.9,,");
const gll = (place: string, end: string) => sentence("GPGLL," + place + ",120000.00," + end);
const zda = (date: string) => sentence("GPZDA,120000.00," + date + ",00,00");
const rmcOfMode = (mode: string) =>
  sentence("GPRMC,120000.00,A," + PLACE + ",0,0,020624,,," + mode);

/** The fixes of whole sentences, the last epoch included. */
function allOf(sentences: string[], earliestMs?: number): string[] {
  const fixes: string[] = [];
  const reader = createNmeaReader(function (fix) {
    fixes.push(fix.timeMs + " " + fix.latE9 + " " + fix.lonE9 + " " + fix.heightMm);
  }, earliestMs);
  reader.push(lines(sentences));
  reader.end();
  return fixes;
}

/** The date of the only fix, or nothing. */
function dateOf(sentences: string[], earliestMs: number): string {
  return allOf(sentences, earliestMs)
    .map((fix) => new Date(Number(fix.split(" ")[0])).toISOString().slice(0, 10))
    .join();
}

export const nmeaEpochsSuite = suite("sensors/nmea epochs", function (test) {
  test("real GNS with RMC: the height is in both GGA and GNS", function () {
    const fix = "1424850115799 31247950000 121587438333 156900";
    equal(fixesOf([lines([BEIDOU_GNS, BEIDOU_RMC])]), [fix]);
  });

  test("real GGA with ZDA: a date is a date", function () {
    const fix = "1428956800000 44068843333 -121314191667 1127700";
    equal(fixesOf([lines([MT3339_GGA, MT3339_ZDA])]), [fix]);
    equal(fixesOf([lines([MT3339_ZDA, MT3339_GGA])]), [fix]);
  });

  test("real GLL, GNS and ZDA of three satellites: no height", function () {
    const fix = "1332415377000 38737335167 -9140638000 NaN";
    equal(allOf([POLAR_GLL, POLAR_GNS, POLAR_ZDA]), [fix]);
    equal(allOf([POLAR_ZDA, POLAR_GLL]), [fix]);
    equal(allOf([POLAR_GLL, POLAR_GNS]), [], "no date");
  });

  test("a height that a receiver assumes with fewer than four satellites is none", function () {
    // Its GSA says 2D.
    equal(allOf([HAICOM_GGA, HAICOM_RMC]), ["1176025984802 -27210866667 153052328333 NaN"]);
  });

  test("how good a fix is", function () {
    const fixes: Fix[] = [];
    const reader = createNmeaReader(function (fix) {
      fixes.push(fix);
    });
    reader.push(lines([BEIDOU_GNS, BEIDOU_RMC, rmc({}), gga({ quality: "4" })]));
    equal(
      fixes.map((fix) => fix.satellites + " " + fix.hdop + " " + fix.quality),
      ["5 1.3 NaN", "8 1 4"],
    );
  });

  test("told with the sentence that makes it whole, once", function () {
    equal(fixesOf([lines([rmc({}), gga({}), gns("AA"), gll(PLACE, "A,A"), rmc({})])]), [EPOCH_FIX]);
    equal(fixesOf([lines([gga({}), zda("02,06,2024"), rmc({}), zda("02,06,2024")])]), [EPOCH_FIX]);
    const late = [gll(PLACE, "A,A"), rmc(NEXT), gga(NEXT), gll(PLACE, "A,A"), rmc(NEXT), gga(NEXT)];
    equal(fixesOf([lines(late)]).length, 1, "a late sentence between");
  });

  test("without a height told when the next epoch begins, or at the end", function () {
    equal(fixesOf([lines([rmc({})])]), []);
    equal(fixesOf([lines([rmc({}), rmc(NEXT)])]), [NO_HEIGHT_FIX]);
    equal(fixesOf([lines([rmc({}), gga({ height: "," }), gga(NEXT)])]), [NO_HEIGHT_FIX]);
    equal(allOf([rmc({})]), [NO_HEIGHT_FIX]);
    equal(allOf([]), []);
  });

  test("one that waits for its height while the receiver is silent is none", function () {
    const after = (time: string) => fixesOf([lines([rmc({}), gga({ time: time })])]);
    equal([after("120005.00"), after("115955.00")], [[NO_HEIGHT_FIX], [NO_HEIGHT_FIX]]);
    equal([after("120005.01"), after("130000.00"), after("000000.00")], [[], [], []]);
  });

  test("a position without a date, or a date without a position, is no fix", function () {
    equal(allOf([gga({}), gga(NEXT), gll(PLACE, "A,A"), gns("AA")]), []);
    equal(allOf([zda("02,06,2024")]), []);
    equal(allOf([gga({}), rmc({ time: "120001.00", status: "V" }), zda("02,06,2024")]), []);
  });

  test("one sentence that knows of no fix is enough", function () {
    const no = [
      rmc({ status: "V" }),
      rmc({ status: "V", lat: ",", lon: ",", date: "" }),
      gga({ quality: "0" }),
      gns("NN"),
      gll(PLACE, "V,N"),
      gll(",,,", "V,N"),
    ];
    no.forEach(function (line) {
      equal(allOf([line, rmc({}), gga({})]), [], line);
      equal(allOf([rmc({}), line, gga({})]), [], line);
      equal(allOf([gga({}), line, rmc({}), rmc(NEXT), gga(NEXT)]).length, 1, line);
    });
  });

  test("estimated, entered and simulated positions are none", function () {
    ["E", "M", "S", "N"].forEach(function (mode) {
      equal(allOf([rmcOfMode(mode), gga({})]), [], mode);
      equal(allOf([gll(PLACE, "A," + mode), rmc({}), gga({})]), [], mode);
      equal(allOf([gns(mode + mode), rmc({})]), [], mode);
    });
    ["6", "7", "8"].forEach(function (quality) {
      equal(allOf([gga({ quality: quality }), rmc({})]), [], quality);
    });
    ["A", "D", "F", "P", "R", ""].forEach(function (mode) {
      equal(allOf([rmcOfMode(mode), gga({})]), [EPOCH_FIX], mode);
    });
    ["A", "AN", "NNA", "D", "NR", "F", "P"].forEach(function (mode) {
      equal(allOf([gns(mode), rmc({})]), [EPOCH_FIX], mode);
    });
  });

  test("sentences of one time at two places contradict each other", function () {
    equal(allOf([rmc({}), gga({ lat: "4930.0000,N" })]), []);
    equal(allOf([gga({}), rmc({ lon: "01115.0000,W" })]), []);
    // Roundings differ, and are no contradiction: what came first stays.
    equal(allOf([rmc({}), gga({ lat: "4830.0004,N" })]), [EPOCH_FIX]);
  });

  test("a GLL without a mode, as before NMEA 2.3", function () {
    equal(allOf([gll(PLACE, "A"), zda("02,06,2024")]), [NO_HEIGHT_FIX]);
    equal(allOf([gll(PLACE, ""), zda("02,06,2024")]), []);
    equal(allOf([sentence("GPGLL," + PLACE), zda("02,06,2024")]), []);
  });

  test("dates of ZDA", function () {
    equal(allOf([gga({}), zda("29,02,2024")]), ["1709208000000 48500000000 11250000000 500000"]);
    ["29,02,2023", "2,6,2024", "02,06,24", "02,06,", ",,", "02,06,20240", "06,2024,02"].forEach(
      function (date) {
        equal(allOf([gga({}), zda(date)]), [], date);
      },
    );
  });

  test("a date that is none changes nothing", function () {
    equal(allOf([TELIT_BROKEN, rmc({}), TELIT_BROKEN, gga({})]), [EPOCH_FIX]);
  });

  test("weeks that were counted too few are repaired", function () {
    const march2019 = 1552521600000;
    equal(dateOf([TELIT_RMC], 0), "1999-08-22");
    equal(dateOf([TELIT_RMC], march2019), "2019-04-07", "as gpsd has it");
    const november2026 = 1793577600000;
    const once = rmc({ date: "190407" });
    equal(dateOf([once], november2026), "2026-12-03");
    equal(dateOf([rmc({ date: "040987" })], november2026), "2026-12-04", "twice");
    equal(dateOf([rmc({ date: "311030" })], november2026), "2030-10-31", "right as it is");
    equal(dateOf([rmc({ date: "020624" })], 1717329600000), "2024-06-02", "of that very moment");
    equal(dateOf([gga({}), zda("19,04,2007")], november2026), "2026-12-03", "ZDA");
  });

  test("a date that a receiver's clock starts with is none", function () {
    const november2026 = 1793577600000;
    ["010100", "060180", "220899", "010106"].forEach(function (date) {
      equal(dateOf([rmc({ date: date }), gga({})], november2026), "", date);
    });
  });

  test("the name of each sentence, and that one is broken", function () {
    const names: string[] = [];
    const reader = createNmeaReader(
      function () {},
      0,
      function (name) {
        names.push(name);
      },
    );
    reader.push(lines([POLAR_ZDA, "$GPZDA,1*00", "", "noise", sentence("PUBX,00"), rmc({})]));
    equal(names.join(), "GPZDA,,PUBX,GPRMC");
  });
});
