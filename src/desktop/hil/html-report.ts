// A run on one page that needs nothing beside itself: verdicts, what the sensors said and what was reported, what went
// wrong meanwhile, and the log.

import type { Happened } from "./journal.js";
import { type Bar, escapeMarkup, type Lane, type Plot, plotMarkup } from "./plot.js";
import type { HilOutcome, Verdict } from "./outcome.js";
import { entryWords, plural } from "./wording.js";

const STYLE = `
:root{color-scheme:light dark;--page:#fff;--ink:#1c2430;--soft:#5d6b7c;--rule:#dde3ea;--given:#4a7fb5;--reported:#d9822b;
--good:#2e8b57;--bad:#c8373f;--odd:#b58a00;--panel:#f6f8fa}
@media(prefers-color-scheme:dark){:root{--page:#14181d;--ink:#e4e9ef;--soft:#9aa7b5;--rule:#2d3640;--given:#6ea8dd;
--reported:#f0a050;--good:#4cba80;--bad:#ef6b72;--odd:#d8b23a;--panel:#1b2128}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1040px;padding:24px 20px 60px;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:24px;line-height:1.25;margin:0 0 4px}
h2{font-size:17px;margin:32px 0 10px}
p{max-width:72ch;margin:6px 0}
.shows{color:var(--soft)}
.outcome{display:inline-block;padding:2px 12px;border-radius:12px;color:#fff;font-weight:600;margin:10px 0}
.outcome.good{background:var(--good)}.outcome.bad{background:var(--bad)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:12px 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;min-width:640px;font-size:14px}
th{text-align:left;color:var(--soft);font-weight:600}
th,td{padding:6px 10px 6px 0;border-bottom:1px solid var(--rule);vertical-align:top}
td.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.sign{font-weight:700;white-space:nowrap}
tr.good .sign{color:var(--good)}tr.bad .sign{color:var(--bad)}tr.skipped{color:var(--soft)}
tr.bad td{background:color-mix(in srgb,var(--bad) 9%,transparent)}
.seen{color:var(--soft);overflow-wrap:anywhere}tr.bad .seen{color:inherit}
svg{width:100%;min-width:640px;height:auto;font:12px system-ui,sans-serif}
svg text{fill:var(--soft)}
.grid{stroke:var(--rule)}
.given{fill:none;stroke:var(--given);stroke-width:2}
.reported{fill:var(--reported);stroke:var(--page);stroke-width:1}
rect.good{fill:var(--good);opacity:.55}rect.bad{fill:var(--bad)}rect.odd{fill:var(--odd)}
.tick{stroke:var(--ink);stroke-width:1.5}
.legend{color:var(--soft);font-size:13px;margin:4px 0 0}
.legend b{font-weight:600}
.legend .line{color:var(--given)}.legend .dot{color:var(--reported)}
details{margin-top:10px}summary{cursor:pointer;font-weight:600}
pre{background:var(--panel);padding:12px;overflow-x:auto;font-size:12.5px;line-height:1.45;margin:8px 0}
`;

export function htmlReport(outcome: HilOutcome): string {
  const { scene, about, isPassed } = outcome;
  const title = escapeMarkup(scene.title);
  const failed = outcome.verdicts.filter((one) => !one.isPassed && !one.isSkipped).length;
  const verdict = isPassed
    ? "passed"
    : failed > 0
      ? `failed: ${plural(failed, "step")}`
      : "interrupted";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}: ${isPassed ? "passed" : "failed"}</title><style>${STYLE}</style></head><body>
