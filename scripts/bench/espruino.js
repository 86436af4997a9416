// RSA on Espruino: `espruino-dot` against jsbn and against the best interpreted loop.
import { bundleOf } from "./bundle.js";
import { espruinoVersion, onEspruino } from "./engines.js";
import { benchKey } from "./key.js";
import { multiplicationsOf } from "./loop25.js";

/** An operation that would take longer is computed from the time of a multiplication. */
const LONGEST_MS = 120_000;

/** Both from the same place: flash, where the board's program lies, and RAM. */
const PLACES = [
  { place: "flash", isFromRam: false },
  { place: "RAM", isFromRam: true },
];

/** One program with one key: what it takes to do each of its jobs. */
async function benchOf(name, { binary, key, isFromRam }) {
  const program = await bundleOf(name);
  const job = (mode) => onEspruino(binary, program, { key, mode }, isFromRam);
  const multiplicationMs = async (mode) => {
    const { ms, rounds } = await job(mode);
    return ms / rounds;
  };
  return { job, multiplicationMs };
}

/**
 * The longest time without yielding. What happens between two pauses is the same in every run, but other
 * programs on the machine make some times longer: the least of each counts.
 */
function longestOf(runs) {
  const [first] = runs;
  const least = first.timesMs.map((_, index) =>
    Math.min(...runs.map(({ timesMs }) => timesMs[index])),
  );
  return Math.max(...least);
}

async function measureDot(setting) {
  const { job } = await benchOf("espruino-dot", setting);
  const runs = [await job("operation"), await job("operation"), await job("operation")];
  const { peak, before } = await job("peak");
  return {
    ms: Math.min(...runs.map(({ ms }) => ms)),
    longestMs: longestOf(runs),
    peak,
    before,
  };
}

async function measureJsbn(setting) {
  const { job } = await benchOf("espruino-jsbn", setting);
  return job("operation");
}

/** The whole operation where it is short enough, and without the primes computed from a multiplication. */
async function measureLoop(setting) {
  const { job, multiplicationMs } = await benchOf("espruino-loop", setting);
  const halfMs = await multiplicationMs("half");
  const wholeMs = await multiplicationMs("whole");
  const computedMs = 2 * multiplicationsOf(setting.bits / 16) * halfMs;
  const isExtrapolated = computedMs > LONGEST_MS;
  return {
    ms: isExtrapolated ? computedMs : (await job("operation")).ms,
    isExtrapolated,
    halfMs,
    wholeMs,
    withoutPrimesMs: multiplicationsOf(setting.bits / 8) * wholeMs,
  };
}

/**
 * @param {string} binary
 * @param {(line: string) => void} say
 * @param {boolean} isShort from flash only, where a board's program lies, and jsbn with 1,024 bits only
 */
export async function measureEspruino(binary, say, isShort) {
  const { version, total } = await espruinoVersion(binary);
  const rows = [];
  for (const { place, isFromRam } of PLACES.filter((one) => !isShort || !one.isFromRam)) {
    for (const bits of [1024, 2048]) {
      const setting = { binary, bits, key: benchKey(bits), isFromRam };
      const dot = await measureDot(setting);
      say(`Espruino, ${place}, RSA-${bits}: espruino-dot ${Math.round(dot.ms)} ms`);
      const loop = await measureLoop(setting);
      say(`Espruino, ${place}, RSA-${bits}: interpreted loop ${Math.round(loop.ms)} ms`);
      // Minutes, for a ratio that is no target.
      const jsbn = isShort && bits > 1024 ? undefined : await measureJsbn(setting);
      if (jsbn) say(`Espruino, ${place}, RSA-${bits}: jsbn ${Math.round(jsbn.ms)} ms`);
      rows.push({ place, bits, dot, loop, jsbn });
    }
  }
  return { version, total, rows };
}
