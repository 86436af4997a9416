// What Espruino has on an ESP32 and not on Linux: deep sleep, the watchdog, a light, the cause of the last reset, the
// signal of its Wi-Fi, a console that has to be closed. Espruino 2v29 (https://www.espruino.com/Reference); ESP32 Technical Reference Manual, chapter
// "Low-Power Management", RTC_CNTL_RESET_STATE_REG. Nothing of it has run on a chip yet.

import type { Board } from "../board.js";
import type { Platform } from "../platform.js";

declare const E: {
  enableWatchdog(timeoutS: number, isAuto: boolean): void;
  kickWatchdog(): void;
};
declare const ESP32: { deepSleep(durationUs: number): void };
declare function digitalWrite(pin: string, value: boolean): void;
declare function peek32(address: number): number;
declare function require(name: "Wifi"): { getStatus(): { rssi?: number } };
declare function require(name: "TelnetServer"): { setOptions(options: { mode: "off" }): void };
/** `MODULES`: names of those in the engine, commas between them. */
declare const process: { env: { MODULES: string } };

/** Bits of the register, of the core that runs Espruino. */
const CAUSE_MASK = 63;
/** What deepSleep takes, a signed number of microseconds. */
const MOST_SLEEP_MS = 2147483;

/**
 * The console on port 23, for everybody in the network: the engine has it switched on (2v29, libs/network/telnet), as far
 * as it is built with it. Who asks for a module that there is not gets an error, which is dear inside boot code.
 */
function closeTelnet(): void {
  const name = "TelnetServer";
  if (process.env.MODULES.indexOf(name) >= 0) require(name).setOptions({ mode: "off" });
}

export function addChip(platform: Platform, { alarm, resetCause }: Board): void {
  closeTelnet();
  const state = platform.state!;
  let isWatched = false;
  platform.sleep = function (durationMs) {
    ESP32.deepSleep(Math.min(durationMs, MOST_SLEEP_MS) * 1000);
  };
  platform.feedWatchdog = function (timeoutS) {
    if (!isWatched) E.enableWatchdog(timeoutS, false);
    isWatched = true;
    E.kickWatchdog();
  };
  platform.state = function () {
    const fields = state();
    const { rssi } = require("Wifi").getStatus();
    if (rssi) fields["rssi"] = rssi;
    if (resetCause) fields["resetCause"] = peek32(resetCause) & CAUSE_MASK;
    return fields;
  };
  if (alarm) {
    platform.alarm = function (isRaised) {
      digitalWrite(alarm, isRaised);
    };
  }
}
