// The CO2 sensor on its line, asked as often as it measures.

import type { Platform, UartLine, UartPlace } from "./platform.js";
import type { Sampler } from "./report/sampler.js";
import type { Co2Driver, Co2Sensor } from "./sensors/co2-sensor.js";

/**
 * Asks for good. `place`: where its UART is, if it has one. Throws when the board has no line for it; then nothing has
 * been started.
 */
export function senseCo2(
  platform: Platform,
  driver: Co2Driver,
  place: UartPlace | undefined,
  preheatS: number | undefined,
  sampler: Sampler,
): Co2Sensor {
  const { i2c, timer } = platform;
  let line: UartLine;

  function open(settings: NonNullable<Co2Driver["uart"]>, { device, rx, tx, path }: UartPlace) {
    const { baud, parity } = settings;
    line = platform.uart.open({ device, baud, parity, rx, tx, path }, function (bytes) {
      sensor.push(bytes);
    });
  }

  function ask(): void {
    sensor.measure();
    timer.start(driver.periodMs, ask);
  }

  if (driver.uart ? !place : !i2c) throw new Error("no line for " + driver.name);
  if (driver.uart) open(driver.uart, place!);
  const sensor = driver.create({
    write: function (bytes) {
      line.write(bytes);
    },
    bus: i2c,
    after: timer.start,
    preheatMs: preheatS === undefined ? undefined : preheatS * 1000,
    onCo2Ppm: sampler.onCo2Ppm,
    onGap: sampler.onCo2Gap,
  });
  ask();
  return sensor;
}
