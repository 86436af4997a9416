// A CO2 driver in a world of its own, moved by the test: what it writes, what it tells, and time.

import { openSensor } from "../../src/firmware/sensors/co2-sensor.js";
import type { Co2Driver, Co2Sensor } from "../../src/firmware/sensors/co2-sensor.js";
import { createFakePlatform } from "./fake-platform.js";
import { fromHex, toHex } from "./hex.js";
import { equal, thrownBy } from "./suite.js";
import type { AddTest } from "./suite.js";

export interface Co2World {
  sensor: Co2Sensor;
  /** The values and gaps since the last call: `544`, `gap plateau`. */
  told(): string[];
  /** What was written since the last call, in hexadecimal digits; a write on the bus each, with the address. */
  written(): string[];
  advance(delayMs: number): void;
  /** For so long it is asked as often as it measures, and says this; what was told is forgotten. */
  warmUp(delayMs: number, answer: string): void;
  /** Asks for a value and gives these bytes as what arrives; what was told. */
  measured(bytes: string): string[];
  /** What the device on the bus answers to a read, the first first; `nack` and nothing: it does not. */
  answers: string[];
  /** Whether it takes what is written. */
  isThere: boolean;
  /** The outcome of a command since the last call. */
  outcomes(): string[];
  command(name: Parameters<Co2Sensor["command"]>[0], value: number): void;
}

/** Without `preheatMs` as its datasheet says. */
export function createCo2World(driver: Co2Driver, preheatMs?: number): Co2World {
  const { timer, advance } = createFakePlatform();
  let told: string[] = [];
  let written: string[] = [];
  let outcomes: string[] = [];

  const sensor = openSensor(driver, {
    line: {
      write: function (bytes) {
        written.push(toHex(bytes));
      },
    },
    bus: {
      write: function (address, bytes) {
        written.push(address.toString(16) + " " + toHex(bytes));
        return world.isThere;
      },
      read: function (_address, count) {
        const answer = world.answers.shift();
        if (answer === undefined || answer === "nack") return undefined;
        return fromHex(answer).slice(0, count);
      },
    },
    after: timer.start,
    preheatMs: preheatMs,
    onCo2Ppm: function (co2Ppm) {
      told.push("" + co2Ppm);
    },
    onGap: function (reason) {
      told.push("gap " + reason);
    },
  });

  const world: Co2World = {
    sensor: sensor,
    told: function () {
      const all = told;
      told = [];
      return all;
    },
    written: function () {
      const all = written;
      written = [];
      return all;
    },
    advance: advance,
    warmUp: function (delayMs, answer) {
      for (let ms = 0; ms < delayMs; ms += driver.periodMs) {
        world.measured(answer);
        advance(driver.periodMs);
      }
    },
    measured: function (bytes) {
      sensor.measure();
      sensor.push(bytes);
      return world.told();
    },
    answers: [],
    isThere: true,
    outcomes: function () {
      const all = outcomes;
      outcomes = [];
      return all;
    },
    command: function (name, value) {
      sensor.command(name, value, function (outcome) {
        outcomes.push(outcome);
      });
    },
  };
  return world;
}

/** One that is warm. */
export function warmWorld(driver: Co2Driver): Co2World {
  return createCo2World(driver, 0);
}

/** The hexadecimal digits as `written` tells them. */
export function digits(hex: string): string {
  return hex.split(" ").join("");
}

/** A UART sensor's frames: `first` answers a question before the one for the value, where there is such. */
export interface Answers {
  first?: string;
  frame: string;
  expected: string;
}

function ask(world: Co2World, first?: string): void {
  world.sensor.measure();
  if (first) world.sensor.push(first);
  world.told();
}

/** What a sensor makes of its answer, whichever way it is cut, and of it damaged. */
function proveFrame(driver: Co2Driver, answers: Answers): void {
  const { first, frame, expected } = answers;
  const world = warmWorld(driver);
  for (let at = 0; at <= frame.length; at++) {
    ask(world, first);
    world.sensor.push(frame.slice(0, at));
    world.sensor.push(frame.slice(at));
    equal(world.told(), [expected], "cut at " + at);
  }
  ask(world, first);
  frame.split("").forEach(world.sensor.push);
  equal(world.told(), [expected], "byte by byte");
  for (let bit = 0; bit < 8 * frame.length; bit++) {
    const at = bit >> 3;
    const flipped = String.fromCharCode(frame.charCodeAt(at) ^ (1 << (bit & 7)));
    ask(world, first);
    world.sensor.push(frame.slice(0, at) + flipped + frame.slice(at + 1));
    equal(world.told(), [], "bit " + bit);
  }
  world.sensor.measure();
  equal(world.told(), ["gap check"]);
}

