// What months of chaos have come to, for people and for tests.

import { totalOf } from "../verdict.js";
import type { MonthOutcome } from "./month.js";

/** With the command that repeats it. */
export function findingsOf({ seed, policy, found }: MonthOutcome): string[] {
  if (found.length === 0) return [];
  return [
    `Seed ${seed} (${policy}): ${found.join(" ")}`,
    `  Again: npm run chaos -- --months --seed ${seed} --seeds 1`,
  ];
}

/** The sum of months, for which no list of them is kept. */
export class MonthsTotal {
  seeds = 0;
  signed = 0;
  tookMs = 0;
  private readonly sums: Record<string, Record<string, number>> = {};

  add({ isSigned, cuts, faults, disturbances, samples, tookMs }: MonthOutcome): void {
    this.seeds += 1;
    this.signed += isSigned ? 1 : 0;
    this.tookMs += tookMs;
    for (const [name, figures] of Object.entries({ cuts, faults, disturbances, samples })) {
      const sum = this.sums[name];
      this.sums[name] = totalOf(sum ? [sum, figures] : [figures]);
    }
  }

  of(name: "cuts" | "faults" | "disturbances" | "samples"): Record<string, number> {
    return this.sums[name] ?? {};
  }

  text(): string {
    const cuts = this.of("cuts");
    const samples = this.of("samples");
    const list = (figures: Record<string, number>) =>
      Object.entries(figures)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(", ");
    return [
      `${this.seeds} months, ${this.signed} of them signed, ${(this.tookMs / this.seeds / 1000).toFixed(2)} s each`,
      `  power    failed in ${cuts["write"]} writes and ${cuts["erase"]} erases of flash, and ${cuts["between"]} times between`,
      `  links    ${list(this.of("faults"))}`,
      `  around   ${list(this.of("disturbances"))}`,
      `  samples  ${samples["taken"]} taken, ${samples["stored"]} stored, ${samples["dropped"]} made room, ${samples["torn"]} torn by a power cut,`,
      `           ${samples["unwritten"]} in memory only when power failed, ${samples["refused"]} with a date from the future refused,`,
      `           ${samples["sameDate"]} with the date of another, ${samples["lost"]} lost, ${samples["surplus"]} stored twice, ${samples["repeated"]} sent again and recognised`,
      `  given up ${samples["told"]} records as the log says, ${samples["untold"]} more as power failed before it could`,
      "",
    ].join("\n");
  }
}
