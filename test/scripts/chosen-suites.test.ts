// A board's bundle has the suite of docs/nacl.md if its data file names it, and else nothing of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { chosenSuites } from "../../../../scripts/chosen-suites.js";

const namesOf = (board: object) => chosenSuites(board).map(({ name }) => name);

describe("a board's suites", () => {
  it("are the document's alone where it names none", () => {
    for (const board of [{ name: "a" }, { name: "a", suites: ["rsa"] }]) {
      assert.deepEqual(namesOf(board), ["chosen-suites"]);
    }
  });

  it("have tweetnacl in the bundle where it names nacl", () => {
    assert.deepEqual(namesOf({ name: "a", suites: ["rsa", "nacl"] }), [
      "chosen-suites",
      "tweetnacl",
    ]);
  });

  for (const suites of [[], ["nacl"], ["nacl", "rsa"], ["rsa", "other"], ["rsa", "nacl", "rsa"]]) {
    it(`are not ${JSON.stringify(suites)}`, () => {
      const message = /^boards\/a\.json: suites are rsa, or rsa and nacl$/;
      assert.throws(() => chosenSuites({ name: "a", suites }), { message });
    });
  }

  it("show in the bundles", () => {
    const hasNacl = (board: string) => readFileSync(`build/${board}.js`, "latin1").includes("nacl");
    assert.deepEqual(["sim-nacl", "sim", "esp32"].map(hasNacl), [true, false, false]);
  });

  it("take no random numbers of tweetnacl's, nor a module of the engine's", () => {
    const bundle = readFileSync("build/sim-nacl.js", "latin1");
    assert.doesNotMatch(bundle, /getRandomValues|require\(|randomBytes/);
  });
});
