// What a board in Node keeps in a folder: flash as flash is, files whole or not at all, and a run that is killed goes on.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { openStoreFolder, PAGE_BYTES } from "../../../src/desktop/sim/store-folder.js";

const PROGRAM = "build/tsc/src/desktop/cli/main.js";

describe("a folder as store", function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "microspime-folder-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("keeps files, readable by their owner alone", () => {
    const store = openStoreFolder(folder);
    assert.equal(store.read("microspime.rng0"), undefined);
    store.write("microspime.rng0", "\xff\x00old");
    store.write("microspime.rng0", "\xff\x00new");
    store.close();
    assert.equal(openStoreFolder(folder).read("microspime.rng0"), "\xff\x00new");
    assert.equal(statSync(path.join(folder, "microspime.rng0")).mode & 0o777, 0o600);
  });

  it("keeps flash as flash does: bits are cleared, and set with their page", () => {
    const { flash, close } = openStoreFolder(folder);
    flash.write(PAGE_BYTES + 5, "\x0f\xaa");
    flash.write(PAGE_BYTES + 5, "\xf1\xff");
    flash.write(0, "\x00");
    flash.erase(0);
    close();
    const again = openStoreFolder(folder);
    assert.equal(again.flash.read(PAGE_BYTES + 4, 4), "\xff\x01\xaa\xff");
    assert.equal(again.flash.read(0, 2), "\xff\xff");
    assert.deepEqual(again.flash.area, { pages: 16, pageBytes: PAGE_BYTES });
  });

  it("refuses flash that is no pages, and a folder that is a file", () => {
    writeFileSync(path.join(folder, "flash.bin"), "short");
    assert.throws(() => openStoreFolder(folder), /has 5 bytes/);
    assert.throws(() => openStoreFolder(path.join(folder, "flash.bin")), /cannot keep/);
  });

  it("lets a board that was killed boot again where it was", async () => {
    const seed = () => readFileSync(path.join(folder, "microspime.seed"));
    assert.equal(await bootsOf(folder), "1");
    const first = seed();
    assert.equal(await bootsOf(folder), "2");
    assert.deepEqual(seed(), first);
  });
});

/** Runs a simulation until the board has told how it is, and kills it. */
async function bootsOf(folder: string): Promise<string> {
  const args = [PROGRAM, "sim", "--json", "--plain", "--speed", "50", "--store", folder];
  const run = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    for await (const line of createInterface(run.stdout)) {
      const boots = / boots=(\d+)/.exec(line) ?? /"boots":"(\d+)"/.exec(line);
      if (boots) return boots[1]!;
    }
    throw new assert.AssertionError({ message: "the board has told no status" });
  } finally {
    run.kill("SIGKILL");
  }
}