/** What arrives around an answer is nothing: echo, another sensor's frames, halves, what nobody asked for. */
function proveResynchronisation(driver: Co2Driver, answers: Answers): void {
  const { first, frame, expected } = answers;
  const world = warmWorld(driver);
  ask(world, first);
  const echoes = world.written().map(fromHex).join("");
  const plantower = fromHex("42 4d 00 1c 00 0a ff 86 00 11 00 0a 15 04 02 16 05 01 fe 04 08");
  const half = frame.slice(0, frame.length - 1);
  [echoes, echoes.slice(0, 3), plantower, "\xff\xff\xff", "\xff\x86\xff\x86", half].forEach(
    function (other) {
      ask(world, first);
      world.sensor.push(other + frame + other);
      equal(world.told(), [expected], toHex(other));
      world.sensor.push(other);
      world.sensor.push(frame);
      equal(world.told(), [], "nobody asked, " + toHex(other));
      ask(world, first);
      world.sensor.push(frame);
      equal(world.told(), [expected], "after " + toHex(other));
    },
  );
  let noise = "\x01\x02\xff";
  while (noise.length < 400) noise += noise;
  ask(world, first);
  world.sensor.push(noise);
  world.sensor.push(noise + frame);
  equal(world.told(), [expected], "noise");
}

/** Silence is told when it is asked again. */
function proveSilence(driver: Co2Driver): void {
  const world = warmWorld(driver);
  world.sensor.measure();
  world.advance(60000);
  equal(world.told(), []);
  world.sensor.measure();
  world.sensor.measure();
  equal(world.told(), ["gap silent", "gap silent"]);
}

/** For so long nothing counts, and as long as the test says instead. */
function provePreheat(driver: Co2Driver, answers: Answers, preheatMs: number): void {
  [preheatMs, 5000].forEach(function (delayMs) {
    const world = createCo2World(driver, delayMs === preheatMs ? undefined : delayMs);
    function answered(): string[] {
      ask(world, answers.first);
      world.sensor.push(answers.frame);
      return world.told();
    }
    // A clock that is set lets all timers fire at once.
    world.advance(delayMs);
    for (let ms = 0; ms < delayMs; ms += driver.periodMs)
      equal(answered(), ["gap warming-up"], "at " + ms + " of " + delayMs);
    equal(answered(), [answers.expected], "after " + delayMs);
  });
}

/** What every driver on a UART has to do. `preheat`: how long its datasheet has it warm up, for the title and in numbers. */
export function testAnswers(
  test: AddTest,
  driver: Co2Driver,
  answers: Answers,
  preheat: { title: string; delayMs: number },
): void {
  test("an answer cut anywhere, byte by byte, and with any bit flipped", function () {
    proveFrame(driver, answers);
  });

  test("an answer among other bytes, and one that nobody asked for", function () {
    proveResynchronisation(driver, answers);
  });

  test("no answer", function () {
    proveSilence(driver);
  });

  test(preheat.title + " of warming up, or as long as is said", function () {
    provePreheat(driver, answers, preheat.delayMs);
  });
}

/** Asks one on the bus, which says this; what was told. */
export function measuredOnBus(world: Co2World, answers: string[]): string[] {
  world.answers = answers;
  world.sensor.measure();
  world.advance(1000);
  return world.told();
}

/** One on the bus whose first value, with these answers, is over. */
export function measuringWorld(driver: Co2Driver, answers: string[]): Co2World {
  const world = warmWorld(driver);
  measuredOnBus(world, answers);
  world.written();
  return world;
}

/** Commands with values that nobody can mean throw, and name themselves. */
export function proveBounds(
  world: Co2World,
  wrong: [Parameters<Co2World["command"]>[0], number][],
): void {
  wrong.forEach(function (pair) {
    const message = thrownBy(function () {
      world.command(pair[0], pair[1]);
    });
    equal(message.split(" must be ")[0], pair[0]);
  });
}
