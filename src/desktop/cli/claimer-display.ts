// What a person sees of claims and seeks; with `--json` one object a line instead.

import { styleText } from "node:util";
import type { Claim, OnStanza, SeekAnswer, SeekOutcome } from "../claimer/index.js";
import type { Ignored, IgnoredCounts } from "../claimer/index.js";
import type { SpimeEntry } from "../openspime/entry.js";

export interface ClaimerDisplay {
  readonly onStanza: OnStanza;
  onClaimed(claim: Claim, file: string): void;
  onReleased(spime: string): void;
  onPublished(spime: string, place: string, id: string): void;
  onAnswer(answer: SeekAnswer): void;
  onOutcome(outcome: SeekOutcome): void;
}

type Style = Parameters<typeof styleText>[0];

const hasColours = process.stdout.isTTY && !process.env["NO_COLOR"];
const paint = (style: Style, text: string) => (hasColours ? styleText(style, text) : text);
const print = (line: string) => void process.stdout.write(`${line}\n`);

export function claimerDisplay(json = false): ClaimerDisplay {
  return json ? jsonDisplay : textDisplay;
}

const textDisplay: ClaimerDisplay = {
  onStanza(direction, xml) {
    if (direction === "sent") print(paint("cyan", `→ ${xml}`));
    else print(paint("magenta", `← ${xml}`));
  },
  onClaimed({ spime, osid, authorizes, expiresAt }, file) {
    print(paint("bold", `${spime} is claimed.`));
    print(`  authorized  ${authorizes}, logged in as ${osid}`);
    print(`  until       ${timeOf(expiresAt)} UTC`);
    print(`  claim file  ${file}`);
  },
  onReleased(spime) {
    print(paint("bold", `${spime} is released.`));
    print("A claim file of it is of no use any more.");
  },
  onPublished(spime, place) {
    print(paint("bold", `${spime} is sought on ${place}`));
  },
  onAnswer(answer) {
    print(`From ${originOf(answer)}:`);
    print(paint("bold", HEADING));
    answer.entries.map(entryLine).forEach(print);
  },
  onOutcome({ answers, ignored }) {
    const entries = answers.flatMap((answer) => answer.entries);
    if (answers.length > 0) {
      print(`${plural(answers.length, "answer")}, ${plural(entries.length, "entry", "entries")}.`);
    }
    const line = ignoredLine(ignored);
    if (line) print(line);
  },
};

const show = (event: string, value: object) => print(JSON.stringify({ event, ...value }));

const jsonDisplay: ClaimerDisplay = {
  onStanza: (direction, text) => show("stanza", { direction, text }),
  onClaimed({ spime, osid, authorizes, expiresAt, certifier }, file) {
    show("claimed", { spime, osid, authorizes, expires: expiresAt, certifier, file });
  },
  onReleased: (spime) => show("released", { spime }),
  onPublished: (spime, _place, id) => show("published", { spime, id }),
  onAnswer({ entries, ...origin }) {
    entries.forEach((entry) => show("entry", { ...origin, ...entry }));
  },
  onOutcome({ spime, id, answers, ignored }) {
    const entries = answers.flatMap((answer) => answer.entries).length;
    show("outcome", { spime, id, answers: answers.length, entries, ignored });
  },
};

/** The columns fit into 80. */
function row(...cells: [string, string, string, string, string, string]): string {
  const [time, latitude, longitude, height, co2, exposure] = cells;
  const place = `${latitude.padStart(10)}  ${longitude.padStart(11)}  ${height.padStart(8)}`;
  return `  ${time.padEnd(19)}  ${place} ${co2.padStart(10)}  ${exposure}`.trimEnd();
}

const HEADING = row("time (UTC)", "latitude", "longitude", "height", "CO2", "exposure");

function entryLine({ date, lat, lon, eleM, ppm, exposure = "" }: SpimeEntry): string {
  return row(
    timeOf(date),
    lat.toFixed(6),
    lon.toFixed(6),
    eleM === undefined ? "–" : `${eleM.toFixed(1)} m`,
    ppm === undefined ? "–" : `${ppm} ppm`,
    printable(exposure),
  );
}

function originOf({ from, isEncrypted, signer }: SeekAnswer): string {
  const signed = signer === undefined ? "" : `, signed by ${printable(signer)}`;
  return `${printable(from)}${isEncrypted ? ", encrypted" : ", in the clear"}${signed}`;
}

const ignoredBecause: Readonly<Record<Ignored, string>> = {
  "unknown-request": "to another request",
  "no-sender": "from nobody",
  undecryptable: "that cannot be decrypted",
  unverified: "whose signature or sender cannot be verified",
  unencrypted: "in the clear, though encryption was required",
  malformed: "with something else in it",
  "too-many": "that came faster than they could be read",
};

function ignoredLine(ignored: IgnoredCounts): string | undefined {
  const counts = Object.entries(ignored) as [Ignored, number][];
  if (counts.length === 0) return undefined;
  const parts = counts.map(([reason, count]) => `${count} ${ignoredBecause[reason]}`);
  return `Ignored messages: ${parts.join("; ")}.`;
}

function timeOf(date: Date): string {
  return date.toISOString().slice(0, 19).replace("T", " ");
}

function plural(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** What somebody else wrote must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, "\ufffd");
}