<h1>${title}</h1>
<p class="shows">${escapeMarkup(scene.shows)}</p>
<span class="outcome ${isPassed ? "good" : "bad"}">${verdict}</span>
${about ? `<p>${escapeMarkup(about)}</p>` : ""}
${factsOf(outcome)}
<h2>CO2 given and CO2 reported</h2>
${co2Section(outcome)}
<h2>Steps</h2>
${stepsTable(outcome)}
<h2>From measurement to arrival</h2>
${delaySection(outcome)}
${detailsOf(outcome)}
</body></html>
`;
}

function factsOf({ scene, date, durationS, tookMs }: HilOutcome): string {
  const { tempo } = scene;
  const clock = tempo.speed === 1 ? "real time" : `${tempo.speed} times as fast as real time`;
  const pace = tempo.pace === 1 ? "" : `, ${tempo.pace} s for each second of the scenario`;
  const facts = {
    scenario: scene.file,
    target: scene.target,
    board: scene.board,
    server: scene.server,
    security: scene.security,
    clock: clock + pace,
    "run at": date.toISOString().slice(0, 19).replace("T", " ") + " UTC",
    took: `${durationS.toFixed(0)} s of the board's clock, ${(tookMs / 1000).toFixed(1)} s of ours`,
  };
  const rows = Object.entries(facts).map(
    ([name, value]) => `<dt>${name}</dt><dd>${escapeMarkup(value)}</dd>`,
  );
  return `<dl>${rows.join("")}</dl>`;
}

const LINE_POINTS = 300;

function co2Section(outcome: HilOutcome): string {
  const { durationS, given, happened } = outcome;
  const line = Array.from({ length: LINE_POINTS + 1 }, (_, index) => {
    const atS = (durationS * index) / LINE_POINTS;
    return { atS, value: given.curve(atS) };
  });
  const plot: Plot = {
    ...{ durationS, unit: "ppm", line },
    dots: dotsOf(outcome, ({ entry }) => entry.co2Ppm),
    lanes: lanesOf(happened, durationS),
    description: "CO2 that the sensor was given and that the ScopeNode has taken, over time",
  };
  return `<div class="wide">${plotMarkup(plot)}</div>
<p class="legend"><b class="line">—</b> what the air was &nbsp; <b class="dot">●</b> what the ScopeNode has taken, at the
date of the sample. Below: power and link (red: none), faults, arrivals. A pointer over a mark tells more.</p>`;
}

function delaySection(outcome: HilOutcome): string {
  const { durationS, given } = outcome;
  const delay = ({ entry, atS }: Entry) => {
    const second = given.secondOf(entry.date);
    return second === undefined ? NaN : Math.max(0, Math.round((atS - second) * 10) / 10);
  };
  const dots = dotsOf(outcome, delay).filter(({ value }) => !Number.isNaN(value));
  if (dots.length === 0) return `<p class="seen">No report has come.</p>`;
  const description = "Seconds from the date of each sample to its arrival";
  const plot = { durationS, unit: "delay, s", line: [], dots, lanes: [], description };
  return `<div class="wide">${plotMarkup(plot)}</div>`;
}

type Entry = Extract<Happened, { kind: "entry" }>;

function dotsOf({ happened, given }: HilOutcome, valueOf: (entry: Entry) => number) {
  return happened
    .filter((one): one is Entry => one.kind === "entry")
    .map((one) => ({
      atS: given.secondOf(one.entry.date) ?? one.atS,
      value: valueOf(one),
      title: `${entryWords(one.entry)}; arrived at ${one.atS.toFixed(1)} s`,
    }));
}

function lanesOf(happened: readonly Happened[], durationS: number): Lane[] {
  const ticks = (kind: "entry", name: string): Lane => ({
    name,
    bars: [],
    ticks: happened
      .filter((one) => one.kind === kind)
      .map((one) => ({ atS: one.atS, title: `${name} at ${one.atS.toFixed(1)} s` })),
  });
  const lanes = [
    powerLane(happened, durationS),
    linkLane(happened, durationS),
    onlineLane(happened, durationS),
    faultLane(happened, "gps"),
    faultLane(happened, "co2"),
    ticks("entry", "arrivals"),
  ];
  return lanes.filter(({ bars, ticks: marks }) => bars.length + marks.length > 0);
}

interface Change {
  readonly atS: number;
  readonly style: Bar["style"];
  readonly title: string;
}

/** From each change to the next. */
function laneOf(name: string, changes: readonly Change[], durationS: number): Lane {
  const bars = changes.map(({ atS, style, title }, index) => ({
    fromS: Math.max(0, atS),
    toS: Math.min(durationS, changes.at(index + 1)?.atS ?? durationS),
    ...{ style, title: `${title} at ${atS.toFixed(1)} s` },
  }));
  return { name, bars, ticks: [] };
}

