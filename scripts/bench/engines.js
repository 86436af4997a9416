// Runs a program of the benchmark on an engine; what it prints after RESULT is JSON.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootEspruino } from "../../build/tsc/test/support/espruino.js";

const TIMEOUT_MS = 1_800_000;

/** It says what came of it, or that nothing will. */
const LAST_LINE = /RESULT |Uncaught|New interpreter error|out of memory/i;

/** Runs the program where it lies; its functions refer to their text there. */
const FROM_FLASH = `eval(require("Storage").read("program"));`;

/**
 * What the program found (espruino-run.js), and the milliseconds of processor time that it took.
 * @param {string} binary
 * @param {string} program
 * @param {Record<string, string>} files of its Storage
 * @param {boolean} isFromRam as the engine runs a file that is its argument
 */
export async function onEspruino(binary, program, files, isFromRam) {
  // This engine only writes the flash, and keeps the directory as long as the next one runs.
  const flash = isFromRam ? files : { ...files, program };
  const keeper = await bootEspruino({ binary, files: flash, timeoutMs: TIMEOUT_MS });
  try {
    const text = isFromRam ? program : FROM_FLASH;
    writeFileSync(join(keeper.directory, "program.js"), text, "latin1");
    return await runFile(binary, keeper.directory);
  } finally {
    await keeper.stop();
  }
}

async function runFile(binary, directory) {
  // Standard input has to stay open: at its end the engine stops.
  const child = spawn(binary, ["program.js"], { cwd: directory, timeout: TIMEOUT_MS });
  const said = [];
  let [pending, startMs, endMs] = ["", 0, 0];
  child.stdout.on("data", (chunk) => {
    const lines = (pending + chunk.toString("latin1")).split("\n");
    pending = lines.pop();
    said.push(...lines);
    if (lines.some((line) => line.includes("START"))) startMs = processorMs(child.pid);
    if (lines.some((line) => /END\r?$/.test(line))) endMs = processorMs(child.pid);
    if (lines.some((line) => LAST_LINE.test(line))) child.kill("SIGKILL");
  });
  await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  const times = said.filter((line) => line.includes("TIME "));
  return {
    ...resultIn(said, binary),
    ms: endMs - startMs,
    timesMs: times.map((line) => parseFloat(line.slice(line.indexOf("TIME ") + 5))),
  };
}

/** Of a running process, on Linux (proc(5)). */
function processorMs(pid) {
  const [nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ");
  return Number(nanoseconds) / 1e6;
}

/**
 * What the program found, and the engine's heap at its fullest, where it was built to tell.
 * @param {string} key a key record, which the program finds as KEY
 */
export function onJerry(binary, program, key) {
  const files = [{ name: "program.js", text: program }];
  const result = onEngine(binary, files, { KEY: key }, ["--mem-stats"]);
  return { ...result, peakBytes: peakIn(result.lines) };
}

/**
 * An engine that runs some files and ends.
 * @param {string} binary
 * @param {{name: string, text: string}[]} files
 * @param {Record<string, string>} values byte strings, which the program finds under these names
 * @param {string[]} options of the engine
 */
export function onEngine(binary, files, values, options = []) {
  const directory = mkdtempSync(join(tmpdir(), "microspime-bench-"));
  try {
    const assigned = Object.entries(values).map(([name, value]) => `var ${name}=${quoted(value)};`);
    const paths = [{ name: "values.js", text: assigned.join("\n") }, ...files].map((file) => {
      const path = join(directory, file.name);
      writeFileSync(path, file.text, "latin1");
      return path;
    });
    const { stdout, stderr, error } = spawnSync(binary, [...options, ...paths], {
      encoding: "latin1",
      timeout: TIMEOUT_MS,
    });
    if (error) throw error;
    const lines = (stdout + stderr).split("\n");
    return { ...resultIn(lines, binary), lines };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** `jerry --mem-stats` says what was allocated at most, the program's own code included; nothing where it was built without. */
export function peakIn(lines) {
  const line = lines.find((text) => text.includes("Peak allocated = "));
  return line && Number(/= (\d+)/.exec(line)[1]);
}

/** A byte string as a literal of ASCII. */
function quoted(bytes) {
  const codes = [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"));
  return `"${codes.map((code) => `\\x${code}`).join("")}"`;
}

function resultIn(lines, binary) {
  const line = lines.find((text) => text.includes("RESULT "));
  if (line === undefined)
    throw new Error(`${binary} gave no result; it said:\n${lines.join("\n")}`);
  const result = JSON.parse(line.slice(line.indexOf("RESULT ") + 7));
  if (result.isRight === false) throw new Error(`${binary} gave a wrong result`);
  return result;
}

/** What the engine calls itself. */
export async function espruinoVersion(binary) {
  const program =
    `print("RESULT "+JSON.stringify({version:process.env.VERSION,` +
    `total:process.memory().total}));`;
  return onEspruino(binary, program, {}, true);
}

export function jerryVersion(binary) {
  const { stdout } = spawnSync(binary, ["--version"], { encoding: "latin1" });
  return /[\d.]+(?: \([^)]*\))?/.exec(stdout ?? "")?.[0] ?? "unknown";
}
