// What a soak has come to, for people and for tests.

import type { SoakOutcome } from "./soak.js";

/** Of what a heap in Node goes up and down by itself, which is 2 %; a sample more or less takes 13 of Espruino's. */
const TOLERANCES: Readonly<Record<string, number>> = { bytes: 250_000, variables: 40 };

/** What is wrong, a sentence each. */
export function faultsOf({ samples, memory, failure }: SoakOutcome): string[] {
  if (failure !== undefined) return [`It was broken off: ${failure}.`];
  const { lost, surplus } = samples;
  const grown = memory.afterLast - memory.afterTenth;
  return [
    ...(lost > 0 ? [`${lost} samples were lost.`] : []),
    ...(surplus > 0 ? [`${surplus} samples were stored twice.`] : []),
    ...(grown > (TOLERANCES[memory.unit] ?? 0)
      ? [`The memory has grown by ${grown} ${memory.unit}.`]
      : []),
  ];
}

export function summaryOf(outcome: SoakOutcome): string {
  const { engine, seed, reconnects, faults, samples, memory, tookMs } = outcome;
  const { taken, stored, repeated, dropped } = samples;
  const found = faultsOf(outcome);
  const kinds = Object.entries(faults).map(([fault, count]) => `${fault} ${count}`);
  const { unit, afterTenth, afterLast } = memory;
  return [
    `${engine}`,
    `came back ${reconnects} times in ${Math.round(tookMs / 1000)} s (seed ${seed})`,
    `  faults   ${kinds.join(", ")}`,
    `  samples  ${taken} taken, ${stored} stored, ${dropped} given up by the full queue,`,
    `           ${repeated} sent again after a lost answer and recognised`,
    `  memory   ${afterTenth} ${unit} after the tenth, ${afterLast} after the last`,
    found.length === 0
      ? "Nothing was lost, nothing stored twice, no memory kept."
      : found.join("\n"),
    "",
  ].join("\n");
}
