// Plots as SVG, by seconds of the board's clock: lines and dots over an axis of values, and lanes of what was going on.

export interface Dot {
  readonly atS: number;
  readonly value: number;
  /** What a pointer over it is told. */
  readonly title: string;
}

export interface Bar {
  readonly fromS: number;
  readonly toS: number;
  readonly style: "good" | "bad" | "odd";
  readonly title: string;
}

export interface Lane {
  readonly name: string;
  readonly bars: readonly Bar[];
  /** Single moments. */
  readonly ticks: readonly { readonly atS: number; readonly title: string }[];
}

export interface Plot {
  readonly durationS: number;
  readonly unit: string;
  readonly line: readonly Omit<Dot, "title">[];
  readonly dots: readonly Dot[];
  readonly lanes: readonly Lane[];
  /** For who cannot see it. */
  readonly description: string;
}

const WIDTH = 960;
const LEFT = 92;
const RIGHT = 12;
const TOP = 14;
const VALUES_HEIGHT = 230;
const LANE_HEIGHT = 24;
const BAR_HEIGHT = 12;
const AXIS_HEIGHT = 34;
const DOT_RADIUS = 4;
/** What is shorter would not be seen. */
const LEAST_BAR_WIDTH = 2;

interface Scales {
  x(second: number): number;
  y(value: number): number;
}

export function escapeMarkup(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character]);
}

/** Round numbers from the first to the last, some five of them. */
export function ticksBetween(least: number, most: number, count = 5): number[] {
  const span = Math.max(most - least, 1e-9);
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => span / one <= count)!;
  const first = Math.ceil(least / step - 1e-9);
  const last = Math.floor(most / step + 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return ticks.map((tick) => Number(tick.toPrecision(12)));
}

export function plotMarkup(plot: Plot): string {
  const { durationS, lanes, description } = plot;
  const bottom = TOP + VALUES_HEIGHT;
  const height = bottom + lanes.length * LANE_HEIGHT + AXIS_HEIGHT;
  const [least, most] = rangeOf(plot);
  const scales: Scales = {
    x: (second) => round(LEFT + (second / Math.max(durationS, 1)) * (WIDTH - LEFT - RIGHT)),
    y: (value) => round(bottom - ((value - least) / (most - least)) * VALUES_HEIGHT),
  };
  const parts = [
    gridOf(plot, scales, [least, most], height),
    lineOf(plot, scales),
    ...plot.dots.map((dot) => dotOf(dot, scales)),
    ...lanes.map((lane, index) => laneOf(lane, bottom + index * LANE_HEIGHT, scales)),
  ];
  const label = escapeMarkup(description);
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${parts.join("")}</svg>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** With some room above and below. */
function rangeOf({ line, dots }: Plot): [number, number] {
  const values = [...line, ...dots].map(({ value }) => value);
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max((most - least) * 0.1, most * 0.02, 1);
  return [Math.max(0, least - margin), most + margin];
}

function text(x: number, y: number, anchor: string, words: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeMarkup(words)}</text>`;
}

function gridOf(
  { durationS, unit }: Plot,
  { x, y }: Scales,
  [least, most]: [number, number],
  height: number,
): string {
  const end = height - AXIS_HEIGHT;
  const rows = ticksBetween(least, most).map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>` +
      text(LEFT - 8, y(value) + 4, "end", `${value}`),
  );
  const columns = ticksBetween(0, durationS, 10).map(
    (second) =>
      `<line class="grid" x1="${x(second)}" x2="${x(second)}" y1="${TOP}" y2="${end}"/>` +
      text(x(second), end + 18, "middle", `${second}`),
  );
  const names =
    text(8, TOP + 10, "start", unit) + text(WIDTH - RIGHT, height - 2, "end", "seconds");
  return rows.join("") + columns.join("") + names;
}

function lineOf({ line }: Plot, { x, y }: Scales): string {
  if (line.length === 0) return "";
  const points = line.map(({ atS, value }) => `${x(atS)},${y(value)}`);
  return `<polyline class="given" points="${points.join(" ")}"/>`;
}

function dotOf({ atS, value, title }: Dot, { x, y }: Scales): string {
  const label = `<title>${escapeMarkup(title)}</title>`;
  return `<circle class="reported" cx="${x(atS)}" cy="${y(value)}" r="${DOT_RADIUS}">${label}</circle>`;
}

function laneOf({ name, bars, ticks }: Lane, top: number, { x }: Scales): string {
  const y = top + (LANE_HEIGHT - BAR_HEIGHT) / 2;
  const drawn = bars.map(({ fromS, toS, style, title }) => {
    const width = Math.max(LEAST_BAR_WIDTH, round(x(toS) - x(fromS)));
    const box = `x="${x(fromS)}" y="${y}" width="${width}" height="${BAR_HEIGHT}"`;
    return `<rect class="${style}" ${box}><title>${escapeMarkup(title)}</title></rect>`;
  });
  const marks = ticks.map(({ atS, title }) => {
    const line = `x1="${x(atS)}" x2="${x(atS)}" y1="${y - 2}" y2="${y + BAR_HEIGHT + 2}"`;
    return `<line class="tick" ${line}><title>${escapeMarkup(title)}</title></line>`;
  });
  return text(LEFT - 8, y + BAR_HEIGHT - 2, "end", name) + drawn.join("") + marks.join("");
}
