// Lines of a board's console, out of what an engine really sends (Espruino 2v29).

import assert from "node:assert/strict";
import { createLineReader, plainLine } from "../../../src/desktop/flashing/console-lines.js";

const STREAM =
  "\r\x1b[Jinfo hello board=linux waiting=0\r\n>\r\x1b[Jwarn tls server=unverified\r\n>" +
  "\r\n\r\x1b[Jpassword>\r\x1b[Jinfo online jid=a@b/c\r\npassword>";

describe("Lines of a console", () => {
  const expected = [
    "info hello board=linux waiting=0",
    "warn tls server=unverified",
    "info online jid=a@b/c",
  ];

  it("are the same wherever they are cut", () => {
    for (let at = 0; at < STREAM.length; at++) {
      const lines: string[] = [];
      const read = createLineReader((line) => lines.push(line));
      read(STREAM.slice(0, at));
      read(STREAM.slice(at));
      assert.deepEqual(lines, expected, `cut at ${at}`);
    }
  });

  it("lose prompts and nothing else", () => {
    assert.equal(plainLine(">debug>=1\r"), "debug>=1");
    assert.equal(plainLine("a > b\r"), "a > b");
  });

  it("are bounded where none ends", () => {
    const lines: string[] = [];
    const read = createLineReader((line) => lines.push(line));
    for (let count = 0; count < 50; count++) read("x".repeat(1000));
    read("\n");
    assert.deepEqual(
      lines.map((line) => line.length),
      [10_000],
    );
  });
});
