// A test's own program for an engine, bundled and minified as firmware is (scripts/bundling.js).

import { resolve } from "node:path";
import { rollup } from "rollup";
import { bundleFormat, minifiersFor } from "../../../../scripts/bundling.js";

const ENTRY = "\0test-entry";
/** As tsc -b has compiled them. */
const FOLDERS: Readonly<Record<string, string>> = {
  firmware: "build/tsc/src/firmware",
  suites: "build/tsc/test/portable",
};

/** `source` is ES5 but for its imports: `firmware/…` of src/firmware, `suites/…` of test/portable. */
export async function bundleForEspruino(source: string): Promise<string> {
  const entry = {
    name: "test-entry",
    resolveId(id: string) {
      const [folder, ...rest] = id.split("/");
      if (id === ENTRY) return id;
      return folder in FOLDERS ? resolve(FOLDERS[folder], ...rest) : null;
    },
    load: (id: string) => (id === ENTRY ? source : null),
  };
  const bundle = await rollup({ input: ENTRY, plugins: [entry, ...minifiersFor("espruino")] });
  const { output } = await bundle.generate(bundleFormat);
  await bundle.close();
  return output[0].code;
}
