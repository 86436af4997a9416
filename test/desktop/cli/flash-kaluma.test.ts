// `microspime flash` for a Pico with Kaluma, as a person runs it; with the real `@kaluma/cli` where there is one, and our own
// fake of the board.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { linesOf as displayLines } from "../../../src/desktop/cli/flash-display.js";
import { readBundle } from "../../../src/desktop/sim/bundle.js";
import { kalumaCli } from "../../support/kaluma-cli.js";
import { startKalumaBoard } from "../../support/kaluma-board.js";
import type { KalumaBoard } from "../../support/kaluma-board.js";
import { assertFailure, eventsOf, named, runProgram } from "./program.js";

const LOCAL = { tls: false, host: "192.168.1.10", encrypt: true };
const PASSWORD = "correct-horse-battery-staple";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "microspime-flash-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
const putConfiguration = (more: object = {}) =>
  put("microspime.json", JSON.stringify({ ...LOCAL, password: PASSWORD, ...more }));

/** A package by that name in which there is what is given. */
function packageWith(files: Readonly<Record<string, string>>): string {
  const at = path.join(folder, "package");
  mkdirSync(path.join(at, "lib"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(at, name), text);
  return at;
}

const PACKAGE_JSON = '{"name":"@kaluma/cli","version":"9.9.9"}';

/** One that can be loaded, for what ends before it is used. */
const anyCli = () =>
  packageWith({ "package.json": PACKAGE_JSON, "lib/ymodem.js": "exports.transfer = null;" });

const flashAt = (port: string, more: readonly string[], env: Record<string, string> = {}) =>
  runProgram(["flash", "--board", "pico2w", "--port", port, "--from", folder, ...more], { env });

const flash = (more: readonly string[] = [], cli = anyCli()) =>
  flashAt("tcp://127.0.0.1:1", more, { KALUMA_CLI: cli });

describe("microspime flash for Kaluma, its command line", () => {
  it("refuses what Kaluma has not, and says why", async () => {
    putConfiguration();
    const password = ["--console-password", "something"];
    for (const [options, why] of [
      [["--compact"], /--compact is not for pico2w: its file system/],
      [password, /--console-password is not for pico2w: its console has no lock/],
      [["--baud", "1200"], /--baud is not for pico2w: .*USB/],
    ] as const) {
      assertFailure(await flash(options), 2, why, /Leave it out/);
    }
  });

  it("does not mind a password in the environment, which is for other boards", async () => {
    putConfiguration();
    const ended = await flashAt("tcp://127.0.0.1:1", [], {
      ...{ KALUMA_CLI: anyCli(), MICROSPIME_CONSOLE_PASSWORD: "something" },
    });
    assertFailure(ended, 3, /tcp:\/\/127\.0\.0\.1:1 cannot be reached/, /listens/);
  });

  it("refuses a lock and an update key, which the board would not have", async () => {
    putConfiguration();
    put("microspime.update", "key");
    assertFailure(await flash(), 2, /microspime\.update, and .* no program over/, /Move it away/);
    put("microspime.lock", "something");
    assertFailure(await flash(), 2, /microspime\.lock, and .* has no lock/, /Move it away/);
  });

  it("refuses at the desk what the board would not start with", async () => {
    putConfiguration({ tls: true });
    assertFailure(await flash(), 2, /would not start .*: tls must be false/, /--tls out/);
    putConfiguration({ encrypt: false });
    assertFailure(await flash(), 2, /encrypt must be true/, /--certifier/);
    putConfiguration({ host: "xmpp.example.org" });
    assertFailure(
      await flash(),
      2,
      /host must be an address of the local/,
      /--plain-to xmpp\.example\.org/,
    );
    putConfiguration({ host: "xmpp.example.org", plainTo: "xmpp.example.org" });
    assertFailure(await flash(), 3, /cannot be reached/, /listens/);
  });

  it("names a port that is not there", async () => {
    putConfiguration();
    const port = path.join(folder, "ttyACM0");
    const ended = await flashAt(port, [], { KALUMA_CLI: anyCli() });
    assertFailure(ended, 3, /ttyACM0 is not there/, /serial port/);
  });

  it("names the tool where it is missing, is another one, or cannot be loaded", async () => {
    putConfiguration();
    const nowhere = path.join(folder, "nowhere");
    assertFailure(
      await flash([], nowhere),
      5,
      /KALUMA_CLI=.* is no @kaluma\/cli/,
      /npm install -g/,
    );
    const bare = packageWith({ "package.json": PACKAGE_JSON });
    assertFailure(await flash([], bare), 5, /9\.9\.9 in .* has no YMODEM/, /npm install -g/);
    const broken = packageWith({ "lib/ymodem.js": 'require("crc-is-missing")' });
    assertFailure(
      await flash([], broken),
      5,
      /cannot be loaded: Cannot find module/,
      /npm install/,
    );
    const none = await flashAt("tcp://127.0.0.1:1", [], { KALUMA_CLI: "", PATH: folder });
    if (!existsSync("node_modules/@kaluma/cli")) {
      assertFailure(none, 5, /@kaluma\/cli is missing/, /npm install -g/);
    }
  });

  it("finds the tool by its command on the PATH", async () => {
    putConfiguration();
    const at = anyCli();
    mkdirSync(path.join(at, "bin"));
    const command = path.join(at, "bin", "kaluma");
    writeFileSync(command, "");
    chmodSync(command, 0o755);
    const env = { KALUMA_CLI: "", PATH: path.dirname(command) };
    assertFailure(await flashAt("tcp://127.0.0.1:1", [], env), 3, /cannot be reached/, /listens/);
  });

  it("names a JERRY_SNAPSHOT that is none", async () => {
    putConfiguration();
    const env = { KALUMA_CLI: anyCli(), JERRY_SNAPSHOT: path.join(folder, "nowhere") };
    const ended = await flashAt("tcp://127.0.0.1:1", [], env);
    assertFailure(ended, 5, /JERRY_SNAPSHOT=.* is no program/, /without JERRY_SNAPSHOT/);
  });
});

describe("What flash shows of a board with Kaluma", () => {
  it("is who is there, and what of its heap is free", () => {
    const engine = { board: "pico2-w", version: "1.3.0-beta.2" };
    const heap = { totalBytes: 393216, usedBytes: 93216 };
    assert.deepEqual(displayLines({ event: "found", engine, heap }), [
      "Kaluma 1.3.0-beta.2 for pico2-w",
      "  300000 bytes of 393216 of its heap free",
    ]);
  });

  it("is both sizes of the program, which of them is sent, and why", () => {
    const [longer] = displayLines({ event: "byteCode", textBytes: 100, byteCodeBytes: 142 });
    assert.match(longer, /is 142 bytes, 42 more\. The text is what is sent: Kaluma parses/);
    const [shorter] = displayLines({ event: "byteCode", textBytes: 100, byteCodeBytes: 90 });
    assert.match(shorter, /is 90 bytes, 10 less\. The text is what is sent/);
  });
});

const cli = kalumaCli();
const [describeBoard, title] = cli
  ? [describe, "microspime flash with @kaluma/cli"]
  : [describe.skip, "microspime flash with @kaluma/cli (skipped: set KALUMA_CLI to its folder)"];

describeBoard(title, function () {
  this.timeout(40_000);
  let board: KalumaBoard;
  beforeEach(async () => {
    board = await startKalumaBoard();
    await runProgram([
      ...["provision", "--out", path.join(folder, "board"), "--board", "pico2w", "--no-input"],
      ...["--bits", "1024", "--xmpp", "192.168.1.10:5222", "--jid", "board@example.org/spime"],
      ...["--password", PASSWORD, "--scopenode", "node@scopenode.example.org/co2"],
      ...["--certifier", "c@example.org/cert"],
    ]);
  });
  afterEach(() => board.stop());

  const flashFrom = (port: string, ...more: string[]) =>
    runProgram(
      ["flash", "--board", "pico2w", "--port", port, "--from", path.join(folder, "board"), ...more],
      { timeoutMs: 30_000, env: { JERRY_SNAPSHOT: "" } },
    );

  /** The fake has none of the modules that the board's program asks for: it says so, and stops. */
  it("sends the build's own program, and shows why it does not start where there is no hardware", async () => {
    const planned = await flashFrom(board.port, "--dry-run");
    assert.equal(planned.status, 0, planned.stderr);
    assert.match(
      planned.stdout,
      /^Kaluma 1\.3\.0-beta\.2 for pico2-w\n {2}\d+ bytes[^\n]+\nWould send \d+ bytes in 4 files:\n[^]*pico2w\.js +\d+ bytes, the program\n/,
    );
    assert.equal(board.flash.program.length, 0);
    const ended = await flashFrom(board.port, "--json");
    assertFailure(ended, 6, /does not start; it says: error stopped reason=/, /stays/);
    const events = eventsOf(ended.stdout);
    const kinds = events.map(({ event }) => event).filter((kind) => kind !== "sending");
    assert.deepEqual(
      kinds.filter((kind) => kind !== "byteCode"),
      ["found", "plan", ...Array(4).fill("written"), "restarting"],
    );
    assert.equal(Buffer.from(board.flash.program).toString("latin1"), readBundle("pico2w").text);
    const [plan] = named(events, "plan");
    const sending = named(events, "sending");
    assert.equal(sending[sending.length - 1]["sent"], plan["bytesToSend"]);
    assert.doesNotMatch(ended.stdout + ended.stderr, new RegExp(PASSWORD));
  });

  it("takes a serial port, too", async function () {
    if (spawnSync("socat", ["-V"]).error) this.skip();
    const tty = path.join(folder, "tty");
    const there = board.port.replace("tcp://", "TCP:");
    const socat = spawn("socat", [`PTY,raw,echo=0,link=${tty}`, there]);
    try {
      while (!existsSync(tty)) await new Promise((resolve) => setTimeout(resolve, 20));
      const ended = await flashFrom(tty);
      assertFailure(ended, 6, /it says: error stopped reason=/, /stays on the board/);
      assert.equal(Buffer.from(board.flash.program).toString("latin1"), readBundle("pico2w").text);
    } finally {
      socat.kill();
    }
  });

  it("tells of both sizes where there is jerry-snapshot", async function () {
    if (spawnSync("jerry-snapshot", ["--version"]).error) this.skip();
    const ended = await flashFrom(board.port, "--dry-run", "--json");
    const [sizes] = named(eventsOf(ended.stdout), "byteCode");
    assert.equal(sizes["textBytes"], readBundle("pico2w").text.length);
    assert.ok(Number(sizes["byteCodeBytes"]) > 10_000, String(sizes["byteCodeBytes"]));
  });
});
