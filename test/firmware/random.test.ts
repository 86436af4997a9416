// The random generator on the real Espruino, its state in the engine's own flash: ESPRUINO=/path/to/espruino.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleForEspruino } from "../support/bundle.js";
import { bootEspruino } from "../support/espruino.js";
import { findProgram } from "../support/suites.js";

const SEED = Buffer.from(Array.from({ length: 48 }, (_, index) => 255 - index * 5)).toString(
  "latin1",
);

/** Noise and clock are the same at each boot; the engine's own generator is asked for comparison. */
const PROGRAM = `
  import { createRandom } from "firmware/crypto/random.js";
  import { NATIVE_HASHES } from "firmware/ports/espruino.js";
  function hex(bytes) {
    var text = "";
    for (var at = 0; at < bytes.length; at++) text += (bytes.charCodeAt(at) + 256).toString(16).slice(1);
    return text;
  }
  function report() {
    var random = createRandom(NATIVE_HASHES[0], require("Storage"), function () {
      return "\\x80\\xff\\0";
    }, function () {
      return 1000.5;
    });
    print("seeded=" + random.isSeeded());
    random.stir(5);
    print("bytes=" + hex(random.bytes(40)));
    print("engine=" + Math.random() + "," + E.hwRand());
    print("end=");
  }
  setTimeout(report, 0);
`;

/** Before the program: all that is left of the flash is taken. */
const FILL = `
  var big = "", index = 0;
  while (big.length < 4000) big += "0123456789";
  try { for (;;) require("Storage").write("f" + index++, big); } catch (error) { big = "x"; }
  try { for (;;) require("Storage").write("f" + index++, big); } catch (error) { big = ""; }
`;

interface Boot {
  readonly said: Record<string, string>;
  /** The flash as the boot left it. */
  readonly flash: Buffer;
}

async function boot(
  binary: string,
  files: Record<string, string>,
  flash?: Uint8Array,
): Promise<Boot> {
  const said: Record<string, string> = {};
  let finish = () => {};
  const over = new Promise<void>((resolve) => (finish = resolve));
  const onLine = (line: string) => {
    const match = /^(\w+)=(.*)$/.exec(line);
    if (match) said[match[1]] = match[2];
    if (match?.[1] === "end") finish();
  };
  const engine = await bootEspruino({ binary, files, flash, onLine });
  try {
    await Promise.race([over, engine.exited]);
    return { said, flash: await readFile(join(engine.directory, "espruino.flash")) };
  } finally {
    await engine.stop();
  }
}

describe("random on Espruino, in its flash", function () {
  this.timeout(60_000);
  const named = process.env.ESPRUINO;
  const binary = named === undefined ? undefined : findProgram(named);
  if (binary === undefined) {
    it.skip(
      named === undefined ? "skipped: set ESPRUINO" : `skipped: there is no ${named} (ESPRUINO)`,
    );
    return;
  }
  let program: string;

  before(async () => {
    program = await bundleForEspruino(PROGRAM);
  });

  it("differs from boot to boot, where Espruino's own generator repeats itself", async () => {
    const first = await boot(binary, { ".bootcde": program, "microspime.seed": SEED });
    const second = await boot(binary, {}, first.flash);
    const third = await boot(binary, {}, second.flash);
    const boots = [first, second, third].map(({ said }) => said);
    assert.deepEqual(
      boots.map(({ seeded }) => seeded),
      ["true", "true", "true"],
    );
    for (const { bytes } of boots) assert.match(bytes, /^[0-9a-f]{80}$/);
    assert.equal(new Set(boots.map(({ bytes }) => bytes)).size, 3);
    assert.equal(new Set(boots.map(({ engine }) => engine)).size, 1, "docs/espruino.md is wrong");
    const lost = await boot(binary, {}, first.flash);
    assert.equal(lost.said.bytes, second.said.bytes, "something else differs: it proves nothing");
  });

  it("is not seeded when the flash is full, and not without a seed", async () => {
    const full = await boot(binary, { ".bootcde": FILL + program, "microspime.seed": SEED });
    const bare = await boot(binary, { ".bootcde": program });
    for (const { said } of [full, bare]) {
      assert.equal(said.seeded, "false");
      assert.match(said.bytes, /^[0-9a-f]{80}$/);
    }
  });
});
