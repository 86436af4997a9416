// The CO2 sensor on its line, asked as often as it measures.

import type { Platform, UartPlace } from "./platform.js";
import type { Sampler } from "./report/sampler.js";
import { openSensor } from "./sensors/co2-sensor.js";
import type { Co2Driver, Co2Sensor, Co2Surroundings } from "./sensors/co2-sensor.js";

/**
 * Asks for good. `place`: where its UART is, if it has one. Throws when the board has no line for it; then nothing has
 * been started.
 */
export function senseCo2(
  { i2c, timer, uart }: Platform,
  driver: Co2Driver,
  place: UartPlace | undefined,
  preheatS: number | undefined,
  sampler: Sampler,
): Co2Sensor {
  if (driver.uart ? !place : !i2c) throw new Error("no line for " + driver.name);
  const around: Co2Surroundings = {
    bus: i2c,
    after: timer.start,
    preheatMs: preheatS === undefined ? undefined : preheatS * 1000,
    onCo2Ppm: sampler.onCo2Ppm,
    onGap: sampler.onCo2Gap,
  };
  const sensor = openSensor(driver, around);

  function ask(): void {
    sensor.measure();
    timer.start(driver.periodMs, ask);
  }

  if (driver.uart) {
    const { baud, parity } = driver.uart;
    const { device, rx, tx, path } = place!;
    around.line = uart.open({ device, baud, parity, rx, tx, path }, sensor.push);
  }
  ask();
  return sensor;
}
