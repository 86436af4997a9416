// npm run soak: see soak.ts. Ends with 1 when a sample was lost or stored twice, or the memory has grown.

import { Command } from "commander";
import { whole } from "../support/whole.js";
import { espruinoEngine, nodeEngine } from "./bench.js";
import { faultsOf, summaryOf } from "./verdict.js";
import { soak } from "./soak.js";

const RECONNECTS = { node: 10_000, espruino: 1000 };
const PATIENCE_MS = 120_000;

const program = new Command("soak")
  .description("Lets a board come back many times through a network that breaks every connection.")
  .option("--engine <name>", "node, or espruino (which ESPRUINO names)", "node")
  .option("--reconnects <number>", "how many times; 10000 in Node, 1000 in Espruino", whole)
  .option("--seed <number>", "of the choice of faults", whole, 1)
  .option("--json", "one object instead of the summary")
  .parse();

const { engine, reconnects, seed, json } = program.opts<{
  engine: string;
  reconnects?: number;
  seed: number;
  json?: boolean;
}>();
if (engine !== "node" && engine !== "espruino") program.error("--engine is node or espruino.");
const name = engine as keyof typeof RECONNECTS;
const outcome = await soak({
  engine: name === "node" ? nodeEngine : espruinoEngine,
  reconnects: reconnects ?? RECONNECTS[name],
  seed,
  patienceMs: PATIENCE_MS,
  onProgress: (count) => {
    if (count > 0 && count % 500 === 0 && !json) process.stderr.write(`  ${count} reconnects …\n`);
  },
});
const found = faultsOf(outcome);
process.stdout.write(json ? `${JSON.stringify({ ...outcome, found })}\n` : summaryOf(outcome));
process.exitCode = found.length > 0 ? 1 : 0;
