// What a board answers to whoever sends it another program.

import { confirmTrial } from "../../src/firmware/update.js";
import { createProgramStore } from "./program-store.js";
import { equal, ok, suite } from "./suite.js";
import { createUpdateWorld, programOf, worldWithRoom } from "./update-world.js";

const PROGRAM = programOf("p", 650);
const FILE = "microspime.b";

function progress(at: number): string {
  return '<update xmlns="urn:x-microspime:update" at="' + at + '" bytes="650"></update>';
}

export const updateSuite = suite("update", function (test) {
  test("a signed program comes in pieces into the other place, is checked and tried", function () {
    const world = worldWithRoom();
    world.send(PROGRAM);
    equal(world.answers(), [progress(0), progress(256), progress(512), progress(650), ""]);
    equal(world.store.files[FILE], PROGRAM);
    // 600 and two sample periods.
    equal([world.store.files["microspime.try"], world.restarts], ["b720", 1]);
    ok(world.platform.logged("trial place=b s=720"), "log");
  });

  test("from the place b it goes into a, and the configuration says for how long it is tried", function () {
    const world = worldWithRoom("b");
    world.configuration.updates = { trialS: 90 };
    world.send(PROGRAM);
    equal(
      [world.store.files["microspime.a"], world.store.files["microspime.try"]],
      [PROGRAM, "a90"],
    );
  });

  test("a piece that is not the next one is not written, and its sender told which one is", function () {
    const world = worldWithRoom();
    world.announce(PROGRAM);
    world.chunk(PROGRAM, 256);
    world.chunk(PROGRAM, 0);
    world.chunk(PROGRAM, 0);
    world.ask("try");
    equal(world.answers(), [progress(0), progress(0), progress(256), progress(256), progress(256)]);
    equal(world.restarts, 0);
  });

  test("after a restart it goes on behind the last whole piece", function () {
    const before = worldWithRoom();
    before.announce(PROGRAM);
    before.chunk(PROGRAM, 0);
    before.chunk(PROGRAM, 256);
    const world = createUpdateWorld(before.store, "a");
    world.chunk(PROGRAM, 512);
    equal(world.answers(), ["! wait  unexpected-request"]);
    world.send(PROGRAM);
    equal(world.answers(), [progress(512), progress(650), ""]);
    equal(world.store.files[FILE], PROGRAM);
  });

  test("a program that lies there whole is tried without being sent again", function () {
    const world = worldWithRoom();
    world.store.files[FILE] = PROGRAM;
    world.send(PROGRAM);
    equal(world.answers(), [progress(650), ""]);
  });

  test("what is not the program that was signed is given up, and comes anew", function () {
    const world = worldWithRoom();
    world.store.files[FILE] = programOf("x", 650);
    world.send(PROGRAM);
    equal(world.answers(), [progress(650), "! cancel  conflict"]);
    equal([world.store.files[FILE], world.restarts], [undefined, 0]);
    world.send(PROGRAM);
    equal(world.answers().length, 5);
    equal([world.store.files[FILE], world.restarts], [PROGRAM, 1]);
  });

  test("one of another length in its place gives way", function () {
    const world = worldWithRoom();
    world.store.files[FILE] = programOf("x", 651);
    world.send(PROGRAM);
    equal(world.store.files[FILE], PROGRAM);
  });

  test("what was checked and is about to start is not written over, nor its order given another meaning", function () {
    const other = programOf("q", 640);
    [0, 650].forEach(function (at) {
      const world = worldWithRoom();
      world.announce(PROGRAM);
      while (world.state.at < 650) world.chunk(PROGRAM, world.state.at);
      world.ask("try");
      world.answers();
      world.announce(at ? PROGRAM : other, "1.3.0", "", 10);
      world.ask("chunk", " at='" + at + "'", "RVZJTCgpOw==");
      world.ask("try");
      const busy = "! wait  resource-constraint";
      equal(world.answers(), [busy, busy, busy]);
      world.platform.advance(2000);
      equal([world.store.files[FILE], world.store.files["microspime.try"]], [PROGRAM, "b720"]);
      equal(world.restarts, 1);
    });
  });

  test("only an owner may, and nobody where the board has no key of who signs", function () {
    const world = worldWithRoom();
    world.ask("update", "", "", "other@spime.example/web");
    world.store.erase("microspime.update");
    world.announce(PROGRAM);
    equal(world.answers(), ["! auth  forbidden", "! auth  forbidden"]);
  });

  test("a wrong signature, board, version or size is refused, and nothing written", function () {
    const world = worldWithRoom();
    const steps = world.store.steps;
    world.announce(PROGRAM, "1.3.0", " board='other'");
    world.announce(PROGRAM, "1.2.2");
    world.announce(programOf("p", 0));
    world.ask("update", " board='test' version='9.9.9' bytes='650' digest='x' signature='AAAA'");
    world.platform.advance(0);
    equal(world.answers(), [
      "! modify  not-acceptable",
      "! cancel  not-allowed",
      "! modify  not-acceptable",
      "! auth  not-authorized",
    ]);
    world.chunk(PROGRAM, 0);
    world.ask("try");
    equal(world.answers(), ["! wait  unexpected-request", "! wait  unexpected-request"]);
    equal(world.store.steps, steps);
  });

  test("what was signed for another version, size or digest is not taken for this one", function () {
    ["version='1.3.1'", "bytes='649'", "digest='AAAA'"].forEach(function (change) {
      const world = worldWithRoom();
      const ask = world.ask;
      world.ask = function (name, attributes, text, from) {
        const changed = change.split("=")[0] + "='";
        const parts = (attributes || "").split(changed);
        const rest = parts[1].split("'").slice(1).join("'");
        ask(name, parts[0] + change + rest, text, from);
      };
      world.announce(PROGRAM);
      equal(world.answers(), ["! auth  not-authorized"], change);
    });
  });

  test("an older version is taken where the configuration says so; the same one always", function () {
    const world = worldWithRoom();
    world.configuration.updates = { downgrade: true };
    world.announce(PROGRAM, "1.2.2");
    delete world.configuration.updates;
    world.announce(PROGRAM, "1.2.3");
    world.announce(PROGRAM, "1.10.0");
    equal(world.answers(), [progress(0), progress(0), progress(0)]);
  });

  test("versions are compared by three numbers, however many there are", function () {
    const world = worldWithRoom();
    ["1.2.2.1", "1.1.5000", "1.2", "0.9999.9999"].forEach(function (version) {
      world.announce(PROGRAM, version);
      equal(world.answers(), ["! cancel  not-allowed"], version);
    });
    ["2.0", "1.3", "1.2.3.0", "1.2.10"].forEach(function (version) {
      world.announce(PROGRAM, version);
      equal(world.answers(), [progress(0)], version);
    });
  });

  test("without room for the board's own files beside it, it is refused before anything is written", function () {
    const store = createProgramStore(17000);
    const world = createUpdateWorld(store, "a");
    const free = store.free;
    world.announce(PROGRAM);
    equal([world.answers(), store.free], [["! cancel  policy-violation"], free]);
  });

  test("a store that does not take it ends the update", function () {
    const world = worldWithRoom();
    world.announce(PROGRAM);
    world.chunk(PROGRAM, 0);
    world.answers();
    world.store.files[FILE] = programOf("x", 650);
    world.chunk(PROGRAM, 256);
    world.chunk(PROGRAM, 256);
    equal(world.answers(), ["! wait  internal-server-error", "! wait  unexpected-request"]);
    equal(world.store.files[FILE], undefined);
  });

  test("no update while one is tried: the other place is what it would go back to", function () {
    const world = worldWithRoom();
    world.platform.console!["microspimeTrial"] = 7;
    world.announce(PROGRAM);
    equal(world.answers(), ["! wait  resource-constraint"]);
  });

  test("a board without the loader has no other place", function () {
    const world = worldWithRoom("");
    world.announce(PROGRAM);
    equal(world.answers(), ["! cancel  feature-not-implemented"]);
  });

  test("confirmed once, a trial is over and its timer gone", function () {
    const world = worldWithRoom("b");
    const { platform, store } = world;
    confirmTrial(platform);
    equal(store.files["microspime.run"], undefined);
    const timers = platform.timers();
    platform.console!["microspimeTrial"] = platform.timer.start(600000, function () {});
    confirmTrial(platform);
    equal([store.files["microspime.run"], platform.timers()], ["b", timers]);
    equal(platform.console!["microspimeTrial"], undefined);
  });
});
