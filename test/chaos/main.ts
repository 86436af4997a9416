// npm run chaos [-- --months | --engine espruino] [--seeds N --seed S --jobs N --trace --json]: see chaos.ts,
// months/month.ts and espruino/chaos.ts. Ends with 1 when a sample was lost or stored twice.

import { Command, InvalidArgumentError, Option } from "commander";
import { whole } from "../support/whole.js";
import { chaos, type ChaosOutcome } from "./chaos.js";
import { espruinoChaos, lackOfEspruino } from "./espruino/index.js";
import { runMonths, type MonthsOptions } from "./months/main.js";
import { faultsOf, findingsOf, summaryOf } from "./verdict.js";

const PROGRESS_SEEDS = 10;

/** A seed in the real engine takes a minute. */
const SEEDS = { node: 30, espruino: 6 };
const MONTHS = 1000;

interface Options extends Omit<MonthsOptions, "seeds"> {
  readonly engine: keyof typeof SEEDS;
  readonly seeds?: number;
  readonly months?: true;
}

async function run(options: Options): Promise<void> {
  const { months, engine, seeds = months ? MONTHS : SEEDS[engine] } = options;
  const lack = !months && engine === "espruino" && lackOfEspruino();
  if (lack) process.stderr.write(`Skipped: ${lack}\n`);
  else if (!months) await storm({ ...options, seeds });
  else if (!(await runMonths({ ...options, seeds }))) process.exitCode = 1;
}

async function storm({ engine, seeds, seed, json }: Options & MonthsOptions): Promise<void> {
  const play = engine === "espruino" ? espruinoChaos : chaos;
  const outcomes: ChaosOutcome[] = [];
  while (outcomes.length < seeds) {
    const outcome = await play(seed + outcomes.length);
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

function atLeastOne(text: string): number {
  const number = whole(text);
  if (number === 0) throw new InvalidArgumentError("It has to be 1 at least.");
  return number;
}

await new Command("chaos")
  .description("Lets power, network, ScopeNode and server of a board fail, and counts its samples.")
  .addOption(
    new Option("--engine <name>", "espruino: the real one, which ESPRUINO names")
      .choices(Object.keys(SEEDS))
      .default("node"),
  )
  .option("--seeds <number>", "how many runs; 30 in Node, 6 in Espruino, 1000 months", atLeastOne)
  .option("--seed <number>", "of the first run; each has the next one", whole, 1)
  .option(
    "--months",
    "a simulated month each, in process and in a second, instead of half an hour over TCP",
  )
  .option("--jobs <number>", "months at once", atLeastOne, 1)
  .option("--trace", "the log of the board in that one month")
  .option("--json", "an object instead of the summary; of months one each, a line")
  .action(run)
  .parseAsync();
