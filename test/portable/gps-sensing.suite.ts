// The GPS receiver on a board's line.

import { senseGps } from "../../src/firmware/gps-sensing.js";
import type { Fix } from "../../src/firmware/sensors/nmea.js";
import { RECEIVER, ubloxAnswer, ubloxStart } from "../../src/firmware/sensors/ublox.js";
import { createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import { equal, suite, thrownBy } from "./suite.js";

const SETTINGS = { device: "gps", baud: 9600 };
/** An MT3339's, 2015-04-13 20:26:40. */
const EPOCH =
  "$GPRMC,202640.000,A,4404.1306,N,12118.8515,W,0.03,225.97,130415,,,D*73\r\n" +
  "$GPGGA,202640.000,4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,-19.6,M,0000,0000*6C\r\n";
const GSA = "$GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1*39\r\n";

function sense(isUblox: boolean): { platform: FakePlatform; times: number[] } {
  const platform = createFakePlatform();
  const times: number[] = [];
  function onFix(fix: Fix): void {
    times.push(fix.timeMs);
  }
  senseGps(platform, SETTINGS, onFix, undefined, isUblox ? RECEIVER : undefined);
  return { platform: platform, times: times };
}

export const gpsSensingSuite = suite("gps-sensing", function (test) {
  test("a receiver that cannot be told anything is told nothing", function () {
    const { platform, times } = sense(false);
    platform.line("gps").push(EPOCH + GSA);
    equal([times, platform.line("gps").sent()], [[1428956800000], ""]);
  });

  test("a u-blox is told what is wanted, and what is not when it comes", function () {
    const { platform, times } = sense(true);
    equal(platform.line("gps").sent(), ubloxStart());
    platform.line("gps").push(EPOCH);
    equal([times, platform.line("gps").sent()], [[1428956800000], ""]);
    platform.line("gps").push(GSA + GSA.replace("*39", "*00"));
    equal(platform.line("gps").sent(), ubloxAnswer("GPGSA"));
  });

  test("a u-blox that sends no RMC any more, because it was without power, is told again", function () {
    const { platform } = sense(true);
    platform.line("gps").sent();
    for (let count = 0; count < 19; count++) platform.line("gps").push(GSA);
    equal(platform.line("gps").sent().split(ubloxStart()).length, 1, "it may be to come");
    platform.line("gps").push(EPOCH);
    for (let count = 0; count < 20; count++) platform.line("gps").push(GSA);
    equal(platform.line("gps").sent().split(ubloxStart()).length, 2);
    for (let count = 0; count < 20; count++) platform.line("gps").push(GSA.replace("*39", "*00"));
    equal(platform.line("gps").sent(), ubloxStart(), "damaged ones count, too");
  });

  test("without the room for it a sentence is lost, and the next one is read", function () {
    const { platform, times } = sense(false);
    platform.setRoom(250);
    platform.line("gps").push(EPOCH);
    platform.setRoom(251);
    equal(times, []);
    platform.line("gps").push(EPOCH);
    equal(times, [1428956800000]);
  });

  test("a board without its UART throws", function () {
    const { platform } = sense(false);
    platform.uart.open = function () {
      throw new Error("no UART gps");
    };
    const message = thrownBy(function () {
      senseGps(platform, SETTINGS, function () {}, undefined, RECEIVER);
    });
    equal(message, "no UART gps");
  });
});
