// The program's commands by themselves: each is read only when it is meant.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { runProgram } from "./program.js";

describe("microspime", function () {
  // Each run of the program is a second on a busy machine.
  this.timeout(60_000);
  let commands: string[];

  before(async () => {
    const { stdout } = await runProgram(["--help"]);
    const list = stdout.split("Commands:\n")[1] ?? "";
    commands = [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name!);
  });

  it("has every command in its help, by the name that it has on the command line", async () => {
    assert.ok(commands.length > 17, commands.join());
    for (const name of commands.filter((command) => command !== "help")) {
      const { status, stdout } = await runProgram([name, "--help"]);
      assert.equal(status, 0, name);
      assert.ok(stdout.startsWith(`Usage: microspime ${name} `), stdout);
    }
  });

  it("helps with a command by name, and where there is none of that name", async () => {
    const { stdout } = await runProgram(["help", "co2"]);
    assert.match(stdout, /^Usage: microspime co2 /);
    const { status, stderr } = await runProgram(["simm"]);
    assert.equal(status, 2);
    assert.match(stderr, /^microspime: unknown command 'simm'. Did you mean sim\?\n/);
  });

  it("says which version of it this is, for a report of a fault", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    const { status, stdout } = await runProgram(["--version"]);
    assert.deepEqual([status, stdout], [0, `${version}\n`]);
  });

  it("takes no name of an object's own for a command", async () => {
    const { status, stderr } = await runProgram(["constructor"]);
    assert.equal(status, 2);
    assert.match(stderr, /unknown command 'constructor'/);
  });
});
