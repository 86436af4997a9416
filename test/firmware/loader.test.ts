// The loader with its power cut at each step of an update, in a model of Espruino's Storage, and in the real engine: what
// the board boots is always a whole program.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import vm from "node:vm";
import { confirmTrial } from "../../src/firmware/update.js";
import { createProgramStore, POWER_CUT } from "../portable/program-store.js";
import type { ProgramStore } from "../portable/program-store.js";
import { createUpdateWorld } from "../portable/update-world.js";
import { bootEspruino } from "../support/espruino.js";
import type { Espruino } from "../support/espruino.js";
import { findProgram } from "../support/suites.js";

const LOADER = readFileSync("build/loader.js", "latin1");
const ROOM = 1_000_000;

/** It tells which one it is, at its end. */
const programOf = (name: string) => `/*${"-".repeat(1200)}*/ran("${name}")`;

interface Boot {
  /** What has run, to its end. */
  readonly ran: string[];
  readonly place: string | undefined;
  readonly trial: { delayMs: number; callback: () => void } | undefined;
  readonly locked: string[];
  readonly log: string[];
}

class Reboot extends Error {}

/** As a chip does; `program`: what a program calls besides. */
function boot(storage: ProgramStore, surroundings: object = {}): Boot {
  const [ran, locked, log]: string[][] = [[], [], []];
  const timers: { delayMs: number; callback: () => void }[] = [];
  const context: Record<string, unknown> = {
    require: () => storage,
    E: {
      setPassword: (password: string) => void locked.push(password),
      lockConsole: () => void locked.push("locked"),
      reboot: () => assert.fail(new Reboot()),
    },
    load: () => assert.fail("only on Linux"),
    process: { env: { BOARD: "ESP32" } },
    console: { log: (level: string, line: string) => void log.push(`${level} ${line}`) },
    // A handle is never 0.
    setTimeout: (callback: () => void, delayMs: number) => timers.push({ callback, delayMs }),
    ran: (name: string) => void ran.push(name),
    ...surroundings,
  };
  context["global"] = context;
  vm.runInNewContext(LOADER, context);
  const { microspimePlace: place, microspimeTrial: handle } = context as {
    microspimePlace?: string;
    microspimeTrial?: number;
  };
  return { ran, place, trial: handle === undefined ? undefined : timers[handle - 1], locked, log };
}

function withFiles(files: Record<string, string>): ProgramStore {
  const storage = createProgramStore(ROOM);
  Object.entries(files).forEach(([name, text]) => storage.write(name, text));
  return storage;
}

describe("the loader", () => {
  const [a, b] = [programOf("a"), programOf("b")];
  const both = { "microspime.a": a, "microspime.b": b };

  it("runs the confirmed one, and a where none is", () => {
    assert.deepEqual(boot(withFiles(both)).ran, ["a"]);
    assert.deepEqual(boot(withFiles({ ...both, "microspime.run": "b" })).ran, ["b"]);
    assert.deepEqual(boot(withFiles({ ...both, "microspime.run": "x" })).ran, ["a"]);
    assert.deepEqual(boot(withFiles({ ...both, "microspime.run": "\xff" })).ran, ["a"]);
  });

  it("runs the other one where a file is missing", () => {
    assert.deepEqual(boot(withFiles({ "microspime.b": b })).ran, ["b"]);
    assert.deepEqual(boot(withFiles({ "microspime.a": a, "microspime.run": "b" })).ran, ["a"]);
    assert.deepEqual(boot(withFiles({ "microspime.a": a, "microspime.try": "b9" })).ran, ["a"]);
  });

  it("tries one once, for as long as it is told", () => {
    const storage = withFiles({ ...both, "microspime.try": "b90" });
    const trial = boot(storage);
    assert.deepEqual([trial.ran, trial.place, trial.trial?.delayMs], [["b"], "b", 90_000]);
    assert.throws(() => trial.trial?.callback(), Reboot);
    const next = boot(storage);
    assert.deepEqual([next.ran, next.place, next.trial], [["a"], "a", undefined]);
  });

  it("tries it for ten minutes where nobody says for how long", () => {
    const storage = withFiles({ ...both, "microspime.try": "b" });
    assert.equal(boot(storage).trial?.delayMs, 600_000);
  });

  it("tries nothing of an order that is torn", () => {
    const { ran, trial } = boot(withFiles({ ...both, "microspime.try": "\xff\xff\xff" }));
    assert.deepEqual([ran, trial], [["a"], undefined]);
  });

  it("restarts a board whose program on trial throws; one that is confirmed says so and stays", () => {
    const broken = "throw new Error('broken')";
    const storage = withFiles({ ...both, "microspime.b": broken, "microspime.try": "b90" });
    const restarts: number[] = [];
    const setTimeout = (_: unknown, delayMs: number) => restarts.push(delayMs);
    assert.deepEqual(boot(storage, { setTimeout }).log, [
      "error program place=b reason=Error: broken",
    ]);
    assert.deepEqual(restarts, [90_000, 1000]);
    const { ran, log } = boot(withFiles({ "microspime.a": broken }), { setTimeout });
    assert.deepEqual([ran, log], [[], ["error program place=a reason=Error: broken"]]);
    assert.equal(restarts.length, 2);
  });

  it("locks the console before all else", () => {
    const locks: string[] = [];
    const storage = withFiles({ ...both, "microspime.lock": "secret" });
    const { locked } = boot(storage, { ran: () => void locks.push("ran") });
    assert.deepEqual([locked, locks], [["secret", "locked"], ["ran"]]);
    assert.deepEqual(boot(withFiles(both)).locked, []);
  });
});

