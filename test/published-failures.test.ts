// What was published against XMPP clients and their parsers: each has a test that bears its number, and that
// is run. Where it is, is looked up among the titles.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

/** The number, and what went wrong. */
const PUBLISHED: readonly [number: string, what: string][] = [
  ["CVE-2013-6477", "a timestamp out of all bounds ends the client"],
  ["CVE-2015-8688", "a roster push of a stranger counts"],
  ["CVE-2016-9928", "a roster push of a stranger counts"],
  ["CVE-2016-10027", "who strips STARTTLS gets the rest in the clear"],
  ["CVE-2017-5589", "what is forwarded counts as said by whom it names"],
  ["CVE-2022-22784", "bad UTF-8 smuggles a stanza past the server"],
  // Of a host's name in a certificate as well: that test belongs to the port for Node, which verifies one.
  ["CVE-2022-24968", "a server need not prove who it is"],
  ["CVE-2022-25235", "bad UTF-8 passes the parser"],
  ["CVE-2024-46957", "whoever knows the id of a query answers it"],
];

const TITLE = /\b(?:test|it)\(\s*["'`]([^"'`]*)/g;

function titlesIn(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(TITLE)].map(([, title = ""]) => title);
}

const titles = readdirSync("test", { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(suite|test)\.ts$/.test(file))
  .flatMap((file) => titlesIn(`test/${file}`));

describe("published failures", () => {
  for (const [number, what] of PUBLISHED) {
    it(`${number}, ${what}: has a test`, () => {
      assert.ok(
        titles.some((title) => title.includes(number)),
        number,
      );
    });
  }
});
