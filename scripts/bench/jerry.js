// RSA on JerryScript: `bigint` against jsbn.
import { bundleOf } from "./bundle.js";
import { jerryVersion, onJerry } from "./engines.js";
import { benchKey } from "./key.js";

/** @param {string} binary @param {(line: string) => void} say */
export async function measureJerry(binary, say) {
  const rows = [];
  for (const bits of [1024, 2048]) {
    const key = benchKey(bits);
    const bigInt = onJerry(binary, await bundleOf("jerry-big-int"), key);
    const jsbn = onJerry(binary, await bundleOf("jerry-jsbn"), key);
    say(
      `JerryScript, RSA-${bits}: bigint ${bigInt.ms.toFixed(1)} ms, jsbn ${jsbn.ms.toFixed(0)} ms`,
    );
    rows.push({ bits, bigInt, jsbn });
  }
  return { version: jerryVersion(binary), rows };
}
