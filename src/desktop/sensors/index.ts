// Frames of CO2 sensors, decoded for a person: an independent second reading beside the firmware's drivers.

import { readCm1106 } from "./cm1106.js";
import { readFrames, resynchronising } from "./frame.js";
import type { DecodedFrame, FrameReader } from "./frame.js";
import { readMhz19 } from "./mhz19.js";
import { modbusReader, SENSEAIR, T6713, T6713_I2C } from "./modbus.js";
import { SCD30, SCD4X, sensirionReader } from "./sensirion.js";

export type { DecodedFrame, FieldValue } from "./frame.js";

const READERS = {
  mhz19: resynchronising(readMhz19),
  "senseair-s8": resynchronising(modbusReader(SENSEAIR)),
  t6713: resynchronising(modbusReader(T6713)),
  "t6713-i2c": modbusReader(T6713_I2C),
  cm1106: resynchronising(readCm1106),
  scd30: sensirionReader(SCD30),
  scd4x: sensirionReader(SCD4X),
} satisfies Record<string, FrameReader>;

/** As in a board's data file, and one more for the T6713 on I2C. */
export type Co2SensorName = keyof typeof READERS;

export const CO2_SENSORS = Object.keys(READERS) as readonly Co2SensorName[];

/** Every byte is in one of the frames, in their order. */
export function decodeCo2(sensor: Co2SensorName, bytes: Buffer): DecodedFrame[] {
  return readFrames(READERS[sensor], bytes);
}
