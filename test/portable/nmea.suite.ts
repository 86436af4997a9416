// NMEA 0183 into fixes. Real sentences are of gpsd's logs (test/vectors/nmea); others are made
// by nmea-sentences.ts.

import { fieldsOf } from "../../src/firmware/sensors/nmea.js";
import { EPOCH_FIX, fixesOf, gga, lines, rmc, sentence } from "./nmea-sentences.js";
import type { Epoch } from "./nmea-sentences.js";
import { equal, suite } from "./suite.js";

// mt3339.log, neo-m8n.log, haicom-305N.log, nmea-fuzzy-cases.log, ublox-zed-f9p-nmea.log, rx210.log.
const MT3339_GGA =
  "$GPGGA,202640.000,4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,-19.6,M,0000,0000*6C";
const MT3339_RMC = "$GPRMC,202640.000,A,4404.1306,N,12118.8515,W,0.03,225.97,130415,,,D*73";
const NEO_RMC = "$GNRMC,171926.00,A,4404.14063,N,12118.85478,W,0.117,,180315,,,A*76";
const NEO_GGA = "$GNGGA,171926.00,4404.14063,N,12118.85478,W,1,12,0.91,1147.2,M,-21.3,M,,*44";
const FUZZY_RMC =
  "$GPRMC,132820.60,A,4134.49821229,N,09345.03351845,W,3.252,92.308,180320,11.5985,E,D*1A";
const FUZZY_GGA =
  "$GPGGA,132820.60,4134.49821229,N,09345.03351845,W,2,09,1.0,278.020,M,-31.442,M,7.6,0133*7E";
const HAICOM_STALE = "$GPRMC,095255.810,V,2712.6404,S,15303.1201,E,0.00,0.00,080407,,,A*6E";
const RX210_NO_FIX = "$GNRMC,184040.00,V,,,,,,,030416,,,N*6A";

const MT3339_FIX = "1428956800000 44068843333 -121314191667 1127700";
const NEO_FIX = "1426699166000 44069010500 -121314246333 1147200";

/** The fix of one epoch, or nothing. */
function fixOf(epoch: Epoch): string {
  return fixesOf([lines([rmc(epoch), gga(epoch)])]).join("; ");
}

/** A field of the only fix: 0 time, 1 latitude, 2 longitude, 3 height. */
function partOf(epoch: Epoch, part: number): string {
  return fixOf(epoch).split(" ")[part] || "none";
}

