// What a u-blox receiver is told. The frames are those that others send to real receivers: CFG-MSG as in
// scarab-osd's issue 484 and a SoftwareSerial sketch for the NEO-6M; VALSET for ZDA as in a clock with a
// receiver of generation 10, but for the version in its first byte (01 there, 00 in UBX-21035062).

import { ubloxAnswer, ubloxStart, ubxFrame } from "../../src/firmware/sensors/ublox.js";
import { fromHex } from "./hex.js";
import { equal, ok, suite } from "./suite.js";

const MSG_OFF: [string, string][] = [
  ["GPGLL", "b56206010300f00100fb11"],
  ["GPGSA", "b56206010300f00200fc13"],
  ["GLGSV", "b56206010300f00300fd15"],
  ["GNVTG", "b56206010300f00500ff19"],
  ["GPGRS", "b56206010300f00600001b"],
  ["GNGST", "b56206010300f00700011d"],
  ["GNZDA", "b56206010300f00800021f"],
  ["GNGBS", "b56206010300f009000321"],
  ["GNGNS", "b56206010300f00d000729"],
];

/** CFG-VALSET keys of UART1 (0x209100XX). */
const KEYS: [string, string][] = [
  ["GPGLL", "ca"],
  ["GPGSA", "c0"],
  ["GPGSV", "c5"],
  ["GPVTG", "b1"],
  ["GPGRS", "cf"],
  ["GPGST", "d4"],
  ["GPZDA", "d9"],
  ["GPGBS", "de"],
  ["GNGNS", "b6"],
];

export const ubloxSuite = suite("sensors/ublox", function (test) {
  test("the frames that receivers know", function () {
    const poll = ubxFrame("\x01\x02", "");
    equal(poll, fromHex("b562010200" + "00030a"));
    const zdaOn = ubxFrame("\x06\x8a", fromHex("01010000d900912001"));
    equal(zdaOn, fromHex("b562068a0900" + "01010000d900912001" + "266b"));
    const outputOff = ubxFrame("\x06\x8a", fromHex("000100000200741000"));
    equal(outputOff, fromHex("b562068a0900" + "000100000200741000" + "20b7"));
  });

  test("each sentence that is not wanted is turned off: CFG-MSG", function () {
    MSG_OFF.forEach(function (row) {
      equal(ubloxAnswer(row[0]).slice(0, 11), fromHex(row[1]), row[0]);
    });
  });

  test("each sentence that is not wanted is turned off in RAM: CFG-VALSET", function () {
    KEYS.forEach(function (row) {
      const payload = fromHex("00010000" + row[1] + "00912000");
      equal(ubloxAnswer(row[0]).slice(11), ubxFrame("\x06\x8a", payload), row[0]);
    });
  });

  test("nothing for what is wanted, unknown, or no sentence", function () {
    [
      "GPRMC",
      "GNRMC",
      "GNGGA",
      "GPTXT",
      "GPBSX",
      "GPSXX",
      "PUBX",
      "",
      "GP",
      "GSV",
      "gpgsv",
    ].forEach(function (name) {
      equal(ubloxAnswer(name), "", name);
    });
  });

  test("at the start: RMC and GGA on", function () {
    const start = ubloxStart();
    ok(start.indexOf(fromHex("b56206010300f00001fb10")) >= 0, "GGA");
    ok(start.indexOf(fromHex("b56206010300f00401ff18")) >= 0, "RMC");
    ok(start.indexOf(fromHex("00010000bb00912001")) >= 0, "GGA, generation 10");
    ok(start.indexOf(fromHex("00010000ac00912001")) >= 0, "RMC, generation 10");
    equal(start.length, 2 * (11 + 17));
  });
});
