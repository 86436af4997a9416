// What rollup.config.js makes of boards: which files and data are in a bundle, without what makes it small.

import { basename } from "node:path";
import { rollup } from "rollup";
import type { OutputOptions, RollupOptions } from "rollup";

/** As read with these variables, in this process: a module is read once for each. */
export async function configurationsOf(
  variables: Readonly<Record<string, string>>,
): Promise<RollupOptions[]> {
  Object.assign(process.env, variables);
  try {
    const query = new URLSearchParams(variables).toString();
    const loaded = await import(`${process.cwd()}/rollup.config.js?${query}`);
    return (loaded as { default: RollupOptions[] }).default;
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
}

/** What makes a bundle small does not decide what is in it, and takes a minute. */
const DECIDING = ["chosen-drivers", "typescript"];

export async function bundleOf({ input, plugins, output }: RollupOptions) {
  const all = (plugins as { name: string }[]) ?? [];
  const bundle = await rollup({
    input: input as string,
    plugins: all.filter(({ name }) => DECIDING.includes(name)),
  });
  const { intro, file } = output as OutputOptions;
  const made = await bundle.generate({ format: "iife", intro, file, sourcemap: true });
  await bundle.close();
  const [{ code, modules }] = made.output;
  return { code, files: Object.keys(modules).map((id) => basename(id, ".ts")) };
}
