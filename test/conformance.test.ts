// docs/conformance.md names tests: each has to exist, or the list would say what nobody checks any more.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { titlesIn } from "./support/titles.js";

const LIST = "docs/conformance.md";

/** A file, then the titles of tests in it. */
const PROOF = /`(test\/[^`]+)`: ((?:"[^"]+"(?:, )?)+)/g;

interface Proof {
  readonly file: string;
  readonly title: string;
}

function proofs(): Proof[] {
  return [...readFileSync(LIST, "utf8").matchAll(PROOF)].flatMap(([, file = "", titles = ""]) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => ({ file, title })),
  );
}

describe("docs/conformance.md", () => {
  it("has a proof for each of its rows", () => {
    const rows = readFileSync(LIST, "utf8")
      .split("\n")
      .filter((line) => /^\|.*\|$/.test(line));
    const said = rows.filter((row) => !/^\|[ |-]+$/.test(row) && !/proved by/.test(row));
    assert.ok(said.length >= 20, `${said.length} rows`);
    for (const row of said) assert.match(row, new RegExp(PROOF.source), row);
  });

  for (const { file, title } of proofs()) {
    it(`${file}: ${title}`, () => {
      assert.ok(existsSync(file), "the file");
      assert.ok(titlesIn(readFileSync(file, "utf8")).has(title), "the test");
    });
  }
});
