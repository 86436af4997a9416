// A test's own program for an engine, bundled and minified as firmware is (scripts/bundling.js).

import { resolve } from "node:path";
import { rollup } from "rollup";
import { bundleFormat, minifiersFor } from "../../../../scripts/bundling.js";

const FIRMWARE = "build/tsc/src/firmware";
const ENTRY = "\0test-entry";

/** `source` is ES5 but for its imports: `firmware/…` is a file of src/firmware, as tsc -b compiled it. */
export async function bundleForEspruino(source: string): Promise<string> {
  const entry = {
    name: "test-entry",
    resolveId(id: string) {
      if (id === ENTRY) return id;
      return id.startsWith("firmware/") ? resolve(id.replace("firmware", FIRMWARE)) : null;
    },
    load: (id: string) => (id === ENTRY ? source : null),
  };
  const bundle = await rollup({ input: ENTRY, plugins: [entry, ...minifiersFor("espruino")] });
  const { output } = await bundle.generate(bundleFormat);
  await bundle.close();
  return output[0].code;
}
