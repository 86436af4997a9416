// The day that a board is told as that of its build: a GPS receiver's date before it is wrong.

const DAY_MS = 86_400_000;

/**
 * Midnight, UTC, as Unix time; of SOURCE_DATE_EPOCH, in seconds, where a build has to be the same every day
 * (reproducible-builds.org).
 * @param {Record<string, string | undefined>} environment
 * @param {number} nowMs
 * @returns {number}
 */
export function buildDayMs({ SOURCE_DATE_EPOCH: seconds }, nowMs) {
  const builtMs = seconds ? Number(seconds) * 1000 : nowMs;
  if (!(builtMs >= 0)) throw new TypeError("SOURCE_DATE_EPOCH must be seconds since 1970");
  return builtMs - (builtMs % DAY_MS);
}
