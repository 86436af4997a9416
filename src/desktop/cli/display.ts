// What a person sees of a simulation: a scene, a line a report, a summary. Colours only on a terminal
// (and not with NO_COLOR); with `--json` one object a line instead.

import { styleText } from "node:util";
import type { Acknowledgement, Audience, Outcome, Scene } from "../sim/simulation.js";
import { createTrace, type Direction } from "../sim/trace.js";

type Style = Parameters<typeof styleText>[0];

const hasColours = process.stdout.isTTY && !process.env["NO_COLOR"];
const paint = (style: Style, text: string) => (hasColours ? styleText(style, text) : text);
const print = (line: string) => process.stdout.write(`${line}\n`);

export interface Display extends Audience {
  onOutcome(outcome: Outcome): void;
}

const HEADING =
  "  #  time (UTC)                latitude    longitude   height      CO2  acknowledged";

/** A decimal number as text, cut to `places`. */
function cut(decimal: string, places: number): string {
  const [whole, fraction = ""] = decimal.split(".");
  return `${whole}.${fraction.padEnd(places, "0").slice(0, places)}`;
}

function reportLine(report: Acknowledgement): string {
  const cells = [
    String(report.number).padStart(3),
    report.time.replace("T", " ").replace("+00:00", "").padEnd(24),
    cut(report.lat, 6).padStart(11),
    cut(report.lon, 6).padStart(12),
    `${cut(report.ele, 1)} m`.padStart(8),
    `${report.ppm} ppm`.padStart(8),
  ];
  const more = report.entries > 1 ? `, ${report.entries} samples` : "";
  const answer = `in ${Math.round(report.tookMs)} ms${more}`;
  return `${cells.join(" ")}  ${paint("green", answer)}`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function summary({ acknowledged, refused, stored, tookMs }: Outcome): string {
  const parts = [`${plural(acknowledged, "report")} acknowledged, ${refused} refused.`];
  if (acknowledged > 0) {
    const most = Math.round(Math.max(...tookMs));
    parts.push(`Answers took ${Math.round(median(tookMs))} ms (median), ${most} ms at most.`);
  }
  if (stored !== undefined) parts.push(`The ScopeNode took ${plural(stored, "sample")}.`);
  return parts.join(" ");
}

function showStanza(direction: Direction, text: string): void {
  print(
    paint(direction === "sent" ? "cyan" : "magenta", `${direction === "sent" ? "→" : "←"} ${text}`),
  );
}

function showScene(scene: Scene): void {
  print(paint("bold", "A simulated board reports to a ScopeNode"));
  for (const [name, text] of Object.entries(scene)) print(`  ${name.padEnd(10)} ${text}`);
  print("");
  print(paint("bold", HEADING));
}

export function createDisplay(trace: boolean): Display {
  return {
    traffic: trace ? createTrace(showStanza) : undefined,
    onScene: showScene,
    onAcknowledged: (report) => print(reportLine(report)),
    onAgent(event, line) {
      if (event.level !== "info") print(paint("yellow", `     ${line}`));
    },
    onNote: (note) => print(paint("dim", `     ${note}`)),
    onOutcome(outcome) {
      print("");
      print(summary(outcome));
    },
  };
}

export function createJsonDisplay(trace: boolean): Display {
  const show = (event: string, value: object) => print(JSON.stringify({ event, ...value }));
  return {
    traffic: trace
      ? createTrace((direction, text) => show("stanza", { direction, text }))
      : undefined,
    onScene: (scene) => show("scene", scene),
    onAcknowledged: (report) => show("acknowledged", report),
    onAgent: ({ level, name, values }) => show("agent", { level, name, values }),
    onNote: (note) => show("note", { note }),
    onOutcome: (outcome) => show("outcome", outcome),
  };
}
