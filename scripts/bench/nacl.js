// The suite of docs/nacl.md beside the document's, on each engine: time and memory of a report, and the bytes that it costs a
// bundle. JERRY, ESPRUINO name the engines; duk is taken where there is one.
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numbersOfKey, publicKeyRecord } from "../../build/tsc/test/support/rsa-records.js";
import { findProgram } from "../../build/tsc/test/support/suites.js";
import { measure } from "../size.js";
import { bundleOf } from "./bundle.js";
import { FILE, machineNow, writeSection } from "./document.js";
import { espruinoVersion, jerryVersion, onEngine, onEspruino, peakIn } from "./engines.js";
import { benchKey } from "./key.js";
import { naclSection } from "./nacl-table.js";

const BITS = 2048;
const BOARD = "jerry";

const readText = (file) => readFileSync(file, "latin1");

function recipientRecord() {
  const pem = readFileSync(`test/vectors/openspime/scopenode-${BITS}.pem`);
  return publicKeyRecord(numbersOfKey(createPrivateKey(pem)));
}

/** Both suites, each by a program that has its own arithmetic and no other's. */
function reportsOn(binary, prelude, { programs, values }, options) {
  const found = Object.entries(programs).map(([suite, text]) => {
    const files = [
      { name: "prelude.js", text: prelude },
      { name: "program.js", text },
    ];
    return [suite, onEngine(binary, files, values, options)];
  });
  return Object.fromEntries(found);
}

function measureNode({ programs, values }) {
  const literal = (value) =>
    `Buffer.from("${Buffer.from(value, "latin1").toString("base64")}","base64")`;
  const assigned = Object.entries(values).map(
    ([name, value]) => `var ${name}=${literal(value)}.toString("latin1");`,
  );
  const prelude = `var print=console.log;${assigned.join("")}`;
  const run = (text) => onEngine(process.execPath, [], {}, ["-e", `${prelude}${text}`]);
  const { rsa, nacl } = programs;
  return { engine: `Node ${process.version}`, rsa: run(rsa), nacl: run(nacl) };
}

function measureJerryBoth(binary, work) {
  const prelude = readText("test/support/jerry-prelude.js");
  const timed = reportsOn(binary, prelude, work);
  const counted = reportsOn(binary, prelude, work, ["--mem-stats"]);
  return {
    engine: `JerryScript ${jerryVersion(binary)}`,
    rsa: { ...timed.rsa, peak: peakIn(counted.rsa.lines) },
    nacl: { ...timed.nacl, peak: peakIn(counted.nacl.lines) },
  };
}

/** The vectors of the RFCs: whether it computes right is part of what is asked. */
async function measureEspruinoNacl(binary) {
  const { version, total } = await espruinoVersion(binary);
  const { ed25519, x25519 } = JSON.parse(readText("test/vectors/nacl/vectors.json"));
  const hex = (digits) => Buffer.from(digits, "hex");
  const program = await bundleOf("espruino-nacl");
  const run = (mode, seed, answer) => {
    const stored = { mode, seed: hex(seed).toString("latin1") };
    const files = { ...stored, answer: hex(answer).toString("base64") };
    return onEspruino(binary, program, files, false);
  };
  const [{ seed, signature, public: publicKey }] = ed25519;
  const product = await run("productJob", x25519.aliceSecret, x25519.alicePublic);
  const key = await run("keyJob", seed, publicKey);
  const sign = await run("signJob", seed, signature);
  const signMs = sign.ms - key.ms;
  return { version, total, programBytes: program.length, product, signMs, before: key.before };
}

/** With the suite and without, the board's name the same. */
function measureBundles(say) {
  const folder = mkdtempSync(join(tmpdir(), "microspime-nacl-"));
  const board = JSON.parse(readText(`boards/${BOARD}.json`));
  try {
    const [without, withIt] = [["rsa"], ["rsa", "nacl"]].map((suites) => {
      say(`Builds the bundle of ${BOARD} with ${suites.join(" and ")}`);
      const name = suites.join("-");
      const boards = join(folder, name, "boards");
      mkdirSync(boards, { recursive: true });
      writeFileSync(join(boards, `${BOARD}.json`), JSON.stringify({ ...board, suites }));
      const env = { ...process.env, ONLY: BOARD, BOARDS: boards, BUNDLES: join(folder, name) };
      const arguments_ = ["rollup", "--config", "rollup.config.js", "--silent"];
      execFileSync("npx", arguments_, { env, stdio: "inherit" });
      const read = (end) => readFileSync(join(folder, name, `${BOARD}.js${end}`), "utf8");
      return measure(read(""), JSON.parse(read(".map")), {});
    });
    return { without, withIt };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const named = (variable, otherwise) => findProgram(process.env[variable] ?? otherwise);

/** @param {(line: string) => void} say */
export async function benchNacl(say) {
  const work = {
    programs: { rsa: await bundleOf("rsa-seal"), nacl: await bundleOf("nacl-seal") },
    values: { KEY: benchKey(BITS), RECIPIENT: recipientRecord() },
  };
  const rows = [measureNode(work)];
  const jerry = named("JERRY", "jerry");
  if (jerry) rows.push(measureJerryBoth(jerry, work));
  const duk = named("DUK", "duk");
  if (duk) {
    const prelude = readText("test/support/duk-prelude.js");
    const all = `var print=print||console.log;\n${prelude}`;
    rows.push({ engine: "Duktape", ...reportsOn(duk, all, work) });
  }
  for (const { engine, rsa, nacl } of rows)
    say(
      `${engine}: ${rsa.provider} ${rsa.sealMs.toFixed(1)} ms, nacl ${nacl.sealMs.toFixed(1)} ms`,
    );
  const binary = named("ESPRUINO", "espruino-linux");
  const espruino = binary && (await measureEspruinoNacl(binary));
  if (espruino) say(`Espruino: a signature takes ${(espruino.signMs / 1000).toFixed(0)} s`);
  const bundles = measureBundles(say);
  const section = naclSection({ rows, espruino, bundles, machine: machineNow() });
  await writeSection("npm run bench, nacl", section);
  say(`${FILE} has its section about the suite`);
  return { rows, espruino, bundles, isMet: true };
}
