// The rules about what Espruino cannot run (language notes 2v29): each example against the rules, and
// with ESPRUINO=/path/to/engine against the engine itself, so that the rules cannot drift from it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { checkBundle, ruleNames } from "../../../../scripts/bundle-rules.js";
import { examples, type Example } from "./offences.js";

const rulesFound = (source: string) => checkBundle(source).map(({ rule }) => rule);
const inFunction = (body: string) => `!function(){${body}}();`;

describe("bundle rules", () => {
  for (const { rule, bad, good } of examples) {
    it(`${rule} refuses ${JSON.stringify(bad)}`, () => {
      assert.ok(rulesFound(inFunction(bad)).includes(rule), String(rulesFound(inFunction(bad))));
    });
    it(`${rule} accepts ${JSON.stringify(good)}`, () => {
      assert.deepEqual(rulesFound(inFunction(good)), []);
    });
  }

  it("have an example for each rule", () => {
    const shown = new Set(examples.map(({ rule }) => rule));
    assert.deepEqual(
      ruleNames.filter((rule) => !shown.has(rule)),
      ["parse-error"],
    );
  });

  it("give the line and column where the offence is, from 1", () => {
    const [offence] = checkBundle("var a;\nvar b=\n  Math.trunc(1.5);");
    assert.equal(offence.rule, "missing-builtin");
    assert.deepEqual([offence.line, offence.column], [3, 3]);
    assert.match(offence.message, /Math\.trunc/);
  });

  it("report in the order of the source", () => {
    assert.deepEqual(rulesFound("a:for(;;)b();Math.pow(2,3);f();function f(){}"), [
      "label",
      "math-pow",
      "function-before-declaration",
    ]);
  });

  it("name a bundle that no engine can read", () => {
    const [offence] = checkBundle("var a;\nvar =");
    assert.deepEqual([offence.rule, offence.line, offence.column], ["parse-error", 2, 5]);
  });

  it("apply to a script's own top level", () => {
    assert.deepEqual(rulesFound("f();function f(){}"), ["function-before-declaration"]);
    assert.deepEqual(rulesFound("z=1;var z"), ["var-leak"]);
  });
});

describe("var-leak has no false alarm for", () => {
  const fine = [
    '"use strict";var a,b,c;if(d())a=1;else b=2;for(c in b)a=c',
    "function f(a){var a;return a}",
    "function f(x){if(!x)return;var z=1;return z}",
    "function f(x){if(x)var z=1;else return;return z}",
    "function f(x){switch(x){case 1:var z=1;break;default:throw 0}return z}",
    "function f(x){for(;;){var z=x;if(z)break}return z}",
    "function f(x){while(x()){var z=x();if(!z)continue;z++}}",
    "function f(x){try{var z=x()}finally{x(z)}return z}",
    "function f(){return typeof z;var z}",
    "function f(){try{g()}catch(e){function h(){}h(e)}}",
    "var f=function g(n){return n?g(n-1):0};f(2)",
    "var a=function(){b=1;return c},b,c;setTimeout(a,1)",
    "var r=function(){var n=0;return function(){return n++}}();r()",
  ];
  for (const source of fine) {
    it(source, () => assert.deepEqual(rulesFound(`var d,g;${source}`), []));
  }
});

describe("check-bundle", () => {
  const script = resolve("scripts/check-bundle.js");
  let directory: string;
  const run = (...files: string[]) =>
    spawnSync(process.execPath, [script, ...files], { cwd: directory, encoding: "utf8" });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "check-bundle-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("exits 0 and counts when there is no offence", () => {
    writeFileSync(join(directory, "fine.js"), "!function(){var a=1;a++}();");
    const { status, stdout } = run("fine.js");
    assert.equal(stdout, "1 bundle checked, no offence\n");
    assert.equal(status, 0);
  });

  it("exits 1 and shows place, rule and code of an offence", () => {
    writeFileSync(join(directory, "fine.js"), "var a=1;");
    writeFileSync(join(directory, "dead.js"), `var a=${"1+".repeat(99)}Math.imul(2,3);`);
    const { status, stdout } = run("fine.js", "dead.js");
    const [place, excerpt, summary] = stdout.split("\n");
    assert.match(place, /^dead\.js:1:205 missing-builtin — Espruino has no Math\.imul; .+\.$/);
    assert.match(excerpt, /^ +….+Math\.imul\(2,3\);$/);
    assert.equal(summary, "1 offence in 1 bundle");
    assert.equal(status, 1);
  });

  it("exits 2 and says what to do when there is no bundle", () => {
    const { status, stderr } = run();
    assert.equal(stderr, "There is no bundle in build/.\nBuild them first: npm run build\n");
    assert.equal(status, 2);
  });

  it("exits 2 and says what to do when a file cannot be read", () => {
    const { status, stderr } = run("nowhere.js");
    assert.equal(stderr, "Cannot read nowhere.js (ENOENT).\nBuild it first: npm run build\n");
    assert.equal(status, 2);
  });
});

describe("the rules and the engines", () => {
  const measured = examples.filter(({ value }) => value !== undefined);

  it("Node answers every example as ES5 says", () => {
    for (const { bad, good, value } of measured) {
      for (const body of [bad, good]) assert.equal(answerOfNode(body), value, body);
    }
  });

  it("Espruino fails each offence and manages each near miss", function () {
    const engine = process.env.ESPRUINO;
    if (!engine) {
      this.test!.title += " (skipped: set ESPRUINO to the engine's path)";
      this.skip();
    }
    this.timeout(120_000);
    for (const example of measured) compareOnEspruino(engine, example);
  });
});

function answerOfNode(body: string): string {
  return runInNewContext(`JSON.stringify((function(){${body}\n})())`) as string;
}

function compareOnEspruino(engine: string, { rule, bad, good, value }: Example): void {
  assert.equal(answerOfEspruino(engine, good), value, `${rule}, near miss: ${good}`);
  assert.notEqual(answerOfEspruino(engine, bad), value, `${rule}, offence: ${bad}`);
}

/** What the engine prints; its console ends at the end of its input. */
function answerOfEspruino(engine: string, body: string): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "espruino-"));
  const file = join(directory, "example.js");
  writeFileSync(file, `print("ANSWER "+JSON.stringify((function(){${body}\n})())+" END");`);
  const { stdout, error } = spawnSync(engine, [file], {
    ...{ cwd: directory, input: "", encoding: "utf8" as const, timeout: 10_000 },
  });
  rmSync(directory, { recursive: true });
  assert.ifError(error);
  return /ANSWER (.*) END/.exec(stdout)?.[1];
}