/** What the board did before its power went; each program that is tried confirms itself. */
function life(storage: ProgramStore, updates: readonly string[]): void {
  for (const name of updates) {
    const running = boot(storage);
    const world = createUpdateWorld(storage, String(running.place));
    world.send(programOf(name));
    // The place had another program of that length.
    if (!world.restarts) world.send(programOf(name));
    const trial = boot(storage);
    const { platform } = createUpdateWorld(storage, String(trial.place));
    platform.console!["microspimeTrial"] = platform.timer.start(1, () => {});
    if (trial.trial) confirmTrial(platform);
  }
}

const UPDATES = ["second", "third"];

describe("an update whose power is cut", () => {
  const begin = () => {
    const storage = withFiles({ "microspime.a": programOf("first") });
    createUpdateWorld(storage, "a");
    return storage;
  };
  let steps: number;
  before(() => {
    const storage = begin();
    const before = storage.steps;
    life(storage, UPDATES);
    steps = storage.steps - before;
    assert.deepEqual(boot(storage).ran, ["third"]);
  });

  it("leaves a whole program at each step, and can be had again", () => {
    assert.ok(steps > 40, `${steps} steps`);
    const booted = new Set<string>();
    for (let cut = 0; cut < steps; cut++) {
      const storage = begin();
      storage.cutAfter(cut);
      assert.throws(() => life(storage, UPDATES), { message: POWER_CUT }, `step ${cut}`);
      storage.powerOn();
      const { ran } = boot(storage);
      assert.equal(ran.length, 1, `step ${cut}: ${ran.join()}`);
      booted.add(ran[0]);
      // Of two that were left on trial the confirmed one comes back.
      const again = boot(storage);
      assert.deepEqual([again.ran.length, again.trial], [1, undefined], `step ${cut}`);
      life(storage, UPDATES);
      assert.deepEqual(boot(storage).ran, ["third"], `step ${cut}`);
    }
    assert.deepEqual([...booted], ["first", "second", "third"]);
  });
});

const binary = process.env["ESPRUINO"] && findProgram(process.env["ESPRUINO"]);
const skipped = binary ? "" : " (skipped: set ESPRUINO)";

(skipped ? describe.skip : describe)(`the loader in the real Espruino${skipped}`, function () {
  this.timeout(30_000);
  const says = (name: string) => `console.log("info","runs ${name} "+microspimePlace)`;
  let engine: Espruino | undefined;
  const lines: string[] = [];
  afterEach(() => engine?.stop());

  async function start(files: Record<string, string>): Promise<void> {
    lines.length = 0;
    const onLine = (line: string) => void lines.push(line);
    engine = await bootEspruino({
      binary: String(binary),
      files: { ".bootcde": LOADER, ...files },
      onLine,
    });
  }

  async function heard(text: RegExp): Promise<void> {
    for (let waited = 0; !lines.some((line) => text.test(line)); waited += 50) {
      assert.ok(waited < 8000, `no ${text}: ${lines.join("\n")}`);
      await delay(50);
    }
  }

  it("goes back from a program that throws, at once", async () => {
    const files = { "microspime.a": says("a"), "microspime.b": "throw new Error('broken')" };
    await start({ ...files, "microspime.try": "b600" });
    await heard(/error program place=b reason=Error: broken/);
    await heard(/runs a a/);
  });

  it("goes back from one that does nothing, when its time is over", async () => {
    await start({ "microspime.a": says("a"), "microspime.b": says("b"), "microspime.try": "b1" });
    await heard(/runs b b/);
    await heard(/runs a a/);
  });

  it("has a locked console say its log, and do nothing that is typed", async () => {
    const program = `setInterval(function(){console.log("info","tick")},200)`;
    await start({ "microspime.a": program, "microspime.lock": "open sesame" });
    await heard(/info tick/);
    engine?.write("console.log('typed '+(40+2))\n");
    await heard(/Invalid password/);
    lines.length = 0;
    await heard(/info tick/);
    assert.ok(!lines.some((line) => line.includes("typed 42")));
    engine?.write("open sesame\n");
    await heard(/Logged in/);
    engine?.write("console.log('typed '+(40+2))\n");
    await heard(/typed 42/);
  });
});
