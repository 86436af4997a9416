// What Espruino has on a chip, with fakes of the engine's functions: none of it can run on a desktop.
import assert from "node:assert/strict";
import type { Board } from "../../src/firmware/board.js";
import type { Platform } from "../../src/firmware/platform.js";
import { addChip } from "../../src/firmware/ports/espruino-chip.js";

const calls: unknown[][] = [];
/** Of the chip's register: the upper bits are the other core's. */
let word = 0x2105;
let rssi: number | undefined = -61;

const ENGINE = {
  E: {
    enableWatchdog: (...values: unknown[]) => calls.push(["enable", ...values]),
    kickWatchdog: () => calls.push(["kick"]),
  },
  ESP32: { deepSleep: (durationUs: number) => calls.push(["sleep", durationUs]) },
  digitalWrite: (pin: string, value: boolean) => calls.push([pin, value]),
  peek32: (address: number) => (address === 0x3ff48034 ? word : 0),
  require: (name: string) => {
    if (name === "Wifi") return { getStatus: () => ({ rssi }) };
    if (!modules.includes(name)) throw new Error(`Module ${name} not found`);
    return { setOptions: (options: object) => calls.push([name, options]) };
  },
};
let modules: string[] = [];

function chip(board: Partial<Board>): Platform {
  const platform = { state: () => ({ freeVariables: 910 }) } as unknown as Platform;
  // The engine's own has it; Node's `process` is needed here too.
  process.env["MODULES"] = ["Flash", "Wifi", ...modules].join();
  addChip(platform, board as Board);
  delete process.env["MODULES"];
  return platform;
}

describe("ports/espruino-chip", () => {
  before(() => void Object.assign(globalThis, ENGINE));
  after(() => {
    for (const name of Object.keys(ENGINE)) delete (globalThis as Record<string, unknown>)[name];
  });
  beforeEach(() => void (calls.length = 0));
  afterEach(() => void (modules = []));

  it("closes the console that Espruino opens for the whole network, where it is built with one", () => {
    chip({});
    assert.deepEqual(calls, []);
    modules = ["TelnetServer"];
    chip({});
    assert.deepEqual(calls, [["TelnetServer", { mode: "off" }]]);
  });

  it("sleeps in microseconds, as long as 31 bits of them allow", () => {
    chip({}).sleep!(900_000);
    chip({}).sleep!(3_600_000);
    assert.deepEqual(calls, [
      ["sleep", 900_000_000],
      ["sleep", 2_147_483_000],
    ]);
  });

  it("switches the watchdog on once, fed by us alone, and kicks it each time", () => {
    const { feedWatchdog } = chip({});
    feedWatchdog!(720);
    feedWatchdog!(720);
    assert.deepEqual(calls, [["enable", 720, false], ["kick"], ["kick"]]);
  });

  it("shows an alarm on the board's light, where it has one", () => {
    assert.equal(chip({}).alarm, undefined);
    const { alarm } = chip({ alarm: "D2" });
    alarm!(true);
    alarm!(false);
    assert.deepEqual(calls, [
      ["D2", true],
      ["D2", false],
    ]);
  });

  it("tells the cause of the last reset and the signal, where they are known", () => {
    assert.deepEqual(chip({ resetCause: 0x3ff48034 }).state!(), {
      freeVariables: 910,
      rssi: -61,
      resetCause: 5,
    });
    rssi = undefined;
    word = 1;
    assert.deepEqual(chip({}).state!(), { freeVariables: 910 });
  });
});
