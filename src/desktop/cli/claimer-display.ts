// What a person sees of claims, seeks and a status; with `--json` one object a line instead.

import type { BoardStatus, Claim, OnStanza, SeekAnswer, SeekOutcome } from "../claimer/index.js";
import type { Ignored, IgnoredCounts } from "../claimer/index.js";
import type { SpimeEntry } from "../openspime/entry.js";
import { statusLines, statusValues } from "./status-display.js";
import { paint, placeAgeLines, plural, print, printable, printEvent, timeOf } from "./terminal.js";

export interface ClaimerDisplay {
  readonly onStanza: OnStanza;
  onClaimed(claim: Claim, file: string): void;
  onReleased(spime: string): void;
  onStatus(status: BoardStatus): void;
  onPublished(spime: string, place: string, id: string): void;
  onAnswer(answer: SeekAnswer): void;
  onOutcome(outcome: SeekOutcome): void;
}

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
  onStatus(status) {
    const [first, ...lines] = statusLines(status);
    print(paint("bold", first));
    lines.forEach(print);
  },
  onPublished(spime, place) {
    print(paint("bold", `${spime} is sought on ${place}`));
  },
  onAnswer(answer) {
    print(`From ${originOf(answer)}:`);
    print(paint("bold", HEADING));
    answer.entries.flatMap(entryLines).forEach(print);
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

const jsonDisplay: ClaimerDisplay = {
  onStanza: (direction, text) => printEvent("stanza", { direction, text }),
  onClaimed({ spime, osid, authorizes, expiresAt, certifier }, file) {
    printEvent("claimed", { spime, osid, authorizes, expires: expiresAt, certifier, file });
  },
  onReleased: (spime) => printEvent("released", { spime }),
  onStatus: (status) => printEvent("status", statusValues(status)),
  onPublished: (spime, _place, id) => printEvent("published", { spime, id }),
  onAnswer({ entries, ...origin }) {
    entries.forEach((entry) => printEvent("entry", { ...origin, ...entry }));
  },
  onOutcome({ spime, id, answers, ignored }) {
    const entries = answers.flatMap((answer) => answer.entries).length;
    printEvent("outcome", { spime, id, answers: answers.length, entries, ignored });
  },
};

/** The columns fit into 80. */
function row(...cells: [string, string, string, string, string, string]): string {
  const [time, latitude, longitude, height, co2, exposure] = cells;
  const place = `${latitude.padStart(10)}  ${longitude.padStart(11)}  ${height.padStart(8)}`;
  return `  ${time.padEnd(19)}  ${place} ${co2.padStart(10)}  ${exposure}`.trimEnd();
}

const HEADING = row("time (UTC)", "latitude", "longitude", "height", "CO2", "exposure");

/** Where the latitude begins. */
const PLACE_INDENT = 23;

export function entryLines(entry: SpimeEntry): string[] {
  const { date, lat, lon, eleM, placeAgeS, ppm, exposure = "" } = entry;
  const line = row(
    timeOf(date),
    lat?.toFixed(6) ?? "–",
    lon?.toFixed(6) ?? "–",
    eleM === undefined ? "–" : `${eleM.toFixed(1)} m`,
    ppm === undefined ? "–" : `${ppm} ppm`,
    printable(exposure),
  );
  return [line, ...placeAgeLines(PLACE_INDENT, placeAgeS)];
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
  unaccepted:
    "signed by way of a certification service not believed about who signed (--accept-certifier)",
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
