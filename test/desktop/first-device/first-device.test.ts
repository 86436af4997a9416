// The whole path of a first device, by the commands that a person types: provision, flash, hello, report, claim, status, update,
// rollback; on a real Espruino whose console is at a TCP port and whose flash file outlives its restarts.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { programOf } from "../../support/board-program.js";
import { findProgram } from "../../support/suites.js";
import { assertFailure, assertSuccess, eventsOf } from "../cli/program.js";
import type { Ended } from "../cli/program.js";
import { BOARD_JID, CERTIFIER, CO2_PPM, Desk, PLACE, SCOPENODE } from "./desk.js";

const binary = process.env["ESPRUINO"] && findProgram(process.env["ESPRUINO"]);
const lack = !binary ? "set ESPRUINO" : findProgram("socat") ? "" : "install socat";
const title = `A first device, from a bare Espruino to a rollback${lack && ` (skipped: ${lack})`}`;

/** A program that is to be rolled back costs the test so long. */
const TRIAL_S = 30;
const NEWER = "9.0.0";
const BROKEN = "9.1.0";
const STEP_MS = 240_000;
const BUSY_ATTEMPTS = 12;
const BUSY_PAUSE_MS = 2500;

(lack ? describe.skip : describe)(title, function () {
  this.timeout(STEP_MS);
  let desk: Desk;
  let code: string;
  let hasFailed = false;

  before(async () => (desk = await Desk.start(binary ?? "")));
  after(() => desk?.stop());
  // Each step goes on from the one before.
  beforeEach(function () {
    if (hasFailed) this.skip();
  });
  afterEach(function () {
    hasFailed ||= this.currentTest?.state === "failed";
  });

  const flash = (folder: string, ...more: string[]) =>
    desk.run("flash", "--board", "linux", "--port", desk.board.port, "--from", folder, ...more);

  /** A board with few variables left while it signs says that it is busy, and the command that one may try again. */
  async function patiently(ask: () => Promise<Ended>): Promise<Ended> {
    for (let left = BUSY_ATTEMPTS; ; left--) {
      const ended = await ask();
      if (!left || !/is busy/.test(ended.stderr)) return ended;
      await delay(BUSY_PAUSE_MS);
    }
  }

  async function status() {
    const ended = await patiently(() => desk.own("status", "--json"));
    assertSuccess(ended);
    const [{ fields }] = eventsOf(ended.stdout);
    const { version, place, boots } = fields as Record<string, string>;
    return { version, place, boots: Number(boots) };
  }

  async function reports(): Promise<void> {
    const { osid, isSigned, isEncrypted, entries } = await desk.nextReport();
    assert.deepEqual([osid, isSigned, isEncrypted], [BOARD_JID, true, true]);
    const [{ lat, lon, ppm }] = entries;
    assert.deepEqual([lat, lon, ppm], [PLACE.latDegrees, PLACE.lonDegrees, CO2_PPM]);
  }

  async function runs(version: string, place: string): Promise<void> {
    await reports();
    const now = await status();
    assert.deepEqual([now.version, now.place], [version, place]);
  }

  function update(version: string, program: string) {
    const bundle = desk.file("linux.js");
    writeFileSync(bundle, program, "latin1");
    const key = ["--key", desk.file("signing", "signing.pem")];
    return desk.own("update", "--bundle", bundle, ...key, "--program-version", version);
  }

  async function restarts(): Promise<void> {
    await desk.board.cutPower();
    desk.board.powerUp();
    await desk.board.untilPrinted("hello board=linux", STEP_MS / 4);
  }

  it("provision: its account, its keys, its files", async () => {
    const [out, keys] = [desk.file("board"), desk.file("keys")];
    assertSuccess(await desk.run("keygen", "--out", desk.file("signing"), "--name", "signing"));
    const ended = await desk.run(
      ...["provision", "--out", out, "--board", "linux", "--bits", "1024", "--no-input"],
      ...[...desk.xmpp, "--jid", BOARD_JID, "--register", "--scopenode", SCOPENODE],
      ...["--certifier", CERTIFIER, "--certify-keys", keys, "--claims", "code", "--lock"],
      ...["--update-key", desk.file("signing", "signing.pub.pem")],
      ...["--exposure", "outdoor", "--period", "5", "--co2-preheat", "0"],
    );
    assert.equal(ended.status, 0, ended.stderr);
    code = /pairing code is (\S+)\./.exec(ended.stderr)?.[1] ?? "";
    assert.notEqual(code, "", ended.stderr);
    await desk.readKeysAgain();
    const configuration = path.join(out, "microspime.json");
    const uartPaths = await desk.connectSensors();
    desk.configure(configuration, { uartPaths, updates: { trialS: TRIAL_S } });
    assertSuccess(await desk.run("check-configuration", configuration));
  });

  it("flash: onto a bare board, to its hello", async () => {
    const ended = await flash(desk.file("board"));
    assertSuccess(ended);
    assert.match(ended.stdout, /The board linux says hello, \d+\.\d s after its restart\.\n$/);
  });

  it("the ScopeNode has its reports, signed and encrypted", reports);

  it("the console is locked for who has not the password", async () => {
    const without = desk.file("without-lock");
    mkdirSync(without);
    for (const name of readdirSync(desk.file("board"))) {
      if (name !== "microspime.lock")
        copyFileSync(desk.file("board", name), path.join(without, name));
    }
    assertFailure(await flash(without, "--dry-run"), 6, /is locked/, /--console-password/);
  });

  it("claim: not with another code, and then with its own", async () => {
    const claim = (text: string) => {
      const more = ["--spime-certifier", CERTIFIER, "--out", desk.file("claim.json")];
      return patiently(() => desk.own("claim", ...more, "--code", text));
    };
    assertFailure(await claim("another"), 1, /does not let you claim it/, /--code/);
    assertSuccess(await claim(code));
  });

  it("status: the version that was flashed, in the first place", async () => {
    const { version, place } = await status();
    assert.deepEqual([version, place], ["0.1.0", "a"]);
  });

  it("update: a newer version, over the air, for good", async () => {
    const ended = await update(NEWER, programOf(NEWER));
    assertSuccess(ended);
    assert.match(ended.stdout, /runs version 9\.0\.0 now\.\n$/);
    await runs(NEWER, "b");
  });

  it("a killed engine starts the new version from its flash file", async () => {
    const { boots } = await status();
    await restarts();
    await runs(NEWER, "b");
    assert.equal((await status()).boots, boots + 1);
  });

  it("an update that does not reach its server is rolled back", async () => {
    const ended = await update(BROKEN, 'console.log("info","hello board=linux waiting=0")');
    assertFailure(ended, 1, /has rolled back: it runs version 9\.0\.0 again/, /update\.md/);
    await runs(NEWER, "b");
  });

  it("and so it is after another restart", async () => {
    await restarts();
    await runs(NEWER, "b");
  });
});