export const nmeaSuite = suite("sensors/nmea", function (test) {
  test("real epochs: GGA first, RMC first, 8 decimals", function () {
    equal(fixesOf([lines([MT3339_GGA, MT3339_RMC])]), [MT3339_FIX]);
    equal(fixesOf([lines([NEO_RMC, NEO_GGA])]), [NEO_FIX]);
    const fuzzy = "1584538100600 41574970205 -93750558641 278020";
    equal(fixesOf([lines([FUZZY_RMC, FUZZY_GGA])]), [fuzzy]);
  });

  test("real receivers without a fix: status V with stale coordinates, or with a date only", function () {
    const stale = "$GPGGA,095257.809,2712.6404,S,15303.1201,E,0,00,00.0,4.0,M,42.2,M,,*7B";
    equal(fixesOf([lines([HAICOM_STALE, stale, HAICOM_STALE])]), []);
    const empty = "$GNGGA,184041.00,,,,,0,04,28.92,,,,,,*75";
    equal(fixesOf([lines([RX210_NO_FIX, empty])]), []);
  });

  test("one fix an epoch, whatever else is sent", function () {
    const vtg = "$GPVTG,0.00,T,,,0.00,N,0.00,K,A*70";
    const gsa = "$GPGSA,A,3,20,16,09,03,07,10,23,19,27,30,,,1.64,0.98,1.31*05";
    const all = [vtg, MT3339_GGA, gsa, MT3339_RMC, vtg, MT3339_RMC, vtg, NEO_RMC, NEO_GGA];
    equal(fixesOf([lines(all)]), [MT3339_FIX, NEO_FIX]);
  });

  test("RMC and GGA of different moments do not belong together", function () {
    equal(fixesOf([lines([MT3339_GGA, NEO_RMC])]), []);
    const next = { time: "120001.00" };
    equal(fixesOf([lines([gga({}), rmc(next), gga(next)])]).length, 1);
    equal(fixesOf([lines([rmc({}), rmc(next), gga({}), rmc({})])]), [
      "1717329600000 48500000000 11250000000 NaN",
      "1717329601000 48500000000 11250000000 NaN",
      EPOCH_FIX,
    ]);
  });

  test("line ends: LF, CR, CR LF, and blank lines", function () {
    equal(fixesOf([NEO_RMC + "\n" + NEO_GGA + "\n"]), [NEO_FIX]);
    equal(fixesOf([NEO_RMC + "\r" + NEO_GGA + "\r"]), [NEO_FIX]);
    equal(fixesOf(["\r\n\n" + NEO_RMC + "\r\r\n\n" + NEO_GGA + "\n\n"]), [NEO_FIX]);
  });

  test("a sentence counts once its line has ended", function () {
    equal(fixesOf([NEO_RMC + "\r\n" + NEO_GGA]), []);
    equal(fixesOf([NEO_RMC + "\r\n" + NEO_GGA, "\r"]), [NEO_FIX]);
  });

  test("cut at every byte", function () {
    const bytes = lines([NEO_RMC, NEO_GGA]);
    for (let at = 1; at < bytes.length; at++) {
      equal(fixesOf([bytes.slice(0, at), bytes.slice(at)]), [NEO_FIX], "at " + at);
    }
    equal(fixesOf(bytes.split("")), [NEO_FIX], "byte by byte");
  });

  test("any talker", function () {
    ["GP", "GN", "GL", "GA", "GB", "BD", "QZ"].forEach(function (talker) {
      const place = "4830.0000,N,01115.0000,E,";
      const first = sentence(talker + "RMC,120000.00,A," + place + "0,0,020624,,");
      const second = sentence(talker + "GGA,120000.00," + place + "1,08,1.0,500.0,M,46.9,M,,");
      equal(fixesOf([lines([first, second])]), [EPOCH_FIX], talker);
    });
  });

  test("other sentences that look alike", function () {
    ["GPRMCX", "GRMC", "RMC", "GPRMB", "gprmc"].forEach(function (name) {
      const body = name + ",120000.00,A,4830.0000,N,01115.0000,E,0,0,020624,,";
      equal(fixesOf([lines([sentence(body), gga({})])]), [], name);
    });
  });

  test("fields and checksum", function () {
    equal(fieldsOf("$GPGLL,A*5C"), undefined);
    equal(fieldsOf(sentence("GPGLL,,A")), ["GPGLL", "", "A"]);
    equal(fieldsOf(sentence("GPGLL").toLowerCase()), undefined, "the letters count");
    equal((fieldsOf(NEO_RMC) || []).length, 13);
    equal((fieldsOf(NEO_GGA.slice(0, -2) + NEO_GGA.slice(-2).toLowerCase()) || []).length, 15);
  });

  test("a hexadecimal checksum in small letters", function () {
    const small = MT3339_GGA.slice(0, -1) + "c";
    equal(fixesOf([lines([small, MT3339_RMC])]), [MT3339_FIX]);
  });

  test("no checksum, a wrong one, half of one, too much of one", function () {
    const body = NEO_GGA.slice(0, -3);
    [
      body,
      body + "*",
      body + "*4",
      body + "*45",
      body + "*444",
      body + "*4 ",
      body + "*44 ",
    ].forEach(function (line) {
      equal(fixesOf([lines([NEO_RMC, line])]), [], line.slice(-6));
    });
  });

  test("a flipped bit anywhere", function () {
    for (let at = 0; at < NEO_GGA.length; at++) {
      const flipped = String.fromCharCode(NEO_GGA.charCodeAt(at) ^ 4);
      const line = NEO_GGA.slice(0, at) + flipped + NEO_GGA.slice(at + 1);
      equal(fixesOf([lines([NEO_RMC, line])]), [], line);
    }
  });

  test("shapes that are none", function () {
    ["", "$", "*", "$*", "$*00", "$,*2C", "$$$", "!AIVDM*00", "$G*47", "*00"].forEach(
      function (line) {
        equal(fixesOf([lines([line, NEO_RMC, line, NEO_GGA, line])]), [NEO_FIX], line);
      },
    );
  });

  test("sentences that are right but short", function () {
    const short = [sentence("GPRMC"), sentence("GPRMC,120000.00,A"), sentence("GPGGA,120000.00")];
    equal(fixesOf([lines(short.concat([NEO_RMC], short, [NEO_GGA]))]), [NEO_FIX]);
  });

  test("a sentence cut short runs into the next", function () {
    equal(fixesOf([NEO_RMC.slice(0, 30) + lines([NEO_RMC, NEO_GGA])]), [NEO_FIX]);
    equal(fixesOf([lines([NEO_RMC]) + MT3339_GGA.slice(0, 60) + lines([NEO_GGA])]), [NEO_FIX]);
    equal(fixesOf([NEO_RMC + NEO_GGA + "\r\n"]), [], "only the last of a line counts");
  });

  test("foreign bytes between sentences, among them line ends and $", function () {
    const ubx = "\xb5b\x01\x07\x5c\0\r$\n\xff$\0\x80";
    equal(fixesOf([ubx + lines([NEO_RMC]) + ubx + lines([NEO_GGA])]), [NEO_FIX]);
    equal(fixesOf((ubx + lines([NEO_RMC]) + ubx + lines([NEO_GGA])).split("")), [NEO_FIX]);
  });

  test("a line that does not end does not grow, and the next is taken", function () {
    let noise = "x";
    while (noise.length < 4096) noise += noise;
    equal(fixesOf([noise, noise + "$GPRMC,", noise + "\r\n", lines([NEO_RMC, NEO_GGA])]), [
      NEO_FIX,
    ]);
    equal(fixesOf([noise, NEO_RMC + "\r\n", NEO_GGA + "\n"]), [NEO_FIX], "no line end between");
  });

  test("the longest lines: 114 characters are taken", function () {
    const long = sentence(
      "GPGGA,120000.00,4830.0000,N,01115.0000,E,1,08,1.0,500.0,M,46.9,M," +
        "0000000000000000000000000000000000000000,0000",
    );
    equal(long.length, 114);
    equal(fixesOf([lines([rmc({}), long])]), [EPOCH_FIX]);
  });

  test("hemispheres", function () {
    equal(fixOf({}), EPOCH_FIX);
    equal(partOf({ lat: "4830.0000,S" }, 1), "-48500000000");
    equal(partOf({ lon: "01115.0000,W" }, 2), "-11250000000");
    equal(partOf({ lat: "0000.0000,N", lon: "00000.0000,E" }, 1), "0");
    equal(partOf({ lat: "0000.0000,N", lon: "00000.0000,E" }, 2), "0");
    equal(partOf({ lat: "0000.0001,S" }, 1), "-1667");
  });

  test("leading zeros are not octal", function () {
    const degrees: [string, string][] = [
      ["00800.0000,E", "8000000000"],
      ["00900.0000,E", "9000000000"],
      ["01000.0000,E", "10000000000"],
      ["01759.9999,E", "17999998333"],
      ["07700,W", "-77000000000"],
      ["09800.0000,W", "-98000000000"],
    ];
    degrees.forEach(function (row) {
      equal(partOf({ lon: row[0] }, 2), row[1], row[0]);
    });
    equal(partOf({ lat: "0101,N" }, 1), "1016666667");
    equal(partOf({ height: "0120,M" }, 3), "120000");
    equal(partOf({ height: "-010,M" }, 3), "-10000");
    equal(partOf({ time: "010101", date: "010110" }, 0), "1262307661000");
  });

  test("hemispheres that are none", function () {
    ["4830.0000,E", "4830.0000,", "4830.0000,NS", "4830.0000,n", "4830.0000,-"].forEach(
      function (lat) {
        equal(fixOf({ lat: lat }), "", lat);
      },
    );
    ["01115.0000,N", "01115.0000,", "01115.0000,EW"].forEach(function (lon) {
      equal(fixOf({ lon: lon }), "", lon);
    });
  });

  test("the ends of the earth", function () {
    equal(partOf({ lat: "9000.0000,N" }, 1), "90000000000");
    equal(partOf({ lat: "9000.0000,S" }, 1), "-90000000000");
    equal(partOf({ lon: "18000.0000,W" }, 2), "-180000000000");
    ["9000.0001,N", "9100.0000,N", "4860.0000,N", "4899.9999,N"].forEach(function (lat) {
      equal(fixOf({ lat: lat }), "", lat);
    });
    ["18000.0001,E", "18100.0000,E", "01160.0000,E", "36000.0000,E"].forEach(function (lon) {
      equal(fixOf({ lon: lon }), "", lon);
    });
  });

  test("coordinates that are none", function () {
    const others = [
      "",
      "48",
      "4",
      "48.5",
      "-830.0000",
      "48-1.0000",
      "48 1.0000",
      "4830.0.0",
      "48.0000",
    ];
    others.concat(["4830e1", "0x1F.0", "48.", "+830.00", "48NaN"]).forEach(function (lat) {
      equal(fixOf({ lat: lat + ",N" }), "", lat);
    });
  });

  test("coordinates without decimals, or without digits after the point", function () {
    equal(partOf({ lat: "4830,N" }, 1), "48500000000");
    equal(partOf({ lat: "4830.,N" }, 1), "48500000000");
    equal(partOf({ lon: "01115,E" }, 2), "11250000000");
  });

  test("status V, and no status", function () {
    equal(fixOf({ status: "V" }), "");
    equal(fixOf({ status: "" }), "");
    equal(fixOf({ status: "a" }), "");
  });

  test("GGA quality 0, none, and others", function () {
    ["0", "", "-1", "x", "00"].forEach(function (quality) {
      equal(fixOf({ quality: quality }), "", quality);
    });
    ["1", "2", "4", "5"].forEach(function (quality) {
      equal(fixOf({ quality: quality }), EPOCH_FIX, quality);
    });
  });

  test("heights", function () {
    equal(partOf({ height: "-430.5,M" }, 3), "-430500");
    equal(partOf({ height: "0.0,M" }, 3), "0");
    equal(partOf({ height: "8848,M" }, 3), "8848000");
    equal(partOf({ height: "278.020,M" }, 3), "278020");
    ["", "x", "1e3", "--5", "1-", "5.0.0", "."].forEach(function (height) {
      equal(fixOf({ height: height + ",M" }), "", height);
    });
    equal(fixOf({ height: "500.0,F" }), "", "feet");
    equal(fixOf({ height: "500.0," }), "", "no unit");
  });

  test("times of day", function () {
    equal(partOf({ time: "000000" }, 0), "1717286400000");
    equal(partOf({ time: "235959.999" }, 0), "1717372799999");
    equal(partOf({ time: "120000.5" }, 0), "1717329600500");
    equal(partOf({ time: "235960.00" }, 0), "1717372800000");
    ["", "12", "1200", "12000", "240000", "126000", "120061", "-10000", "12:00:00"].forEach(
      function (time) {
        equal(fixOf({ time: time }), "", time);
      },
    );
  });

  test("dates: a leap day, the ends of a year, the century", function () {
    equal(partOf({ date: "290224", time: "000000" }, 0), "1709164800000");
    equal(partOf({ date: "290200", time: "000000" }, 0), "951782400000");
    equal(partOf({ date: "311299", time: "235959" }, 0), "946684799000");
    equal(partOf({ date: "010100", time: "000000" }, 0), "946684800000");
    equal(partOf({ date: "060180", time: "000000" }, 0), "315964800000");
    equal(partOf({ date: "311279", time: "000000" }, 0), "3471206400000");
    equal(partOf({ date: "190138", time: "031408" }, 0), "2147483648000");
  });

  test("dates that are none", function () {
    const others = ["", "0", "00000", "320124", "000124", "010024", "011324", "310424", "290223"];
    others
      .concat(["300224", "290225", "0206240", "02062024", "02-624", "020 24"])
      .forEach(function (date) {
        equal(fixOf({ date: date }), "", date);
      });
  });

  test("a bad sentence changes nothing", function () {
    const bad = [rmc({ date: "310224" }), rmc({ lat: "9900.0,N" }), "$GPRMC*00"];
    equal(fixesOf([lines([rmc({})].concat(bad, [gga({})]))]), [EPOCH_FIX]);
    const others = [gga({ height: "x,M" }), gga({ height: ",M" }), gga({ time: "990000" })];
    equal(fixesOf([lines([gga({})].concat(others, [rmc({})]))]), [EPOCH_FIX]);
  });
});
