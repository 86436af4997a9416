// docs/benchmarks.md: what is between two comments is measured, what is written around them stays.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { format } from "prettier";

export const FILE = "docs/benchmarks.md";

export function machineNow() {
  const all = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    model: all[0]?.model ?? "an unknown processor",
    cores: all.length,
    node: process.version,
    load: loadavg()[2].toFixed(1),
  };
}

/** @param {string} command the name of the section's comments @param {string} figures Markdown */
export async function writeSection(command, figures) {
  const begin = `<!-- ${command} -->`;
  const end = `<!-- end of ${command} -->`;
  const [before, rest] = readFileSync(FILE, "utf8").split(begin);
  const [, after] = (rest ?? "").split(end);
  if (after === undefined) throw new Error(`${FILE} has no "${begin}" and "${end}"`);
  const text = `${before}${begin}\n\n${figures}\n\n${end}${after}`;
  writeFileSync(FILE, await format(text, { parser: "markdown", printWidth: 100 }));
}
