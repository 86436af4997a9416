// A simulated Sensirion SCD40 or SCD41 on I2C, after the SCD4x data sheet (1.7 of April 2025), section 3: address
// 0x62, one value in 5 or 30 seconds, settings in RAM until they are persisted, an EEPROM good for 2,000
// writes. While a command runs the sensor acknowledges nothing, and while it measures only what table 9
// allows; times of a millisecond are not kept. Written from the data sheet, not from the driver.

import type { FaultName } from "./faults.js";
import type { I2cBus } from "./i2c-bus.js";
import { MeasuredAir } from "./measured-air.js";
import { type Outcome, SensirionDevice, type SensirionSensor } from "./sensirion-device.js";
import { Eeprom, faultsOf, type Twin, type TwinOptions } from "./twin.js";

export const SCD4X_ADDRESS = 0x62;
export const SCD4X_EEPROM_WRITES = 2000;
/** Table 7, corrected in version 1.4. */
const POWER_UP_MS = 30;
const TEMPERATURE_C = 25;
const HUMIDITY_PERCENT = 37;
const MOST_PPM = 40_000;
const SERIAL = [0xf896, 0x9f07, 0x3bbe];
const SEA_LEVEL_HPA = 1013;
/** Section 3.8.1: a forced value is taken only after three minutes of measuring. */
const MEASURED_BEFORE_FORCED_MS = 180_000;
const FAILED = 0xffff;

/** Only the lower eleven bits say whether there is something; the highest is set in real ones all the same. */
const NOT_READY = 0x8000;
const READY = 0x8006;

export type Scd4xModel = "SCD40" | "SCD41";

const VARIANTS: Readonly<Record<Scd4xModel, number>> = { SCD40: 0x0440, SCD41: 0x1408 };

const Command = {
  start: 0x21b1,
  startLowPower: 0x21ac,
  single: 0x219d,
  read: 0xec05,
  stop: 0x3f86,
  ready: 0xe4b8,
  pressure: 0xe000,
  forcedValue: 0x362f,
  persist: 0x3615,
  serial: 0x3682,
  selfTest: 0x3639,
  factoryReset: 0x3632,
  reinit: 0x3646,
  variant: 0x202f,
  powerDown: 0x36e0,
  wakeUp: 0x36f6,
} as const;

const WHILE_MEASURING: readonly number[] = [
  Command.read,
  Command.stop,
  Command.ready,
  Command.pressure,
];

/** These are the SCD41's. */
const LARGER_MODEL_ONLY: readonly number[] = [
  Command.single,
  Command.powerDown,
  Command.wakeUp,
  0x2445,
  0x2340,
  0x244e,
  0x234b,
];

/** How long the sensor is deaf after each, in ms. */
const DURATION_MS: ReadonlyMap<number, number> = new Map([
  [Command.single, 5000],
  [Command.stop, 500],
  [Command.forcedValue, 400],
  [Command.persist, 800],
  [Command.selfTest, 10_000],
  [Command.factoryReset, 1200],
  [Command.reinit, 30],
  [Command.wakeUp, 30],
]);

const FACTORY = {
  /** 4 °C, of 175 °C in 16 bits. */
  temperatureOffset: 0x05da,
  altitudeM: 0,
  hasAsc: 1,
  ascTargetPpm: 400,
  ascInitialH: 44,
  ascStandardH: 156,
};

type Setting = keyof typeof FACTORY;

const SETTERS: ReadonlyMap<number, Setting> = new Map([
  [0x241d, "temperatureOffset"],
  [0x2427, "altitudeM"],
  [0x2416, "hasAsc"],
  [0x243a, "ascTargetPpm"],
  [0x2445, "ascInitialH"],
  [0x244e, "ascStandardH"],
]);

const GETTERS: ReadonlyMap<number, Setting> = new Map([
  [0x2318, "temperatureOffset"],
  [0x2322, "altitudeM"],
  [0x2313, "hasAsc"],
  [0x233f, "ascTargetPpm"],
  [0x2340, "ascInitialH"],
  [0x234b, "ascStandardH"],
]);

const PERIODIC_MS = 5000;
const LOW_POWER_MS = 30_000;

/** Of `full` in 16 bits, rounded up as in the data sheet's examples. */
function wordOf(value: number, full: number): number {
  return Math.ceil((value / full) * 0x10000);
}

class Scd4x implements SensirionSensor, Twin {
  readonly address = SCD4X_ADDRESS;
  private readonly air: MeasuredAir;
  private readonly powerUpMs: number;
  private readonly eeprom = new Eeprom(FACTORY, SCD4X_EEPROM_WRITES);
  private settings = FACTORY;
  private pressureHpa = SEA_LEVEL_HPA;
  private busyUntilMs = 0;
  private isAsleep = false;
  /** 0 while idle. */
  private periodMs = 0;
  private startedMs = 0;
  private readCount = 0;
  private measuredMs = 0;
  private hasSingle = false;

  constructor(
    private readonly options: TwinOptions,
    private readonly model: Scd4xModel,
  ) {
    this.powerUpMs = options.warmUpMs ?? POWER_UP_MS;
    this.air = new MeasuredAir({ ...options, warmUpMs: 0 }, { warmUpMs: 0, plateauPpm: 0 });
    this.reboot();
  }

  get eepromWrites(): number {
    return this.eeprom.writes;
  }

