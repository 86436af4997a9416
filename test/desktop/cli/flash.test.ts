// `microspime flash`, `monitor` and `selftest` as a person runs them; with a real Espruino on Linux where there is one.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { barOf, linesOf as displayLines } from "../../../src/desktop/cli/flash-display.js";
import { lineOf, wordsOf } from "../../../src/desktop/cli/monitor-display.js";
import { rowLine } from "../../../src/desktop/cli/selftest.js";
import { logEventOf } from "../../../src/desktop/sim/agent-log.js";
import { openSession } from "../../../src/desktop/flashing/session.js";
import { readBundle } from "../../../src/desktop/sim/bundle.js";
import { startFakeEspruino } from "../../support/fake-espruino.js";
import { startTcpBoard } from "../../support/tcp-board.js";
import type { TcpBoard } from "../../support/tcp-board.js";
import { assertFailure, eventsOf, named, runProgram } from "./program.js";

const NOBODY = "tcp://127.0.0.1:1";

describe("microspime flash, its command line", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "microspime-flash-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  const flash = (...more: string[]) =>
    runProgram(["flash", "--port", NOBODY, "--from", folder, ...more]);

  it("names a port that nobody listens at", async () => {
    put("microspime.json", "{}");
    const ended = await flash("--board", "linux");
    assertFailure(ended, 3, /tcp:\/\/127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)/, /listens/);
  });

  it("knows its boards", async () => {
    put("microspime.json", "{}");
    assertFailure(await flash("--board", "toaster"), 2, /no board toaster/, /boards\//);
    assertFailure(await flash("--board", "../linux"), 2, /no board \.\.\/linux/, /boards\//);
    assertFailure(await flash("--board", "sim"), 2, /sim is no Espruino/, /boards\//);
  });

  it("wants what provision writes, whole", async () => {
    assertFailure(await flash("--board", "linux"), 2, /no microspime\.json in/, /provision --out/);
    put("microspime.json", "{");
    assertFailure(await flash("--board", "linux"), 2, /microspime\.json is no JSON/, /provision/);
    put("microspime.json", '{"certifier":"s@example.org/cert"}');
    assertFailure(await flash("--board", "linux"), 2, /there is no microspime\.key/, /provision/);
  });

  it("refuses a password for the console that nobody could type", async () => {
    put("microspime.json", "{}");
    for (const lock of ["x".repeat(21), "two words", "line\n", "schlüssel"]) {
      put("microspime.lock", lock);
      assertFailure(await flash("--board", "linux"), 2, /1 to 20 characters/, /unlock/);
    }
  });
});

describe("microspime flash, whose reader has gone", function () {
  this.timeout(60_000);

  it("goes on to its end all the same", async () => {
    const board = await startFakeEspruino();
    const folder = mkdtempSync(path.join(tmpdir(), "microspime-flash-"));
    try {
      writeFileSync(path.join(folder, "microspime.json"), "{}");
      const ended = await runProgram(
        ["flash", "--board", "linux", "--port", board.port, "--from", folder, "--json"],
        { onLine: (_, program) => program.stdout?.destroy(), timeoutMs: 50_000 },
      );
      assert.deepEqual([ended.status, ended.stderr], [0, ""]);
      assert.deepEqual([...board.files.keys()].sort(), [
        ".bootcde",
        "microspime.a",
        "microspime.json",
      ]);
      assert.equal(board.files.get("microspime.a"), readBundle("linux").text);
    } finally {
      board.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

describe("What flash shows", () => {
  it("has a bar that is full at the end", () => {
    assert.equal(barOf("microspime.a", 0, 200), `[${"-".repeat(30)}]  0 %  microspime.a`);
    assert.equal(barOf("microspime.a", 199, 200), `[${"#".repeat(30)}] 99 %  microspime.a`);
    const full = `[${"#".repeat(30)}]100 %  microspime.a`;
    assert.equal(barOf("microspime.a", 200, 200), full);
    assert.equal(barOf("microspime.a", 300, 200), full);
  });

  it("says hello by the board's name", () => {
    const line = "info hello board=esp32 waiting=0";
    assert.deepEqual(displayLines({ event: "hello", line, tookMs: 1234 }), [
      "The board esp32 says hello, 1.2 s after its restart.",
    ]);
  });
});

describe("What monitor shows", () => {
  const words = (line: string) => wordsOf(logEventOf(line)!);

  it("is in words where there are some, and else as it came", () => {
    assert.equal(words("info hello board=esp32 waiting=1"), "esp32 starts, 1 sample waits");
    assert.equal(
      words("warn offline reason=closed retryMs=2500"),
      "offline (closed), again in 2.5 s",
    );
    assert.equal(words("info later news=1"), "later: news=1");
    assert.equal(words("warn offline retryMs=2500"), "offline: retryMs=2500");
    assert.equal(words("info constructor a=1"), "constructor: a=1");
  });

  it("has the time of this machine, the level, and nothing that moves a cursor", () => {
    const at = new Date(2026, 10, 29, 7, 5, 3, 42);
    assert.equal(lineOf("warn gap reason=no-fix", at), "07:05:03.042  warn  no sample (no-fix)");
    assert.match(lineOf("Uncaught \x1b[2J", at), /^07:05:03\.042 +Uncaught \ufffd\[2J$/);
  });
});

describe("What selftest shows", () => {
  it("is a line for each row, rounded", () => {
    const values = { words: 2000, msPerVector: 93.12345 };
    assert.equal(
      rowLine({ name: "noise", outcome: "measured", values }),
      "noise        words 2000, msPerVector 93.12",
    );
    assert.equal(
      rowLine({ name: "tls", outcome: "skipped", reason: "no server" }),
      "tls          skipped: no server",
    );
  });
});

const binary = process.env["ESPRUINO"] ?? "";
const [describeEngine, title] = binary
  ? [describe, "flash, monitor and selftest with Espruino"]
  : [describe.skip, "flash, monitor and selftest with Espruino (skipped: set ESPRUINO)"];

describeEngine(title, function () {
  this.timeout(120_000);
  const timeoutMs = 90_000;
  let board: TcpBoard;
  let folder: string;

  beforeEach(async () => {
    board = await startTcpBoard(binary);
    folder = path.join(board.folder, "provisioned");
  });
  afterEach(() => board.stop());

  const provision = () =>
    runProgram([
      ...["provision", "--out", folder, "--board", "linux", "--bits", "1024"],
      ...["--xmpp", "127.0.0.1:1", "--jid", "board@example.org/spime", "--password", "secret"],
      ...["--scopenode", "node@scopenode.example.org/co2", "--certifier", "c@example.org/cert"],
    ]);
  const flash = (...more: string[]) => {
    const where = ["--board", "linux", "--port", board.port, "--from", folder];
    return runProgram(["flash", ...where, ...more], { timeoutMs });
  };

  it("goes from an empty board to the agent's hello, in the steps of the README", async () => {
    await provision();
    const planned = await flash("--dry-run");
    assert.equal(planned.status, 0, planned.stderr);
    assert.match(planned.stdout, /^Espruino 2v29\S* for LINUX\n/);
    assert.match(
      planned.stdout,
      /Would send \d+ bytes in 5 files:\n {2}microspime\.a +\d+ bytes, the program\n/,
    );
    const done = await flash();
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /The board linux says hello, \d+\.\d s after its restart\.\n$/);
    const again = await flash("--json");
    assert.equal(again.status, 0, again.stderr);
    const told = eventsOf(again.stdout);
    assert.deepEqual(
      told.map(({ event }) => event),
      ["found", "plan", "restarting", "hello"],
    );
    const [plan] = named(told, "plan");
    assert.equal(plan["bytesToSend"], 0);
    assert.doesNotMatch(again.stdout, /secret/);
    const wrong = await runProgram(
      ["flash", "--board", "esp32", "--port", board.port, "--from", folder],
      { timeoutMs },
    );
    assertFailure(wrong, 6, /an Espruino for LINUX, and esp32 needs/, /Nothing was changed/);
  });

  it("monitor shows what is said, waits for a port that has gone, and ends on Ctrl-C", async () => {
    const { console } = await openSession({ port: board.port, passwords: [] });
    const program = 'setInterval(function(){console.log("warn","gap reason=no-fix")},200)';
    await console.evaluate(`require("Storage").write(".bootcde",${JSON.stringify(program)})?1:0`);
    await console.evaluate("setTimeout(load,100)?1:0");
    console.close();
    let hasGone = false;
    const onLine = (line: string, monitor: ChildProcess) => {
      const { event } = JSON.parse(line) as { event: string };
      if (event === "log" && !hasGone) board.unplug();
      if (event === "gone") hasGone = true;
      else if (event === "log" && hasGone) monitor.kill("SIGINT");
    };
    const ended = await runProgram(["monitor", "--port", board.port, "--json"], {
      onLine,
      timeoutMs,
    });
    assert.equal(ended.status, 0, ended.stderr);
    const events = eventsOf(ended.stdout);
    assert.deepEqual(
      events.map(({ event }) => event).filter((event, at, all) => event !== all[at - 1]),
      ["connected", "log", "gone", "connected", "log"],
    );
    const { level, name, values } = named(events, "log")[0];
    assert.deepEqual([level, name, values], ["warn", "gap", { reason: "no-fix" }]);
  });

  it("selftest prints a table and saves it", async () => {
    const out = path.join(board.folder, "result.json");
    const where = ["--board", "linux", "--port", board.port, "--out", out];
    const ended = await runProgram(["selftest", ...where], { timeoutMs });
    assert.equal(ended.status, 0, ended.stderr);
    assert.match(ended.stdout, /\n {2}memory +free \d+, total \d+\n/);
    assert.match(ended.stdout, /\n {2}accelerator +not on this board: it has none\n/);
    const result = JSON.parse(readFileSync(out, "utf8")) as { board: string; rows: object[] };
    assert.deepEqual([result.board, result.rows.length], ["linux", 7]);
  });

  it("takes a serial port, too", async function () {
    if (spawnSync("socat", ["-V"]).error) this.skip();
    await provision();
    const tty = path.join(board.folder, "tty");
    const there = board.port.replace("tcp://", "TCP:");
    const socat = spawn("socat", [`PTY,raw,echo=0,link=${tty}`, there]);
    try {
      while (!existsSync(tty)) await new Promise((resolve) => setTimeout(resolve, 20));
      const where = ["--board", "linux", "--port", tty, "--from", folder, "--dry-run"];
      const ended = await runProgram(["flash", ...where], { timeoutMs });
      assert.equal(ended.status, 0, ended.stderr);
      assert.match(ended.stdout, /Would send/);
    } finally {
      socat.kill();
    }
  });
});
