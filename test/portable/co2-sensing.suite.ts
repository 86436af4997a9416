// The CO2 sensor on a board's line.

import { senseCo2 } from "../../src/firmware/co2-sensing.js";
import type { UartSettings } from "../../src/firmware/platform.js";
import type { Sampler } from "../../src/firmware/report/sampler.js";
import { DRIVER as MHZ19, mhz19Frame } from "../../src/firmware/sensors/mhz19.js";
import { DRIVER as SCD4X } from "../../src/firmware/sensors/scd4x.js";
import { DRIVER as T6713 } from "../../src/firmware/sensors/t6713.js";
import { createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import { fromHex } from "./hex.js";
import { equal, suite, thrownBy } from "./suite.js";

const PLACE = { device: "co2", rx: "D5", tx: "D4" };
const PPM_608 = fromHex("ff 86 02 60 47 00 00 00 d1");

interface Sensing {
  platform: FakePlatform;
  /** Values, and the reasons of gaps. */
  heard: (number | string)[];
  sampler: Sampler;
}

function setUp(): Sensing {
  const heard: (number | string)[] = [];
  function hear(what: number | string): void {
    heard.push(what);
  }
  const sampler = { onFix: hear as () => void, onCo2Ppm: hear, onCo2Gap: hear, take: () => "" };
  return { platform: createFakePlatform(), heard: heard, sampler: sampler };
}

function sense(preheatS?: number): Sensing {
  const world = setUp();
  senseCo2(world.platform, MHZ19, PLACE, preheatS, world.sampler);
  return world;
}

export const co2SensingSuite = suite("co2-sensing", function (test) {
  test("a UART is opened as the driver wants it, on the board's pins", function () {
    const { platform, sampler } = setUp();
    let opened: UartSettings | undefined;
    platform.uart.open = function (settings) {
      opened = settings;
      return { write: function () {} };
    };
    senseCo2(platform, T6713, PLACE, 0, sampler);
    const settings = { device: "co2", baud: 19200, parity: "e", rx: "D5", tx: "D4" };
    equal(opened, settings);
  });

  test("it is asked at once and with each period, and its values are told", function () {
    const { platform, heard } = sense(0);
    platform.line("co2").push(PPM_608);
    equal(platform.line("co2").sent().length, 9);
    platform.line("co2").push(PPM_608);
    platform.advance(10000);
    equal([platform.line("co2").sent().length, heard], [18, [608, "silent"]]);
  });

  test("why there is none is told", function () {
    const { platform, heard } = sense(0);
    platform.advance(10000);
    equal(heard, ["silent", "silent"]);
    platform.line("co2").push(PPM_608);
    platform.advance(5000);
    platform.line("co2").push(mhz19Frame("\xff\x86\0\0\0\0\0\0"));
    equal(heard.slice(2), [608, "out-of-range"]);
  });

  test("it warms up as long as its datasheet says, or the configuration", function () {
    [undefined, 60].forEach(function (preheatS) {
      const { platform, heard } = sense(preheatS);
      const warmMs = preheatS ? preheatS * 1000 : 180000;
      for (let ms = 0; ms < warmMs; ms += 5000) {
        platform.line("co2").push(PPM_608);
        platform.advance(5000);
      }
      equal(
        heard.filter((what) => what !== "warming-up"),
        [],
      );
      platform.line("co2").push(PPM_608);
      equal(heard.pop(), 608);
    });
  });

  test("one on the bus needs no UART", function () {
    const { platform, sampler, heard } = setUp();
    senseCo2(platform, SCD4X, undefined, undefined, sampler);
    platform.advance(5000);
    equal(heard, ["silent", "silent"]);
  });

  test("a board without its line throws, and nothing has been started", function () {
    const { platform, sampler } = setUp();
    platform.i2c = undefined;
    [MHZ19, SCD4X].forEach(function (driver) {
      const message = thrownBy(function () {
        senseCo2(platform, driver, driver.uart ? undefined : PLACE, 0, sampler);
      });
      equal([message, platform.timers()], ["no line for " + driver.name, 0]);
    });
  });
});