  reboot(): void {
    this.air.reboot();
    this.forget();
    this.isAsleep = false;
    this.pressureHpa = SEA_LEVEL_HPA;
    this.busyFor(this.powerUpMs);
  }

  isBusy(): boolean {
    return this.isAsleep || this.options.clock.nowMs() < this.busyUntilMs;
  }

  /** This one never holds the clock. */
  stretchMs(): number {
    return 0;
  }

  obey(command: number, words: readonly number[]): Outcome {
    if (this.isAsleep && command === Command.wakeUp) return this.wakeUp();
    if (this.isBusy() || !this.mayObey(command)) return "refused";
    const outcome = this.obeyNow(command, words);
    if (outcome !== "refused") this.busyFor(DURATION_MS.get(command) ?? 0);
    return outcome;
  }

  private mayObey(command: number): boolean {
    if (this.model === "SCD40" && LARGER_MODEL_ONLY.includes(command)) return false;
    return this.periodMs === 0 || WHILE_MEASURING.includes(command);
  }

  private obeyNow(command: number, words: readonly number[]): Outcome {
    const setter = SETTERS.get(command);
    if (setter) return this.set(setter, words);
    if (command === Command.pressure) return this.pressure(words);
    if (command === Command.forcedValue) return this.force(words);
    if (words.length > 0) return "refused";
    const getter = GETTERS.get(command);
    return getter ? () => [this.settings[getter]] : (this.ask(command) ?? this.act(command));
  }

  /** Commands with an answer. */
  private ask(command: number): Outcome | undefined {
    switch (command) {
      case Command.ready:
        return () => [this.isReady() ? READY : NOT_READY];
      case Command.read:
        return this.isReady() ? (fault) => this.reading(fault) : "refused";
      case Command.serial:
        return () => SERIAL;
      case Command.variant:
        return () => [VARIANTS[this.model]];
      case Command.selfTest:
        return (fault) => [fault === "error" ? FAILED : 0];
      default:
        return undefined;
    }
  }

  /** Commands without. */
  private act(command: number): Outcome {
    switch (command) {
      case Command.start:
        return this.start(PERIODIC_MS);
      case Command.startLowPower:
        return this.start(LOW_POWER_MS);
      case Command.stop:
        return this.stop();
      case Command.single:
        this.hasSingle = true;
        return "done";
      case Command.persist:
        this.eeprom.write(this.settings);
        return "done";
      case Command.factoryReset:
        this.eeprom.erase();
        return this.forget();
      case Command.reinit:
        return this.forget();
      case Command.powerDown:
        this.isAsleep = true;
        return "done";
      default:
        return "refused";
    }
  }

  private set(name: Setting, words: readonly number[]): Outcome {
    if (words.length !== 1) return "refused";
    this.settings = { ...this.settings, [name]: words[0] };
    return "done";
  }

  private pressure(words: readonly number[]): Outcome {
    if (words.length === 0) return () => [this.pressureHpa];
    if (words.length > 1 || words[0] < 700 || words[0] > 1200) return "refused";
    this.pressureHpa = words[0];
    return "done";
  }

  private force(words: readonly number[]): Outcome {
    if (words.length !== 1) return "refused";
    if (this.measuredMs < MEASURED_BEFORE_FORCED_MS) return () => [FAILED];
    const changePpm = Math.round(this.air.calibrateTo(words[0]));
    return (fault) => [fault === "error" ? FAILED : changePpm + 0x8000];
  }

  private start(periodMs: number): Outcome {
    this.periodMs = periodMs;
    this.startedMs = this.options.clock.nowMs();
    this.readCount = 0;
    this.hasSingle = false;
    return "done";
  }

  private stop(): Outcome {
    if (this.periodMs > 0) this.measuredMs += this.options.clock.nowMs() - this.startedMs;
    this.periodMs = 0;
    return "done";
  }

  /** What is in RAM is again as persisted. */
  private forget(): Outcome {
    this.settings = { ...this.eeprom.read() };
    this.periodMs = this.measuredMs = this.readCount = 0;
    this.hasSingle = false;
    return "done";
  }

  /** Section 3.11.4: not acknowledged, and awake all the same. */
  private wakeUp(): Outcome {
    this.isAsleep = false;
    this.busyFor(DURATION_MS.get(Command.wakeUp)!);
    return "refused";
  }

  private busyFor(durationMs: number): void {
    this.busyUntilMs = this.options.clock.nowMs() + durationMs;
  }

  private measuredCount(): number {
    if (this.periodMs === 0) return this.readCount;
    return Math.floor((this.options.clock.nowMs() - this.startedMs) / this.periodMs);
  }

  private isReady(): boolean {
    return this.hasSingle || this.measuredCount() > this.readCount;
  }

  /** Each value can be read once. */
  private reading(fault: FaultName | undefined): number[] {
    this.readCount = this.measuredCount();
    this.hasSingle = false;
    const ppm = Math.min(Math.round(this.air.ppm(fault)), MOST_PPM);
    return [ppm, wordOf(TEMPERATURE_C + 45, 175), wordOf(HUMIDITY_PERCENT, 100)];
  }
}

/** Puts a sensor on the bus. */
export function attachScd4x(bus: I2cBus, options: TwinOptions, model: Scd4xModel = "SCD41"): Twin {
  const sensor = new Scd4x(options, model);
  bus.attach(new SensirionDevice(sensor, faultsOf(options)));
  return sensor;
}
