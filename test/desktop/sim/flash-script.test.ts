// What the script puts into Storage is byte for byte what was given: seen through the real engine.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flashScript } from "../../../src/desktop/sim/flash-script.js";
import { findProgram } from "../../support/suites.js";

const engine = process.env["ESPRUINO"] && findProgram(process.env["ESPRUINO"]);
const skipped = engine ? "" : " (skipped: set ESPRUINO)";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const files: Record<string, Buffer> = {
  "each byte": everyByte,
  "each byte, in several pieces": Buffer.concat([
    everyByte,
    Buffer.from(everyByte).reverse(),
    everyByte,
  ]),
  // What follows an escape must not be read as a part of it.
  "digits after escapes": Buffer.from("\x0001\x0179\xffff\x07\\x41\\\"'${a}", "latin1"),
  "ends of lines": Buffer.from("\r\n\n\r\u2028", "utf8"),
};

describe("flashScript", () => {
  it("is ASCII, in lines that the engine's parser holds", () => {
    const lines = flashScript({ a: everyByte, b: Buffer.alloc(5000, 0xff) }).split("\n");
    assert.deepEqual(
      lines.filter((line) => !/^[ -~]{0,1024}$/.test(line)),
      [],
    );
  });

  for (const [name, bytes] of Object.entries(files)) {
    (skipped ? it.skip : it)(`writes ${name}${skipped}`, async () => {
      assert.equal(await readBack(bytes), bytes.toString("hex"));
    });
  }
});

/** The hexadecimal of what the engine has in its Storage, after a restart. */
async function readBack(bytes: Buffer): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "microspime-flash-"));
  try {
    await run(folder, flashScript({ file: bytes }));
    const said = await run(
      folder,
      'var f=require("Storage").read("file"),s="";' +
        'for(var i=0;i<f.length;i++)s+=(256+f.charCodeAt(i)).toString(16).substr(1);print("<"+s+">");',
    );
    return /<([0-9a-f]*)>/.exec(said)?.[1] ?? said;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function run(folder: string, script: string): Promise<string> {
  writeFileSync(join(folder, "script.js"), `${script}\nquit();\n`);
  // Its standard input has to stay open: at the end of it the engine stops.
  const child = spawn(engine || "", ["script.js"], { cwd: folder, timeout: 10_000 });
  let said = "";
  child.stdout.setEncoding("latin1").on("data", (text: string) => (said += text));
  await once(child, "close");
  return said;
}
