// `microspime nmea` as a person runs it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countSentence, createTally } from "../../../src/desktop/nmea/tally.js";
import { assertFailure, assertSuccess, linesOf, runProgram } from "./program.js";

const LOGS = "test/vectors/nmea";
const PROGRAM = "build/tsc/src/desktop/cli/main.js";
const NEO = join(LOGS, "neo-m8n.log");
const TELIT = join(LOGS, "april6_2019.log");

const nmea = (...args: string[]) => runProgram(["nmea", ...args]);

interface Line {
  readonly time: string;
  readonly lat: number;
  readonly lon: number;
  readonly altMSL?: number;
  readonly mode: number;
  readonly hdop?: number;
  readonly sats?: number;
}

const fixesOf = (stdout: string) => linesOf(stdout).map((line) => JSON.parse(line) as Line);

/** The program with standard input from us; what it says. */
async function piped(chunks: readonly string[], args: string[] = []) {
  const program = spawn(process.execPath, [PROGRAM, "nmea", ...args, "-"]);
  let stdout = "";
  program.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  program.stdin.on("error", () => {});
  for (const chunk of chunks) program.stdin.write(Buffer.from(chunk, "latin1"));
  program.stdin.end();
  const [status] = (await once(program, "close")) as [number];
  return { status, stdout };
}

describe("microspime nmea", () => {
  let folder: string;

  before(() => (folder = mkdtempSync(join(tmpdir(), "microspime-nmea-"))));
  after(() => rmSync(folder, { recursive: true }));

  const written = (text: string) => {
    const path = join(folder, "receiver.log");
    writeFileSync(path, text, "latin1");
    return path;
  };

  it("prints a line for each fix", async () => {
    const ended = await nmea(NEO);
    assertSuccess(ended);
    const fixes = fixesOf(ended.stdout);
    assert.equal(fixes.length, 23);
    assert.deepEqual(fixes[0], {
      time: "2015-03-18T17:19:26.000Z",
      lat: 44.0690105,
      lon: -121.314246333,
      altMSL: 1147.2,
      mode: 3,
      hdop: 0.91,
      sats: 12,
    });
  });

  it("leaves out what nobody said: mode 2 has no height", async () => {
    const { stdout } = await nmea(TELIT);
    const fix = { time: "1999-08-22T00:02:31.420Z", lat: 48.483341667, lon: 0.366693333, mode: 2 };
    assert.deepEqual(fixesOf(stdout), [fix]);
  });

  it("repairs the date of a receiver that counts the weeks wrong, when told the day of the build", async () => {
    const { stdout } = await nmea("--built", "2019-03-14", TELIT);
    assert.equal(fixesOf(stdout)[0]?.time, "2019-04-07T00:02:31.420Z");
    assertFailure(await nmea("--built", "yesterday", TELIT), 2, /a day like/, /--help/);
  });

  it("has gpsd's positions for every log of a receiver with a fix", async () => {
    const logs = readdirSync(LOGS).filter((name) => name.endsWith(".log"));
    for (const log of logs.filter((name) => name !== "skytraq.log")) {
      const { stdout } = await nmea(join(LOGS, log));
      assertAsGpsd(fixesOf(stdout), join(LOGS, log.replace(".log", ".tpv.jsonl")));
    }
  });

  it("reads standard input, cut anywhere, however long", async () => {
    const bytes = readFileSync(NEO, "latin1");
    const alone = await nmea(NEO);
    const { stdout } = await piped([...bytes.slice(0, 2000), bytes.slice(2000)]);
    assert.equal(stdout, alone.stdout);
    const times = 100;
    const more = await piped(Array.from({ length: times }, () => bytes));
    assert.equal(linesOf(more.stdout).length, times * linesOf(alone.stdout).length);
  });

  it("takes a last line without an end, and binary bytes between", async () => {
    const [rmc, gga] = readFileSync(NEO, "latin1").match(/\$GN(RMC|GGA).*\*../g) ?? [];
    const { stdout } = await nmea(written(`\xb5b\x01\x07\n${rmc}\r\n\xd3\0\x13${gga}`));
    assert.equal(fixesOf(stdout).length, 1);
  });

  it("sums up what it has read", async () => {
    const broken = readFileSync(TELIT, "latin1").replace("000231.099,A", "000231.098,A");
    const { status, stderr } = await nmea("--summary", written(broken));
    assert.equal(stderr, "16 lines, 2 GPRMC, 1 with a wrong checksum or shape: 1 fix\n");
    assert.equal(status, 0);
  });

  it("ends in good order when whoever reads has seen enough", async () => {
    const bytes = readFileSync(NEO, "latin1").repeat(50);
    const program = spawn(process.execPath, [PROGRAM, "nmea", written(bytes)]);
    let stderr = "";
    program.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    program.stdout.once("data", () => program.stdout.destroy());
    const [status] = (await once(program, "close")) as [number];
    assert.deepEqual([status, stderr], [0, ""]);
  });

  it("ends with the summary so far on Ctrl-C", async () => {
    const program = spawn(process.execPath, [PROGRAM, "nmea", "--summary", "-"]);
    let stderr = "";
    program.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    program.stdout.once("data", () => program.kill("SIGINT"));
    program.stdin.write(readFileSync(NEO));
    const [status] = (await once(program, "close")) as [number];
    assert.equal(status, 0);
    assert.match(stderr, /^298 lines, .*: 23 fixes\n$/);
  });

  it("says why there is no fix, and what to do", async () => {
    assertFailure(await nmea(join(LOGS, "skytraq.log")), 1, /no fix/, /view of the sky/);
    assertFailure(await nmea(written("")), 1, /no NMEA sentence/, /baud rate/);
    assertFailure(await nmea(written("$GPRMC,1*00\n")), 1, /right checksum/, /wiring/);
    const [gga] = readFileSync(NEO, "latin1").match(/\$GNGGA.*\*../) ?? [];
    assertFailure(await nmea(written(`${gga}\n`)), 1, /no sentence with a date/, /send RMC/);
    assertFailure(await nmea(written("$GPVTG,,,,,,,,,N*30\n")), 1, /a position/, /RMC and GGA/);
  });

  it("says what is wrong with its input", async () => {
    assertFailure(
      await nmea(join(folder, "none")),
      2,
      /cannot be read \(ENOENT\)/,
      /receiver sent/,
    );
    assertFailure(await nmea(folder), 2, /cannot be read \(EISDIR\)/, /receiver sent/);
    assertFailure(await nmea(), 2, /file/, /--help/);
  });
});

describe("a tally of sentences", () => {
  it("knows 200 names, and counts others together", () => {
    const tally = createTally();
    for (let index = 0; index < 300; index++) countSentence(tally, `N${index}`);
    countSentence(tally, "N0");
    assert.equal(tally.sentences.size, 201);
    assert.deepEqual([tally.sentences.get("N0"), tally.sentences.get("others")], [2, 100]);
  });
});

function assertAsGpsd(fixes: readonly Line[], path: string): void {
  const tpvs = linesOf(readFileSync(path, "utf8")).map(
    (line) => JSON.parse(line) as Partial<Line> & { readonly timeNmea?: string },
  );
  for (const { time, lat, lon } of fixes) {
    const then = tpvs.filter((tpv) => tpv.timeNmea === time && tpv.lat !== undefined);
    const isThere = then.some(
      (tpv) => Math.abs(tpv.lat! - lat) <= 2e-8 && Math.abs(tpv.lon! - lon) <= 2e-8,
    );
    assert.ok(isThere || then.length === 0, `${path} ${time}`);
  }
  assert.ok(fixes.length > 0, path);
}
