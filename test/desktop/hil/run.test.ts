// The rig on the simulation, as a person runs it and from within; in a real Espruino, and on a board on a bench, where
// there is one. `npm run hil` runs all scenarios that ship.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { getEventListeners, once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Failure } from "../../../src/desktop/failure.js";
import { openRecorder } from "../../../src/desktop/hil/recording.js";
import type { RunAudience } from "../../../src/desktop/hil/outcome.js";
import { readRecording } from "../../../src/desktop/hil/replay.js";
import { type RunOptions, runScenario } from "../../../src/desktop/hil/run.js";
import { readScenario } from "../../../src/desktop/hil/scenario.js";
import { nodeTarget } from "../../../src/desktop/hil/targets/node-target.js";
import { assertFailure, assertSuccess, eventsOf, named, runProgram } from "../cli/program.js";
import { type Bench, setBench } from "./bench.js";

const lacksSocat = spawnSync("socat", ["-V"]).error !== undefined;
const binary = process.env["ESPRUINO"];
const lack = binary === undefined ? "set ESPRUINO" : lacksSocat ? "install socat" : undefined;

const QUICK = `title: A quick one
shows: nothing
targets: { node: { speed: 20 } }
notFor: { espruino: it is a test, board: it is a test }
security: plain
sensors:
  gps: { track: [{ lat: 45.5, lon: 9.2, eleM: 120 }] }
  co2: { curve: [[0, 400], [60, 700]] }
always: { co2Ppm: { ofCurve: 10 } }
steps:
  - { expect: report, within: 20, count: 2, place: { lat: 45.5, lon: 9.2, withinM: 5 } }
`;
const EXPECTING = "within: 20, count: 2, place: { lat: 45.5, lon: 9.2, withinM: 5 } }";

const SILENT = { onScene() {}, onVerdict() {}, onHappened() {} };
const shipped = (name: string) => `scenarios/${name}.yaml`;
const passes = (stdout: string) =>
  named(eventsOf(stdout), "verdict").map(({ isPassed }) => isPassed);

