// A simulated Sensirion SCD30 on I2C, after its interface description 1.0 (May 2020), section 1.4: address
// 0x61, floats of two words, settings that all survive a reboot. Of the values after a start the first is 0
// and the second too low, as real ones are. What is read without being ready is the value before; arguments
// out of range are not acknowledged: both are assumptions. Written from the document, not from the driver.

import type { FaultName } from "./faults.js";
import type { I2cBus } from "./i2c-bus.js";
import { MeasuredAir } from "./measured-air.js";
import { type Outcome, SensirionDevice, type SensirionSensor } from "./sensirion-device.js";
import { Eeprom, faultsOf, type Twin, type TwinOptions } from "./twin.js";

export const SCD30_ADDRESS = 0x61;
const FIRMWARE = 0x0342;
const TEMPERATURE_C = 25;
const HUMIDITY_PERCENT = 37;
const MOST_PPM = 40_000;
/** Section 1.1: in each frame, and once a day. */
const USUAL_STRETCH_MS = 30;
const LONGEST_STRETCH_MS = 150;
/** What the second value after a start is of the true one. */
const EARLY_PART = 0.4;

const Command = {
  start: 0x0010,
  stop: 0x0104,
  ready: 0x0202,
  read: 0x0300,
  interval: 0x4600,
  altitude: 0x5102,
  forcedValue: 0x5204,
  selfCalibration: 0x5306,
  temperatureOffset: 0x5403,
  firmware: 0xd100,
  reset: 0xd304,
} as const;

interface Settings {
  readonly isMeasuring: boolean;
  readonly pressureMbar: number;
  readonly intervalS: number;
  readonly altitudeM: number;
  readonly selfCalibration: number;
  /** In hundredths of a kelvin. */
  readonly temperatureOffset: number;
}

const FACTORY: Settings = {
  isMeasuring: false,
  pressureMbar: 0,
  intervalS: 2,
  altitudeM: 0,
  selfCalibration: 0,
  temperatureOffset: 0,
};

/** Settings that one word sets and the command alone reads: which, and from where to where. */
const WORDS: ReadonlyMap<number, [keyof Settings, number, number]> = new Map([
  [Command.interval, ["intervalS", 2, 1800]],
  [Command.altitude, ["altitudeM", 0, 0xffff]],
  [Command.selfCalibration, ["selfCalibration", 0, 1]],
  [Command.temperatureOffset, ["temperatureOffset", 0, 0xffff]],
]);

const USUAL_FORCED_PPM = 400;

function wordsOfFloat(value: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return [bytes.readUInt16BE(0), bytes.readUInt16BE(2)];
}

class Scd30 implements SensirionSensor, Twin {
  readonly address = SCD30_ADDRESS;
  private readonly air: MeasuredAir;
  private readonly eeprom = new Eeprom<Settings>(FACTORY);
  private startedMs = 0;
  private readCount = 0;
  private lastPpm = 0;
  private forcedPpm = USUAL_FORCED_PPM;

  constructor(private readonly options: TwinOptions) {
    this.air = new MeasuredAir(options, { warmUpMs: 0, plateauPpm: 0 });
  }

  get eepromWrites(): number {
    return this.eeprom.writes;
  }

  /** Goes on measuring if it was. */
  reboot(): void {
    this.air.reboot();
    this.forcedPpm = USUAL_FORCED_PPM;
    this.begin();
  }

  isBusy(): boolean {
    return false;
  }

  stretchMs(fault: FaultName | undefined): number {
    return fault === "late" ? LONGEST_STRETCH_MS : USUAL_STRETCH_MS;
  }

  obey(command: number, words: readonly number[]): Outcome {
    const setting = WORDS.get(command);
    if (setting) return this.setOrGet(setting, words);
    if (command === Command.forcedValue) return this.forcedValue(words);
    if (command === Command.start) return this.start(words);
    return words.length > 0 ? "refused" : this.obeyPlain(command);
  }

  private obeyPlain(command: number): Outcome {
    switch (command) {
      case Command.ready:
        return () => [this.measuredCount() > this.readCount ? 1 : 0];
      case Command.read:
        return (fault) => this.reading(fault);
      case Command.firmware:
        return () => [FIRMWARE];
      case Command.stop:
        this.eeprom.write({ isMeasuring: false });
        return "done";
      case Command.reset:
        this.reboot();
        return "done";
      default:
        return "refused";
    }
  }

  private setOrGet(
    [name, least, most]: [keyof Settings, number, number],
    words: readonly number[],
  ) {
    if (words.length === 0) return () => [Number(this.eeprom.read()[name])];
    if (words.length > 1 || words[0] < least || words[0] > most) return "refused";
    this.eeprom.write({ [name]: words[0] });
    return "done";
  }

  private start(words: readonly number[]): Outcome {
    const [pressureMbar] = words;
    const isPressure = pressureMbar === 0 || (pressureMbar >= 700 && pressureMbar <= 1400);
    if (words.length !== 1 || !isPressure) return "refused";
    const wasMeasuring = this.eeprom.read().isMeasuring;
    this.eeprom.write({ isMeasuring: true, pressureMbar });
    // Another pressure on the way does not begin anew.
    if (!wasMeasuring) this.begin();
    return "done";
  }

  private forcedValue(words: readonly number[]): Outcome {
    if (words.length === 0) return () => [this.forcedPpm];
    if (words.length > 1 || words[0] < 400 || words[0] > 2000) return "refused";
    this.forcedPpm = words[0];
    this.air.calibrateTo(this.forcedPpm);
    this.eeprom.write({});
    return "done";
  }

  private begin(): void {
    this.startedMs = this.options.clock.nowMs();
    this.readCount = 0;
    this.lastPpm = 0;
  }

  private measuredCount(): number {
    const { isMeasuring, intervalS } = this.eeprom.read();
    if (!isMeasuring) return this.readCount;
    return Math.floor((this.options.clock.nowMs() - this.startedMs) / (1000 * intervalS));
  }

  private reading(fault: FaultName | undefined): number[] {
    const count = this.measuredCount();
    if (count > this.readCount) {
      this.readCount = count;
      this.lastPpm = this.valueOf(count, fault);
    }
    const ppm = fault === "plateau" ? 0 : this.lastPpm;
    return [ppm, TEMPERATURE_C, HUMIDITY_PERCENT].flatMap(wordsOfFloat);
  }

  private valueOf(count: number, fault: FaultName | undefined): number {
    if (count === 1) return 0;
    const ppm = Math.min(this.air.ppm(fault), MOST_PPM);
    return count === 2 ? EARLY_PART * ppm : ppm;
  }
}

/** Puts a sensor on the bus. */
export function attachScd30(bus: I2cBus, options: TwinOptions): Twin {
  const sensor = new Scd30(options);
  bus.attach(new SensirionDevice(sensor, faultsOf(options)));
  return sensor;
}
