// Bytes per module group through the source map, and budgets that fail the build.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findExcesses, groupOf, measure } from "../../../../scripts/size.js";

// !function(){ is the wrapper, then columns 12, 16 and 22 begin a source each; from }( on it is the wrapper again.
const code = "!function(){a=1;b=222;cc()}();\n//end\n";
const map = {
  version: 3,
  names: [],
  sources: [
    "../src/firmware/xml/parser.ts",
    "../src/firmware/xmpp/jid.ts",
    "../src/firmware/bytes.ts",
  ],
  mappings: "YAAA,ICAA,MCAA;;",
};

describe("size", () => {
  it("attributes every byte to the last mapping at or before it", () => {
    const { bytes, groups } = measure(code, map, {});
    assert.deepEqual(groups, { "(wrapper)": 23, xml: 4, xmpp: 6, "bytes.ts": 4 });
    assert.equal(bytes, code.length);
  });

  it("counts bytes, not characters", () => {
    const { bytes, groups } = measure('"é"', { ...map, mappings: "AAAA" }, {});
    assert.equal(bytes, 4);
    assert.equal(groups.xml, 4);
  });

  it("groups by folder under src/firmware, by file name there and by package", () => {
    assert.equal(groupOf("../src/firmware/sensors/nmea/scan.ts"), "sensors");
    assert.equal(groupOf("../src/firmware/platform.ts"), "platform.ts");
    assert.equal(groupOf("../node_modules/tslib/tslib.es6.js"), "tslib");
    assert.equal(groupOf(undefined), "(wrapper)");
  });

  it("counts the files of a group, of which a board chooses the sensors", () => {
    const sources = ["../src/firmware/sensors/mhz19.ts", ...map.sources.slice(1)];
    const { files } = measure(code, { ...map, sources }, {});
    assert.deepEqual(files["sensors"], { "mhz19.ts": 4 });
  });

  it("finds what is over budget: the bundle, a group, a sum of groups", () => {
    const budget = { bundle: 36, groups: { "xml+xmpp": 9, xml: 4 } };
    assert.deepEqual(findExcesses({ esp32: measure(code, map, budget) }), [
      { bundle: "esp32", group: "xml+xmpp", bytes: 10, budget: 9 },
      { bundle: "esp32", group: "(bundle)", bytes: code.length, budget: 36 },
    ]);
  });
});

describe("size.js", () => {
  const script = resolve("scripts/size.js");
  let directory: string;
  const run = (...options: string[]) =>
    spawnSync(process.execPath, [script, ...options], { cwd: directory, encoding: "utf8" });
  const build = (name: string, text: string) => {
    mkdirSync(join(directory, "build"), { recursive: true });
    writeFileSync(join(directory, "build", `${name}.js`), text);
    writeFileSync(join(directory, "build", `${name}.js.map`), JSON.stringify(map));
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "size-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("prints an aligned table and writes build/size.json", () => {
    build("esp32", code);
    const { status, stdout } = run();
    assert.equal(status, 0);
    const lines = stdout.trimEnd().split("\n");
    assert.match(lines[0], /^esp32 +bytes +budget +used$/);
    assert.ok(lines.some((line) => /^xml\+xmpp +10 +\d+ +0 %$/.test(line)));
    const report = JSON.parse(readFileSync(join(directory, "build", "size.json"), "utf8"));
    assert.equal(report.bundles.esp32.bytes, code.length);
    assert.deepEqual(report.over, []);
  });

  it("prints with --json what it writes", () => {
    build("sim", code);
    assert.equal(run("--json").stdout, readFileSync(join(directory, "build", "size.json"), "utf8"));
  });

  it("exits 1 over budget and names bundle, group, bytes and budget", () => {
    build("esp32", `${code}//${"x".repeat(500_000)}`);
    const { status, stderr } = run();
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^Over budget: esp32, \(bundle\): \d+ bytes, budget \d+\.\nSave \d+ bytes/,
    );
  });

  it("exits 2 and says what to do without a bundle or without its map", () => {
    const nothing = run();
    assert.equal(
      nothing.stderr,
      "There is no bundle in build/.\nBuild them first: npm run build\n",
    );
    assert.equal(nothing.status, 2);
    build("esp32", code);
    rmSync(join(directory, "build", "esp32.js.map"));
    assert.match(run().stderr, /^Cannot read build.esp32\.js\.map \(ENOENT\)\.\nBuild it first/);
  });
});