describe("a rig", function () {
  this.timeout(30_000);
  let folder: string;
  let file: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "microspime-hil-"));
    file = path.join(folder, "quick.yaml");
    writeFileSync(file, QUICK);
  });
  after(() => rmSync(folder, { recursive: true }));

  function variant(wrong: string, right: string): string {
    const other = path.join(folder, "other.yaml");
    assert.ok(QUICK.includes(wrong));
    writeFileSync(other, QUICK.replace(wrong, right));
    return other;
  }

  function run(
    scenario: string,
    options: Partial<RunOptions> = {},
    audience: RunAudience = SILENT,
    stop = new AbortController().signal,
  ) {
    const node = { target: "node", kind: nodeTarget(), ...options } as const;
    return runScenario(readScenario(scenario), node, audience, stop);
  }

  describe("as a program", () => {
    it("runs a folder of scenarios, leaves out what is for another target, and writes its reports", async () => {
      const many = path.join(folder, "many");
      mkdirSync(many);
      writeFileSync(path.join(many, "a.yaml"), QUICK);
      const other = QUICK.replace("targets: { node: { speed: 20 } }", "targets: { espruino: {} }");
      const reasons = "notFor: { node: it is too fast, board: it is a test }";
      writeFileSync(path.join(many, "b.yaml"), other.replace(/notFor: .*/, reasons));
      const out = path.join(folder, "outs");
      const ended = await runProgram(["hil", "--scenario", many, "--out", out]);
      assertSuccess(ended);
      assert.match(ended.stdout, /✔ +[\d.]+ s 2 reports: within 5 m of 45\.5, 9\.2 within 20 s/);
      assert.match(ended.stdout, /✔ .* always: CO2 within 10 ppm of the air/);
      assert.match(ended.stdout, /not run: it is too fast/);
      // Not a terminal: no colours.
      assert.ok(!ended.stdout.includes("\u001b"));
      assert.match(readFileSync(path.join(out, "a", "report.html"), "utf8"), /passed/);
      assert.match(readFileSync(path.join(out, "a", "junit.xml"), "utf8"), /failures="0"/);
      assert.equal(statSync(path.join(out, "a", "session.jsonl")).mode & 0o777, 0o600);
      assert.ok(!existsSync(path.join(out, "b")));
    });

    it("says what was expected and seen where a step fails, does no more of it, and fails", async () => {
      const wrong = variant(EXPECTING, "within: 5, co2Ppm: { from: 5000 } }\n  - { wait: 1 }");
      const junit = path.join(folder, "junit.xml");
      const ended = await runProgram(["hil", "-s", wrong, "--junit", junit]);
      assert.equal(ended.status, 1, ended.stdout);
      assert.match(ended.stdout, /✖ .* a report: CO2 5000 or more ppm within 5 s/);
      assert.match(ended.stdout, /expected: a report: CO2 5000 or more ppm \(line 11\)/);
      assert.match(ended.stdout, /seen: +1 report, the last: .* \(CO2 4\d\d\)/);
      assert.match(ended.stdout, /– .* wait 1 s/);
      assert.match(readFileSync(junit, "utf8"), /failures="1" errors="0" skipped="1"/);
    });

    it("refuses a wrong scenario with 2, its line and its field", async () => {
      const ended = await runProgram(["hil", "-s", variant("within: 20", "within: never")]);
      assertFailure(ended, 2, /other\.yaml:11: steps\[1\]\.within must be number/, /docs\/hil\.md/);
    });

    it("starts none of a folder's scenarios where one of them cannot be run", async () => {
      const many = path.join(folder, "some");
      mkdirSync(many);
      writeFileSync(path.join(many, "a.yaml"), QUICK);
      const out = path.join(folder, "none");
      for (const [wrong, right, message] of [
        ["co2: {", "co2: { sensor: t6713,", /z\.yaml wants a t6713/],
        ["curve: [[0, 400], [60, 700]]", "recording: none.csv", /none\.csv cannot be read/],
        [
          "track: [{ lat: 45.5, lon: 9.2, eleM: 120 }]",
          "recording: none.nmea",
          /none\.nmea cannot/,
        ],
      ] as const) {
        assert.ok(QUICK.includes(wrong));
        writeFileSync(path.join(many, "z.yaml"), QUICK.replace(wrong, right));
        const ended = await runProgram(["hil", "-s", many, "--out", out, "--json"]);
        assertFailure(ended, 2, message, /./);
        assert.deepEqual(eventsOf(ended.stdout), []);
        assert.ok(!existsSync(out));
      }
    });

    it("writes the recording to where --record says, and beside the reports of --out", async () => {
      const out = path.join(folder, "both");
      const record = path.join(folder, "record.jsonl");
      const ended = await runProgram([
        "hil",
        "-s",
        file,
        "--out",
        out,
        "--record",
        record,
        "--json",
      ]);
      assertSuccess(ended);
      const events = eventsOf(ended.stdout);
      const [{ files }] = named(events, "outcome");
      const session = path.join(out, "session.jsonl");
      assert.deepEqual(files, [
        path.join(out, "report.html"),
        path.join(out, "junit.xml"),
        session,
        record,
      ]);
      assert.deepEqual(readFileSync(record), readFileSync(session));
      assert.match(readFileSync(session, "utf8"), /"kind":"verdict"/);
      // What happens by its kind, a line of the log with its level, name and values as monitor has it.
      assert.ok(events.every(({ event }) => typeof event === "string"));
      const hello = named(events, "log").find(({ name }) => name === "hello");
      assert.equal(hello?.["level"], "info");
      assert.match(String(hello?.["line"]), /^info hello board=/);
      assert.deepEqual(typeof (hello?.["values"] as { board: string }).board, "string");
    });

    it("refuses another clock for a real engine", async () => {
      const ended = await runProgram(["hil", "-s", file, "--target", "board", "--speed", "2"]);
      assertFailure(ended, 2, /--speed is for --target node/, /Leave it out/);
    });

    it("refuses a board without a rig", async () => {
      const ended = await runProgram(["hil", "-s", file, "--target", "board"]);
      assertFailure(ended, 2, /--target board needs --rig/, /docs\/hil\.md/);
    });
  });

  describe("on the simulation", () => {
    it("passes 10-power-cut", async () => {
      const { verdicts, isPassed } = await run(shipped("10-power-cut"));
      assert.ok(isPassed, JSON.stringify(verdicts.filter((one) => !one.isPassed)));
    });

    it("a value that is wrong in one report of many fails what has to be true of all", async () => {
      const { verdicts } = await run(variant("ofCurve: 10", "to: 410"));
      assert.deepEqual(
        verdicts.map(({ isPassed }) => isPassed),
        [true, false],
      );
    });

    it("a session holds bytes, stanzas, log and verdicts, and its sensors can be played again", async () => {
      const session = path.join(folder, "session.jsonl");
      const { isPassed } = await run(file, { recorder: openRecorder(session) });
      assert.ok(isPassed);
      const lines = readFileSync(session, "utf8").split("\n").filter(Boolean);
      const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
      for (const kind of ["scenario", "begin", "bytes", "stanza", "log", "entry", "verdict"]) {
        assert.ok(kinds.includes(kind), kind);
      }
      // In another air than that of the session, which is what the board hears.
      const other = variant("curve: [[0, 400], [60, 700]]", "curve: [[0, 2000]]");
      const { happened, verdicts } = await run(other, { replay: readRecording(session) });
      const ppm = happened.flatMap((one) => (one.kind === "entry" ? [one.entry.co2Ppm] : []));
      assert.ok(ppm.length > 0 && ppm.every((value) => value < 500), `${ppm}`);
      assert.match(`${verdicts.at(-1)?.seen}`, /but the air was 2000/);
    });

    it("however often a run waits it listens once to what stops it, and no more at its end", async () => {
      const waits = Array.from({ length: 3 }, () => "  - { wait: 0.1 }\n").join("");
      const waiting = variant("steps:\n", `steps:\n${waits}`);
      const { signal } = new AbortController();
      const counts: number[] = [];
      const onVerdict = () => void counts.push(getEventListeners(signal, "abort").length);
      await run(waiting, {}, { ...SILENT, onVerdict }, signal);
      assert.deepEqual(counts, [1, 1, 1, 1, 1]);
      assert.deepEqual(getEventListeners(signal, "abort"), []);
    });

    it("a run that is stopped while it waits says so of the step, and does no more", async () => {
      const waiting = variant("steps:\n", "steps:\n  - { wait: 600 }\n");
      const controller = new AbortController();
      const onScene = () => void setTimeout(() => controller.abort(), 100);
      const ended = await run(waiting, {}, { ...SILENT, onScene }, controller.signal);
      assert.ok(!ended.isPassed);
      assert.ok(ended.verdicts[1].isSkipped);
    });

    it("a board whose program does not start says why", async () => {
      const wrong = variant("security: plain", "security: plain\nconfiguration: { exposure: 7 }");
      await assert.rejects(run(wrong), (error: Failure) => {
        assert.ok(error instanceof Failure);
        assert.match(error.message, /did not start: configuration: exposure must be a string/);
        return error.exitCode === 1;
      });
    });

    for (const [what, wrong, right, message] of [
      [
        "another target's scenario",
        "node: { speed: 20 }",
        "espruino: {}",
        /is not for node: as it is/,
      ],
      [
        "a fault that the sensor cannot have",
        "steps:",
        "faults: [{ at: 1, sensor: co2, name: nack }]\nsteps:",
        /other\.yaml:10: the co2 of this scenario cannot have the fault nack, only bit-flip/,
      ],
      [
        "another sensor than the board's",
        "co2: {",
        "co2: { sensor: t6713,",
        /wants a t6713, and boards\/sim\.json has a mhz19/,
      ],
    ] as const) {
      it(`refuses ${what} before anything is started`, async () => {
        const other = variant(wrong, right);
        if (right === "espruino: {}") {
          const text = readFileSync(other, "utf8");
          writeFileSync(other, text.replace("espruino: it is a test", "node: as it is"));
        }
        await assert.rejects(run(other), (error: Failure) => {
          assert.match(error.message, message);
          return error.exitCode === 2;
        });
      });
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const [describeEngine, suffix] = lack ? [describe.skip, ` (skipped: ${lack})`] : [describe, ""];
const ENGINE_TIMEOUT_MS = 100_000;

describeEngine(`a rig in Espruino${suffix}`, function () {
  this.timeout(ENGINE_TIMEOUT_MS + 2000);
  const options = { env: { ESPRUINO: binary ?? "" }, timeoutMs: ENGINE_TIMEOUT_MS };

  for (const name of ["10-power-cut", "16-resumed-session"]) {
    it(`passes ${name}`, async () => {
      const args = ["hil", "-s", shipped(name), "--target", "espruino", "--json"];
      const ended = await runProgram(args, options);
      assertSuccess(ended);
      assert.ok(passes(ended.stdout).every(Boolean));
    });
  }
});

describeEngine(`a rig with a board on a bench${suffix}`, function () {
  this.timeout(ENGINE_TIMEOUT_MS + 10_000);
  let bench: Bench;

  before(async () => {
    bench = await setBench(binary ?? "");
  });
  after(() => bench?.stop());

  const run = (...args: string[]) =>
    runProgram(["hil", "--target", "board", "--rig", bench.rig, "--json", ...args], {
      timeoutMs: ENGINE_TIMEOUT_MS,
    });

  it("passes 10-power-cut: adapters, console and power are the rig's", async () => {
    const ended = await run("-s", shipped("10-power-cut"));
    assertSuccess(ended);
    assert.ok(passes(ended.stdout).every(Boolean));
  });

  /** The quick one, for a board. */
  function quick(folder: string): string {
    const file = path.join(folder, "quick.yaml");
    const targets = /targets: .*\nnotFor: .*/;
    const forBoards = "targets: { board: {} }\nnotFor: { node: a test, espruino: a test }";
    writeFileSync(file, QUICK.replace(targets, forBoards));
    return file;
  }

  it("unlocks a console with its password, and says so where it has not got it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "microspime-hil-"));
    const file = quick(folder);
    await bench.type('E.setPassword("abcdefgh");E.lockConsole()');
    const without = await run("-s", file);
    assertFailure(without, 4, /console .* is locked\./, /--console-password/);
    const wrong = await run("-s", file, "--console-password", "abcdefgi");
    assertFailure(wrong, 4, /is locked, and not with this password/, /--console-password/);
    assertSuccess(await run("-s", file, "--console-password", "abcdefgh"));
    rmSync(folder, { recursive: true });
  });

  it("reaches a console over TCP", async () => {
    const console = await bench.listen(await freePort());
    const folder = mkdtempSync(path.join(tmpdir(), "microspime-hil-"));
    const ended = await run("-s", quick(folder), "--port", console);
    rmSync(folder, { recursive: true });
    assertSuccess(ended);
    assert.match(ended.stdout, new RegExp(`"board":"linux at ${console}"`));
  });

  it("leaves nothing that the board has kept of earlier runs, but its generator's state", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "microspime-hil-"));
    const kept = ["key0", "key3", "claims1", "rng"];
    const listed = path.join(folder, "listed");
    const list = `require("fs").writeFileSync("${listed}",require("Storage").list().join())`;
    for (const name of kept) await bench.type(`require("Storage").write("microspime.${name}","x")`);
    await bench.type(list);
    const isThere = (name: string) => readFileSync(listed, "utf8").includes(`microspime.${name}`);
    assert.deepEqual(kept.filter(isThere), kept);
    assertSuccess(await run("-s", quick(folder)));
    await bench.type(list);
    assert.deepEqual(kept.filter(isThere), ["rng"]);
    rmSync(folder, { recursive: true });
  });

  it("says where it looked when there is no console", async () => {
    const ended = await run("-s", shipped("01-plain-report"), "--port", "tcp://127.0.0.1:1");
    const where = /console tcp:\/\/127\.0\.0\.1:1 cannot be opened: .*ECONNREFUSED/;
    assertFailure(ended, 3, where, /Check --port/);
  });
});
