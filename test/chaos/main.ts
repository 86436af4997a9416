// npm run chaos [-- --seeds N --seed S --json]: see chaos.ts. Ends with 1 when a sample was lost or stored twice.

import { Command } from "commander";
import { whole } from "../support/whole.js";
import { chaos, type ChaosOutcome } from "./chaos.js";
import { faultsOf, findingsOf, summaryOf } from "./verdict.js";

const PROGRESS_SEEDS = 10;

interface Options {
  readonly seeds: number;
  readonly seed: number;
  readonly json?: true;
}

async function run({ seeds, seed, json }: Options): Promise<void> {
  const outcomes: ChaosOutcome[] = [];
  while (outcomes.length < seeds) {
    const outcome = await chaos(seed + outcomes.length);
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
  .option("--seeds <number>", "how many runs", whole, 30)
  .option("--seed <number>", "of the first run; each has the next one", whole, 1)
  .option("--json", "one object instead of the summary")
  .action(run)
  .parseAsync();