function powerLane(happened: readonly Happened[], durationS: number): Lane {
  const changes = happened.flatMap((one): Change[] => {
    if (one.kind !== "power") return [];
    const style = one.isOn ? "good" : "bad";
    return [{ atS: one.atS, style, title: `power ${one.isOn ? "on" : "off"}` }];
  });
  return laneOf("power", changes, durationS);
}

function linkLane(happened: readonly Happened[], durationS: number): Lane {
  const isGood = (what: string) => what === "server up" || what === "partition over";
  const changes = happened.flatMap((one): Change[] => {
    if (one.kind !== "link" || one.what === "cut") return [];
    return [{ atS: one.atS, style: isGood(one.what) ? "good" : "bad", title: one.what }];
  });
  const cuts = happened.filter((one) => one.kind === "link" && one.what === "cut");
  const lane = laneOf("link", [{ atS: 0, style: "good", title: "link" }, ...changes], durationS);
  return { ...lane, ticks: cuts.map(({ atS }) => ({ atS, title: `cut at ${atS.toFixed(1)} s` })) };
}

/** What the board thinks of it. */
function onlineLane(happened: readonly Happened[], durationS: number): Lane {
  const styles: Record<string, Bar["style"]> = {
    hello: "bad",
    online: "good",
    resumed: "good",
    offline: "bad",
  };
  const changes = happened.flatMap((one): Change[] => {
    if (one.kind !== "log") return [];
    const style = styles[one.event.name];
    return style === undefined ? [] : [{ atS: one.atS, style, title: one.line }];
  });
  return laneOf("session", changes, durationS);
}

function faultLane(happened: readonly Happened[], sensor: "gps" | "co2"): Lane {
  const ticks = happened.flatMap((one) => {
    if (one.kind !== "fault" || one.sensor !== sensor) return [];
    return [{ atS: one.atS, title: `${sensor}: ${one.name} at ${one.atS.toFixed(1)} s` }];
  });
  return { name: `faults ${sensor}`, bars: [], ticks };
}

function stepsTable({ verdicts }: HilOutcome): string {
  return `<div class="wide"><table><thead><tr><th></th><th>second</th><th>took</th><th>step</th><th>seen</th></tr></thead>
<tbody>${verdicts.map(stepRow).join("")}</tbody></table></div>`;
}

function stepRow(verdict: Verdict): string {
  const { isPassed, isSkipped, title, line, atS, tookS, seen = "" } = verdict;
  const [style, sign] = isSkipped
    ? ["skipped", "– not run"]
    : isPassed
      ? ["good", "✔"]
      : ["bad", "✖"];
  const where = !isPassed && !isSkipped && line > 0 ? ` (line ${line})` : "";
  const said = seen === "done" ? "" : escapeMarkup(seen);
  const times = `<td class="number">${atS.toFixed(1)}</td><td class="number">${tookS.toFixed(1)}</td>`;
  return `<tr class="${style}"><td class="sign">${sign}</td>${times}<td>${escapeMarkup(title)}${where}</td><td class="seen">${said}</td></tr>`;
}

function detailsOf({ happened }: HilOutcome): string {
  const lines = happened.flatMap((one) =>
    one.kind === "log" ? [`${one.atS.toFixed(1).padStart(8)}  ${one.line}`] : [],
  );
  const faults = happened.filter(({ kind }) => kind === "fault");
  const counts = new Map<string, number>();
  for (const one of faults) {
    if (one.kind !== "fault") continue;
    const name = `${one.sensor}: ${one.name}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const counted = [...counts].map(([name, count]) => `${name}, ${plural(count, "time")}`);
  const injected =
    counted.length > 0 ? `<p>Faults that happened: ${escapeMarkup(counted.join("; "))}.</p>` : "";
  return `${injected}<details><summary>The board's log (${plural(lines.length, "line")})</summary>
<pre>${escapeMarkup(lines.join("\n"))}</pre></details>`;
}
