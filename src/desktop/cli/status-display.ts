// How a board is, in a person's words; for scripts as an object.

import type { BoardStatus } from "../claimer/index.js";
import { plural, printable } from "./terminal.js";

const WATCHDOG = "a watchdog: the program hung";
/** ESP32 Technical Reference Manual, "Reset and Clock". */
const resetCauses = new Map(
  Object.entries({
    ...{ 1: "power was switched on", 5: "deep sleep was over", 12: "its software asked for it" },
    ...{ 7: WATCHDOG, 8: WATCHDOG, 9: WATCHDOG, 16: WATCHDOG, 15: "the supply's voltage was low" },
  }),
);

/** In the order in which they are shown. */
const known: Readonly<Record<string, readonly [label: string, say?: (value: string) => string]>> = {
  board: ["kind of board"],
  version: ["firmware"],
  place: ["program", (place) => place.replace("-trial", ", on trial")],
  engine: ["JavaScript engine"],
  boots: ["starts so far"],
  resetCause: [
    "cause of the last start",
    (cause) => `${resetCauses.get(cause) ?? "unknown"} (${cause})`,
  ],
  rssi: ["Wi-Fi signal", (dBm) => `${dBm} dBm`],
  freeVariables: ["memory free", (count) => `${count} variables`],
  rsa: ["RSA by", (name) => (name === "none" ? "nothing: no key, or still starting" : name)],
};

/** The first says it all. */
export function statusLines({ spime, fields, refused }: BoardStatus): string[] {
  const { upS = "", waiting, ...others } = fields;
  const up = /^\d+$/.test(upS) ? `has been up for ${durationOf(Number(upS))}` : "has answered";
  const queue = waiting && `, ${waiting} ${waiting === "1" ? "sample waits" : "samples wait"}`;
  const lines = [`${spime} ${up}${queue ?? ""}.`, ...fieldLines(others)];
  if (refused.length > 0) {
    const count = plural(refused.length, "sample");
    lines.push(`The ScopeNode has refused ${count}, the newest last:`, ...refused.map(refusedLine));
  }
  return lines.map(printable);
}

/** What a newer firmware says besides comes last, as it is. */
function fieldLines(fields: BoardStatus["fields"]): string[] {
  const names = new Set([...Object.keys(known), ...Object.keys(fields)]);
  const rows = [...names].flatMap((name) => {
    const [label, say = String] = (Object.hasOwn(known, name) && known[name]) || [name];
    return fields[name] ? [[label, say(fields[name])]] : [];
  });
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
}

const SAMPLE = /time=([\d-]+)T([\d:]+)\S* (?:.* )?ppm=(\d+) condition=(\S+)/;

/** Words that do not look like a sample stay as they are. */
function refusedLine(words: string): string {
  const [, day, time, ppm, reason] = SAMPLE.exec(words) ?? [];
  if (day === undefined) return `  ${words}`;
  return `  ${day} ${time} UTC  ${ppm.padStart(5)} ppm  ${reason}`;
}

const units = { days: 86400, h: 3600, min: 60, s: 1 };

/** The two largest units: whoever asks wants to know whether it is minutes or months. */
function durationOf(seconds: number): string {
  let restS = seconds;
  const parts = Object.entries(units).map(([unit, unitS]) => {
    const count = Math.floor(restS / unitS);
    restS -= count * unitS;
    return `${count} ${unit}`.replace(/^1 days$/, "1 day");
  });
  const first = parts.findIndex((part) => !part.startsWith("0 "));
  return parts.slice(first).slice(0, 2).join(" ");
}

const NUMBERS = ["boots", "upS", "waiting", "freeVariables", "rssi", "resetCause"];

/** Counts and measures as numbers. */
export function statusValues({ spime, fields, refused }: BoardStatus): object {
  const entries = Object.entries(fields).map(([name, value]) => {
    return [name, NUMBERS.includes(name) && /^-?\d+$/.test(value) ? Number(value) : value];
  });
  return { spime, fields: Object.fromEntries(entries), refused };
}
