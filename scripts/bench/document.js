// docs/benchmarks.md, and other documents with figures: what is between two comments is measured, what is written
// around them stays.
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

/**
 * @param {string} command the name of the section's comments
 * @param {string} figures Markdown
 * @param {string} file the document
 */
export async function writeSection(command, figures, file = FILE) {
  const begin = `<!-- ${command} -->`;
  const end = `<!-- end of ${command} -->`;
  const [before, rest] = readFileSync(file, "utf8").split(begin);
  const [, after] = (rest ?? "").split(end);
  if (after === undefined) throw new Error(`${file} has no "${begin}" and "${end}"`);
  const text = `${before}${begin}\n\n${figures}\n\n${end}${after}`;
  writeFileSync(file, await format(text, { parser: "markdown", printWidth: 100 }));
}
