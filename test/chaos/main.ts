// npm run chaos [-- --engine espruino --seeds N --seed S --json]: see chaos.ts and espruino/chaos.ts. Ends with 1 when a
// sample was lost or stored twice.

import { Command, Option } from "commander";
import { whole } from "../support/whole.js";
import { chaos, type ChaosOutcome } from "./chaos.js";
import { espruinoChaos, lackOfEspruino } from "./espruino/index.js";
import { faultsOf, findingsOf, summaryOf } from "./verdict.js";

const PROGRESS_SEEDS = 10;

/** A seed in the real engine takes a minute and a half. */
const SEEDS = { node: 30, espruino: 6 };

interface Options {
  readonly engine: string;
  readonly seeds?: number;
  readonly seed: number;
  readonly json?: true;
}

async function run({ engine, seeds, seed, json }: Options): Promise<void> {
  const isEspruino = engine === "espruino";
  const lack = isEspruino && lackOfEspruino();
  if (lack) {
    process.stderr.write(`Skipped: ${lack}\n`);
    return;
  }
  const outcomes: ChaosOutcome[] = [];
  while (outcomes.length < (seeds ?? (isEspruino ? SEEDS.espruino : SEEDS.node))) {
    const outcome = await (isEspruino ? espruinoChaos : chaos)(seed + outcomes.length);
    outcomes.push(outcome);
    if (json) continue;
    if (faultsOf(outcome).length > 0) process.stderr.write(`${findingsOf([outcome]).join("\n")}\n`);
    if (outcomes.length % PROGRESS_SEEDS === 0)
      process.stderr.write(`  ${outcomes.length} seeds …\n`);
  }
  const found = findingsOf(outcomes);
  process.stdout.write(json ? `${JSON.stringify({ outcomes, found })}\n` : summaryOf(outcomes));
  process.exitCode = found.length > 0 ? 1 : 0;
}

await new Command("chaos")
  .description("Lets power, network, ScopeNode and server of a board fail, and counts its samples.")
  .addOption(
    new Option("--engine <name>", "espruino: the real one, which ESPRUINO names")
      .choices(Object.keys(SEEDS))
      .default("node"),
  )
  .option("--seeds <number>", "how many runs; 30 in Node, 6 in Espruino", whole)
  .option("--seed <number>", "of the first run; each has the next one", whole, 1)
  .option("--json", "one object instead of the summary")
  .action(run)
  .parseAsync();
