// What runs of chaos have come to, for people and for tests.

import type { ChaosOutcome } from "./chaos.js";

/** What is wrong, a sentence each. */
export function faultsOf({ samples, cuts, isRoomy, failure }: ChaosOutcome): string[] {
  if (failure !== undefined) return [`It was broken off: ${failure}.`];
  const { lost, surplus, torn, dropped, untold } = samples;
  const cutCount = sumOf(Object.values(cuts));
  const givenUp = dropped + untold;
  return [
    ...(lost > 0 ? [`${lost} samples were lost.`] : []),
    ...(surplus > 0 ? [`${surplus} samples were stored twice, or never taken.`] : []),
    ...(torn > cutCount ? [`${cutCount} power cuts took ${torn} samples.`] : []),
    // Each cut may leave one that is damaged.
    ...(isRoomy && givenUp > cutCount
      ? [`${givenUp} samples were given up, though there was room for all.`]
      : []),
  ];
}

/** With the seed, so that it can be tried again. */
export function findingsOf(outcomes: readonly ChaosOutcome[]): string[] {
  return outcomes.flatMap((outcome) =>
    faultsOf(outcome).map((fault) => `Seed ${outcome.seed} (${outcome.variant}): ${fault}`),
  );
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** Field by field; all of them are numbers. */
export function totalOf<Figures extends object>(
  all: readonly Figures[],
): Record<keyof Figures, number> {
  const total: Partial<Record<keyof Figures, number>> = {};
  for (const figures of all) {
    for (const field of Object.keys(figures) as (keyof Figures)[])
      total[field] = (total[field] ?? 0) + Number(figures[field]);
  }
  return total as Record<keyof Figures, number>;
}

export function summaryOf(outcomes: readonly ChaosOutcome[]): string {
  const found = findingsOf(outcomes);
  const cuts = totalOf(outcomes.map((outcome) => outcome.cuts));
  const faults = totalOf(outcomes.map((outcome) => outcome.faults));
  const samples = totalOf(outcomes.map((outcome) => outcome.samples));
  const { outages, serverRestarts, hours, tookMs } = totalOf(
    outcomes.map(({ outages, serverRestarts, hours, tookMs }) => ({
      ...{ outages, serverRestarts, hours, tookMs },
    })),
  );
  const kinds = Object.entries(faults).map(([fault, count]) => `${fault} ${count}`);
  return [
    `${outcomes.length} seeds, ${Math.round(hours)} hours of the board's in ${Math.round(tookMs / 1000)} s`,
    `  power    failed in ${cuts.write} writes and ${cuts.erase} erases of flash, and ${cuts.between} times between`,
    `  network  ${kinds.join(", ")}`,
    `  away     ScopeNode ${outages} times, server ${serverRestarts} of them`,
    `  samples  ${samples.taken} taken, ${samples.stored} stored, ${samples.torn} torn by a power cut,`,
    `           ${samples.dropped} given up as the log says, ${samples.untold} more as power failed before it could,`,
    `           ${samples.repeated} sent again and recognised`,
    found.length === 0 ? "Nothing else was lost, nothing stored twice." : found.join("\n"),
    "",
  ].join("\n");
}
