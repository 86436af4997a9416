// npm run bench -- peers [--json]: bytes of the XMPP layer beside its peers', in a minute; see bench/peers.js.
// npm run bench -- drivers [--json]: bytes of a bundle with each CO2 driver, in two more; see bench/drivers.js.
// npm run bench -- queue [--json]: the queue in flash, its wear, time and memory, in ten; see bench/queue.js.
// npm run bench -- jerry [--json]: time and heap on JerryScript, in three; see bench/jerry-columns.js.
// npm run bench -- nacl [--json]: the suite of docs/nacl.md beside the document's, in five; see bench/nacl.js.
// npm run bench [-- --json --flash]: measures the firmware's cryptography side by side with its peers, on the same
// engine and in the same run, and rewrites the figures in docs/benchmarks.md. Exit code 1: a target of
// issue 3 is missed. Takes some twenty minutes. ESPRUINO=, ESPRUINO_SMALL= (one with
// the 3,400 variables of an ESP32, for the reports) and JERRY= name the engines.
import { findProgram } from "../build/tsc/test/support/suites.js";
import { FILE, machineNow, writeSection } from "./bench/document.js";
import { benchDrivers } from "./bench/drivers.js";
import { measureEspruino } from "./bench/espruino.js";
import { measureJerry } from "./bench/jerry.js";
import { benchJerry } from "./bench/jerry-columns.js";
import { benchNacl } from "./bench/nacl.js";
import { benchPeers } from "./bench/peers.js";
import { benchQueue } from "./bench/queue.js";
import { measureReports } from "./bench/report.js";
import { documentOf, targetsOf } from "./bench/tables.js";

const isJson = process.argv.includes("--json");
/** A third of the time: in Espruino from flash only, not from RAM as well, and jsbn with 1,024 bits only. */
const isShort = process.argv.includes("--flash");
/** Sizes beside those of npm's packages (issue 5), and no engine. */
const isPeersOnly = process.argv.includes("peers");
/** Sizes of the CO2 drivers (issue 6), and no engine. */
const isDriversOnly = process.argv.includes("drivers");
/** The queue in flash (issue 7). */
const isQueueOnly = process.argv.includes("queue");
/** Time and heap on JerryScript (issue 9). */
const isJerryOnly = process.argv.includes("jerry");
/** Another suite than the document's (issue 9). */
const isNaclOnly = process.argv.includes("nacl");
// With --json standard output is JSON alone.
const say = isJson ? console.error : console.log;

/** What `measure` finds on the engine that the variable names, or why it was not asked. */
async function onEngine(variable, measure) {
  const named = process.env[variable];
  if (!named) return { skipped: `skipped: set ${variable}` };
  const binary = findProgram(named);
  return binary
    ? measure(binary, say, isShort)
    : { skipped: `skipped: there is no ${named} (${variable})` };
}

async function benchEngines() {
  say(
    "Measures RSA against its peers on the engines that ESPRUINO and JERRY name, for docs/benchmarks.md",
  );
  const results = {
    espruino: await onEngine("ESPRUINO", measureEspruino),
    jerry: await onEngine("JERRY", measureJerry),
    report: await onEngine("ESPRUINO", measureReports),
    reportSmall: await onEngine("ESPRUINO_SMALL", measureReports),
  };
  const machine = machineNow();
  const targets = targetsOf(results);
  for (const [name, { skipped }] of Object.entries(results))
    if (skipped) say(`${name}: ${skipped}`);
  for (const { what, target, value } of targets) {
    const outcome = value >= target ? "met" : "missed";
    say(`${what}: ${value.toFixed(1)} ×, target ${target} ×, ${outcome}`);
  }
  // Where no engine was named the figures that are there are better than none.
  if (targets.length > 0) {
    await writeSection("npm run bench", documentOf(results, machine));
    say(`${FILE} is written`);
  }
  return {
    machine,
    ...results,
    targets,
    isMet: targets.every(({ target, value }) => value >= target),
  };
}

function bench() {
  if (isQueueOnly) return benchQueue(say);
  if (isJerryOnly) return benchJerry(say);
  if (isNaclOnly) return benchNacl(say);
  if (isDriversOnly) return benchDrivers(say);
  return isPeersOnly ? benchPeers(say) : benchEngines();
}

const { isMet, ...figures } = await bench();
if (isJson) console.log(JSON.stringify(figures, null, 2));
process.exitCode = isMet ? 0 : 1;
