// What a person sees of a simulation: a scene, a line a report, a summary; with `--json` one
// object a line instead.

import type { Memory } from "../sim/board.js";
import type { Acknowledgement } from "../sim/acknowledgement.js";
import type { Audience, Outcome, Scene } from "../sim/simulation.js";
import { createTrace, type Direction } from "../sim/trace.js";
import { paint, placeAgeLines, plural, print, printEvent } from "./terminal.js";
import type { Style } from "./terminal.js";

export interface Display extends Audience {
  onOutcome(outcome: Outcome): void;
}

/** The columns before the answer: together with it they fit into 80. */
function row(...cells: [string, string, string, string, string, string]): string {
  const [number, time, latitude, longitude, height, co2] = cells;
  const place = `${latitude.padStart(10)}  ${longitude.padStart(11)}  ${height.padStart(8)}`;
  return `${number.padStart(3)}  ${time.padEnd(19)}  ${place} ${co2.padStart(9)}  `;
}

/** As deep as the second column, which is where what is no report stands. */
const INDENT = "     ";
const HEADING = `${row("#", "time (UTC)", "latitude", "longitude", "height", "CO2")}answer`;

/** Where the latitude begins. */
const PLACE_INDENT = 26;

/** A decimal number as text, cut to `places`; a dash for none. */
function cut(decimal: string | undefined, places: number, unit = ""): string {
  if (decimal === undefined) return "–";
  const [whole, fraction = ""] = decimal.split(".");
  return `${whole}.${fraction.padEnd(places, "0").slice(0, places)}${unit}`;
}

export function reportLines(report: Acknowledgement): string[] {
  const cells = row(
    String(report.number),
    report.time.slice(0, 19).replace("T", " "),
    cut(report.lat, 6),
    cut(report.lon, 6),
    cut(report.ele, 1, " m"),
    `${report.ppm} ppm`,
  );
  const more = report.entries > 1 ? `, ${report.entries} samples` : "";
  const answer = paint("green", `${Math.round(report.tookMs)} ms${more}`);
  return [cells + answer, ...placeAgeLines(PLACE_INDENT, report.placeAgeS)];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Of a plain simulation there is nothing to say; of another everything that is not as it should be. */
function howTheyCame({ isSecured, stored = 0, signed = 0, encrypted = 0 }: Outcome): string {
  if (!isSecured || stored === 0) return "";
  if (signed === stored && encrypted === stored) return ", all signed and encrypted";
  return `, ${signed} signed, ${encrypted} encrypted`;
}

function memoryLine(memory: Memory): string {
  return "used" in memory
    ? `The engine holds ${memory.used} of its ${memory.total} variables.`
    : `The engine's heap held ${memory.peakBytes} of its ${memory.totalBytes} bytes at most.`;
}

function summary(outcome: Outcome): string[] {
  const { acknowledged, refused, stored, replayed, tookMs, memory } = outcome;
  const lines = [`${plural(acknowledged, "report")} acknowledged, ${refused} refused.`];
  if (acknowledged > 0) {
    const most = Math.round(Math.max(...tookMs));
    lines.push(`Answers took ${Math.round(median(tookMs))} ms (median), ${most} ms at most.`);
  }
  if (stored !== undefined) {
    lines.push(`The ScopeNode took ${plural(stored, "sample")}${howTheyCame(outcome)}.`);
  }
  if (replayed) lines.push(`${plural(replayed, "sample")} came again: none was taken twice.`);
  if (memory) lines.push(memoryLine(memory));
  return lines;
}

const WIDTH = 80;

/** In two lines, the second as deep as the text, where one would be too wide. */
function wrapped(head: string, text: string): string[] {
  const comma = text.indexOf(", ");
  if (head.length + text.length <= WIDTH || comma < 0) return [head + text];
  return [head + text.slice(0, comma + 1), " ".repeat(head.length) + text.slice(comma + 2)];
}

function sceneLines(scene: Scene): string[] {
  const { server, scopenode, security, board, clock, gps, co2 } = scene;
  const parts = Object.entries({ server, scopenode, security, board, clock, gps, co2 });
  return [
    paint("bold", "A simulated board reports to a ScopeNode"),
    ...parts.flatMap(([name, text]) => wrapped(`  ${name.padEnd(10)} `, text)),
    "",
    paint("bold", HEADING),
  ];
}

/** Prints, and says of a line that comes again and again only how often. */
class Page {
  private lastRemark = "";
  private repeated = 0;

  lines(...lines: string[]): void {
    this.settle();
    lines.forEach(print);
  }

  remark(style: Style, text: string): void {
    if (text === this.lastRemark) {
      this.repeated++;
      return;
    }
    this.lines(paint(style, INDENT + text));
    this.lastRemark = text;
  }

  private settle(): void {
    if (this.repeated > 0) print(paint("dim", `${INDENT}… ${plural(this.repeated, "more time")}`));
    this.repeated = 0;
    this.lastRemark = "";
  }
}

const LEVEL_STYLES = { warn: "yellow", error: "red" } as const;

export function createDisplay(trace: boolean): Display {
  const page = new Page();

  function showStanza(direction: Direction, text: string): void {
    if (direction === "sent") page.lines(paint("cyan", `→ ${text}`));
    else page.lines(paint("magenta", `← ${text}`));
  }

  return {
    traffic: trace ? createTrace(showStanza) : undefined,
    onScene: (scene) => page.lines(...sceneLines(scene)),
    onAcknowledged: (report) => page.lines(...reportLines(report)),
    onAgent({ level }, line) {
      if (level !== "info") page.remark(LEVEL_STYLES[level], line);
    },
    onNote: (note) => page.remark("dim", note),
    onOutcome: (outcome) => page.lines("", ...summary(outcome)),
  };
}

export function createJsonDisplay(trace: boolean): Display {
  return {
    traffic: trace
      ? createTrace((direction, text) => printEvent("stanza", { direction, text }))
      : undefined,
    onScene: (scene) => printEvent("scene", scene),
    onAcknowledged: (report) => printEvent("acknowledged", report),
    onAgent: ({ level, name, values }) => printEvent("agent", { level, name, values }),
    onNote: (note) => printEvent("note", { note }),
    onOutcome: (outcome) => printEvent("outcome", outcome),
  };
}
