// When a board sleeps, and when its watchdog is fed.

import type { SleepSettings } from "./configuration.js";
import type { Platform } from "./platform.js";
import type { Reporter } from "./report/reporter.js";

/** Sealing takes a minute at the most, an answer half of one, and so does waiting for room. */
const STUCK_MS = 600000;
/** A report that is under way when it is time to sleep. */
const LAST_CHANCE_S = 60;

/** A report that has been under way for longer than any can be is no progress. */
export function feedWatchdog(
  { clock, feedWatchdog }: Platform,
  reporter: Reporter,
  samplePeriodS: number,
): void {
  const isStuck = clock.monotonicMs() - reporter.startMs > STUCK_MS;
  if (feedWatchdog && !isStuck) feedWatchdog(2 * samplePeriodS + STUCK_MS / 1000);
}

/** Throws when the board cannot. */
export function scheduleSleep(
  { log, timer, sleep }: Platform,
  { awakeS, asleepS }: SleepSettings,
  reporter: Reporter,
): void {
  let chances = LAST_CHANCE_S;

  function sleepWhenDone(): void {
    if (chances-- && !isNaN(reporter.startMs)) timer.start(1000, sleepWhenDone);
    else {
      log.write("info", "asleep s=" + asleepS);
      sleep!(asleepS * 1000);
    }
  }

  if (!sleep) throw new Error("configuration: sleep: this board cannot");
  timer.start(awakeS * 1000, sleepWhenDone);
}
