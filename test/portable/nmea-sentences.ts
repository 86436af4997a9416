// NMEA sentences made for tests, with the checksum that they would have, and what the reader makes of them.

import { createNmeaReader } from "../../src/firmware/sensors/nmea.js";

/** A sentence with its checksum, from `GPRMC,…`. */
export function sentence(body: string): string {
  let sum = 0;
  for (let at = 0; at < body.length; at++) sum ^= body.charCodeAt(at);
  return "$" + body + "*" + (sum + 256).toString(16).slice(1).toUpperCase();
}

/** The fixes of some pieces, as `timeMs latE9 lonE9 heightMm`. */
export function fixesOf(pieces: string[]): string[] {
  const fixes: string[] = [];
  const reader = createNmeaReader(function (fix) {
    fixes.push(fix.timeMs + " " + fix.latE9 + " " + fix.lonE9 + " " + fix.heightMm);
  });
  pieces.forEach(reader.push);
  return fixes;
}

export function lines(sentences: string[]): string {
  return sentences.join("\r\n") + "\r\n";
}

/** Parts of an epoch to be replaced: everything else is 12:00:00 on 2 June 2024, 48.5 N, 11.25 E, 500 m. */
export interface Epoch {
  time?: string;
  status?: string;
  lat?: string;
  lon?: string;
  date?: string;
  quality?: string;
  height?: string;
}

export const EPOCH_FIX = "1717329600000 48500000000 11250000000 500000";

export function rmc(epoch: Epoch): string {
  const status = epoch.status === undefined ? "A" : epoch.status;
  const date = epoch.date === undefined ? "020624" : epoch.date;
  return sentence(
    "GPRMC," + timeOf(epoch) + "," + status + "," + placeOf(epoch) + ",0,0," + date + ",,",
  );
}

export function gga(epoch: Epoch): string {
  const quality = epoch.quality === undefined ? "1" : epoch.quality;
  const height = epoch.height === undefined ? "500.0,M" : epoch.height;
  const end = "," + quality + ",08,1.0," + height + ",46.9,M,,";
  return sentence("GPGGA," + timeOf(epoch) + "," + placeOf(epoch) + end);
}

function timeOf(epoch: Epoch): string {
  return epoch.time === undefined ? "120000.00" : epoch.time;
}

function placeOf(epoch: Epoch): string {
  const lat = epoch.lat === undefined ? "4830.0000,N" : epoch.lat;
  return lat + "," + (epoch.lon === undefined ? "01115.0000,E" : epoch.lon);
}
