// The console of a board that `microspime provision --lock` has locked, in the real engine, booted by the loader: what
// docs/console.md says of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { newConsolePassword } from "../../src/desktop/provisioning/provision.js";
import { bootEspruino } from "../support/espruino.js";
import type { Espruino } from "../support/espruino.js";
import { findProgram } from "../support/suites.js";

const binary = process.env["ESPRUINO"] && findProgram(process.env["ESPRUINO"]);
const lack = binary ? "" : " (skipped: set ESPRUINO)";
const SECRET = "secret-4711";
const ASK = 'print("it is "+require("Storage").read("microspime.json"))\n';
const PROGRAM = "setInterval(function(){console.log('info','tick')},100)";

(lack ? describe.skip : describe)(`a locked console${lack}`, function () {
  this.timeout(60_000);
  const password = newConsolePassword();
  let engine: Espruino;
  let said: string[];

  beforeEach(async () => {
    said = [];
    const files = {
      ".bootcde": readFileSync("build/loader.js", "latin1"),
      "microspime.a": PROGRAM,
      "microspime.json": SECRET,
      "microspime.lock": password,
    };
    engine = await bootEspruino({
      ...{ binary: String(binary), files },
      onLine: (line) => void said.push(line),
    });
    await until(/info tick/);
  });
  afterEach(async () => {
    engine.write("\n");
    await engine.stop();
  });

  /** From now on, or what was said before. */
  async function until(pattern: RegExp, from = 0): Promise<void> {
    const end = Date.now() + 10_000;
    while (!said.slice(from).some((line) => pattern.test(line))) {
      if (Date.now() > end) assert.fail(`nothing like ${pattern} in:\n${said.join("\n")}`);
      await delay(20);
    }
  }

  it("runs nothing, tells no secret, and lets the log out", async () => {
    const from = said.length;
    engine.write(ASK);
    await until(/Invalid password/, from);
    await until(/info tick/, said.length);
    assert.ok(!said.join("\n").includes(SECRET), said.join("\n"));
  });

  it("does not let Ctrl-C stop the program", async () => {
    engine.write("\x03\n");
    await until(/Invalid password/);
    await until(/info tick/, said.length);
  });

  it("opens with the password, and locks again", async () => {
    engine.write(`\n${password}\n`);
    await until(/Logged in/);
    engine.write(ASK);
    await until(new RegExp(`it is ${SECRET}`));
    engine.write("E.lockConsole()\n");
    await delay(300);
    const from = said.length;
    engine.write(ASK);
    await until(/Invalid password/, from);
    assert.ok(!said.slice(from).join("\n").includes(SECRET));
  });

  it("does not open with all of the password but its last letter", async () => {
    engine.write(`\n${password.slice(0, -1)}\n`);
    await until(/Invalid password/);
    const from = said.length;
    engine.write(ASK);
    await until(/Invalid password/, from);
    assert.ok(!said.join("\n").includes("Logged in"));
  });
});
