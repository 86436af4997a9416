// What the queue in flash costs: the flash's wear, milliseconds and variables in Espruino, and the same beside what a
// user would do without it; written into docs/benchmarks.md. ESPRUINO and ESPRUINO_SMALL name the engines; without one
// there is nothing to measure.
import { findProgram } from "../../build/tsc/test/support/suites.js";
import { bundleOf } from "./bundle.js";
import { FILE, machineNow, writeSection } from "./document.js";
import { resultOf } from "./queue-engine.js";
import { fullArea } from "./queue-image.js";
import { measureQueuePeers } from "./queue-peers.js";
import { queueSection } from "./queue-table.js";
import { AREAS, measureWear } from "./queue-wear.js";

const DEFAULT_ENGINES = { ESPRUINO: "espruino-linux", ESPRUINO_SMALL: "espruino-3400" };
const POLICIES = ["oldest", "thin"];

/** Where the area is full, and appending to one that is not; milliseconds, and variables where they are wanted. */
async function costsOf(binary, program, pages, whenFull, hasPeak) {
  const run = async (what) => {
    const files = { ".bootcde": program, mode: `${whenFull} ${pages} ${what}` };
    const { append } = await resultOf(binary, files);
    // The area has to be the first file.
    const full = await resultOf(binary, { queue: fullArea(pages, whenFull), ...files });
    return { ...full, append };
  };
  const times = await run("times");
  return { pages, whenFull, times, ...(hasPeak && { peak: await run("peak") }) };
}

async function measureCosts(binary, say) {
  const program = await bundleOf("queue-cost");
  const rows = [];
  for (const pages of AREAS) {
    for (const whenFull of POLICIES) {
      // How many pages there are makes no difference to the variables.
      const row = await costsOf(binary, program, pages, whenFull, pages === AREAS.at(-1));
      const [begin, turn] = [row.times.begin, row.times.turn].map(Math.round);
      const what = `${row.times.total} variables, ${pages} pages, ${whenFull}`;
      say(`queue, ${what}: begins in ${begin} ms, turns in ${turn} ms`);
      rows.push(row);
    }
  }
  return rows;
}

/** @param {(line: string) => void} say */
export async function benchQueue(say) {
  const found = Object.entries(DEFAULT_ENGINES).map(([variable, name]) =>
    findProgram(process.env[variable] || name),
  );
  const engines = found.filter((binary) => binary !== undefined);
  if (engines.length === 0) {
    say("queue: skipped, there is no Espruino (set ESPRUINO)");
    return { isMet: true };
  }
  const wear = measureWear();
  const costs = [];
  for (const binary of engines) costs.push(await measureCosts(binary, say));
  const peers = await measureQueuePeers(engines.at(-1), say);
  const machine = machineNow();
  await writeSection("npm run bench, queue", queueSection({ wear, costs, peers }, machine));
  say(`${FILE} has its section on the queue`);
  return { machine, wear, costs, peers, isMet: true };
}
