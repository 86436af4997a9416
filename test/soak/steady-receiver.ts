// A GPS receiver (NMEA 0183) that stands still and never repeats a time: each fix dates one sample.

import type { BoardClock } from "../../src/desktop/sim/virtual-clock.js";
import type { Wire } from "../../src/desktop/sim/wire.js";

const START_MS = Date.UTC(2016, 0, 1);

const PIECE_BYTES = 32;
/** The dates of reports have no smaller part. */
const STEP_MS = 1000;

/** Its time goes on by a second a fix, however often there is one. */
export function startReceiver(wire: Wire, clock: BoardClock, periodMs: number): void {
  let timeMs = START_MS;
  const send = () => {
    wire.toBoard(Buffer.from(epochOf(new Date((timeMs += STEP_MS))), "latin1"));
    clock.after(periodMs, send);
  };
  send();
}

/** RMC and GGA of one time. */
function epochOf(time: Date): string {
  const [date, clock] = time.toISOString().split("T");
  const day = date.slice(2).split("-").reverse().join("");
  const time24 = clock.slice(0, 8).replaceAll(":", "");
  return inWholePieces(
    sentence(`GPRMC,${time24},A,4404.1306,N,12118.8515,W,0.03,225.97,${day},,,D`) +
      sentence(`GPGGA,${time24},4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,-19.6,M,0000,0000`),
  );
}

/**
 * With ends of lines behind it. Espruino's Linux build reads 32 bytes at a time and joins a shorter piece to one that
 * waits, without a lock (docs/espruino.md).
 */
function inWholePieces(lines: string): string {
  return lines.padEnd(Math.ceil(lines.length / PIECE_BYTES) * PIECE_BYTES, "\n");
}

function sentence(body: string): string {
  const sum = [...Buffer.from(body)].reduce((total, byte) => total ^ byte, 0);
  return `$${body}*${sum.toString(16).padStart(2, "0").toUpperCase()}\r\n`;
}
