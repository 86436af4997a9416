// The queue beside what a user would do without it: milliseconds, bytes and erases of the engine's flash, and what is
// gone when the engine is killed.
import { readFileSync } from "node:fs";
import { bundleOf } from "./bundle.js";
import { lossesOf, openConsole, resultOf } from "./queue-engine.js";
import { ERASE_LIMIT } from "./queue-wear.js";

const STORAGE_PAGE_BYTES = 1024;
const SAMPLES_PER_YEAR = 365.25 * 24 * 60;
/** None, and an hour's. */
const BACKLOGS = [0, 60];
/** So many lines go into Storage. How often the flash file is looked at. */
const STEPS = 2400;
const STRIDE = 10;
const KILLS = 20;
const OURS = "build/programs/flash-worker.js";

/** Bytes that are others than before, and pages in which a bit is 1 again. */
function changesIn(before, after) {
  const changes = { bytes: 0, erased: [] };
  for (let at = 0; at < after.length; at += STORAGE_PAGE_BYTES) {
    const old = before.subarray(at, at + STORAGE_PAGE_BYTES);
    const now = after.subarray(at, at + STORAGE_PAGE_BYTES);
    if (old.equals(now)) continue;
    changes.bytes += now.filter((byte, index) => byte !== old[index]).length;
    if (now.some((byte, index) => (byte & ~old[index]) !== 0))
      changes.erased.push(at / STORAGE_PAGE_BYTES);
  }
  return changes;
}

async function wearOf(binary, files, backlog) {
  // An hour's samples, all written anew, fill Storage every other minute: that is looked at each time.
  const isHeavy = backlog > 0 && files.mode === "json";
  const [steps, stride] = isHeavy ? [STEPS / STRIDE, 1] : [STEPS, STRIDE];
  const engine = await openConsole(binary, files);
  const erased = new Map();
  let bytes = 0;
  try {
    await engine.said(/waiting/);
    let before = engine.readFlash();
    for (let step = 0; step < steps; step += stride) {
      engine.write(`step(${backlog},${stride})`);
      await engine.said(/stepped/);
      const after = engine.readFlash();
      const changes = changesIn(before, after);
      bytes += changes.bytes;
      changes.erased.forEach((page) => erased.set(page, (erased.get(page) ?? 0) + 1));
      before = after;
    }
  } finally {
    await engine.stop();
  }
  const erases = [...erased.values()].reduce((sum, count) => sum + count, 0);
  const most = Math.max(0, ...erased.values());
  const years = (ERASE_LIMIT * steps) / most / SAMPLES_PER_YEAR;
  return { backlog, bytes: bytes / steps, erases: erases / steps, ...(most > 0 && { years }) };
}

async function measurePeer(binary, mode, say) {
  const files = { ".bootcde": await bundleOf("queue-peer"), mode };
  const rows = [];
  for (const backlog of BACKLOGS) {
    const wear = await wearOf(binary, files, backlog);
    const cost = await resultOf(binary, files, `cost(${backlog || 1})`);
    say(`queue, peer ${mode}, ${backlog} waiting: ${Math.round(wear.bytes)} bytes a sample`);
    rows.push({ ...wear, ...cost });
  }
  return { mode, rows, losses: await lossesOf(binary, files, KILLS) };
}

/** @param {string} binary @param {(line: string) => void} say */
export async function measureQueuePeers(binary, say) {
  const ours = await lossesOf(binary, { ".bootcde": readFileSync(OURS, "latin1") }, KILLS);
  const peers = [];
  for (const mode of ["json", "append"]) peers.push(await measurePeer(binary, mode, say));
  return { ours, peers };
}
