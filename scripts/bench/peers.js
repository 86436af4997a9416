// What speaks XMPP on the board beside its peers: measured, and that section of docs/benchmarks.md written.
import { FILE, machineNow, writeSection } from "./document.js";
import { measurePeers } from "./peer-sizes.js";
import { peerSection, TARGET_BYTES } from "./peer-table.js";

/**
 * Needs `npm run build`, and npm's registry.
 * @param {(line: string) => void} say
 */
export async function benchPeers(say) {
  const { rows } = await measurePeers(say);
  await writeSection("npm run bench, peers", peerSection(rows, machineNow()));
  say(`${FILE} has its section about peers`);
  return { rows, targetBytes: TARGET_BYTES, isMet: rows[0].bytes <= TARGET_BYTES };
}
