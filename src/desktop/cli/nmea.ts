// `microspime nmea`: the fixes in what a GPS receiver sent.

import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { Command } from "commander";
import { codeOf, ExitCode, Failure, unreadable } from "../failure.js";
import { createLogReader } from "../nmea/reader.js";
import type { NmeaFix } from "../nmea/reader.js";
import { countSentence, createTally, lackIn } from "../nmea/tally.js";
import type { NmeaTally } from "../nmea/tally.js";
import { interruption } from "./interruption.js";
import { dateOf } from "./parsers.js";
import { plural, printable } from "./terminal.js";

interface Flags {
  built?: Date;
  summary?: true;
}

/** Standard input. */
const STDIN = "-";

/** As JSON; what nobody said is left out. */
function lineOf({ timeMs, latE9, lonE9, heightMm, hdop, satellites }: NmeaFix): string {
  const fix = {
    time: new Date(timeMs),
    lat: latE9 / 1e9,
    lon: lonE9 / 1e9,
    altMSL: isNaN(heightMm) ? undefined : heightMm / 1000,
    mode: isNaN(heightMm) ? 2 : 3,
    hdop: isNaN(hdop) ? undefined : hdop,
    sats: isNaN(satellites) ? undefined : satellites,
  };
  return `${JSON.stringify(fix)}\n`;
}

function open(file: string): Readable {
  return file === STDIN ? process.stdin : createReadStream(file);
}

/** The lines to print, a piece of the log at a time. */
async function* linesIn(input: Readable, tally: NmeaTally, earliestMs: number) {
  let lines = "";
  const onFix = (fix: NmeaFix) => {
    tally.fixes++;
    lines += lineOf(fix);
  };
  const onSentence = (name: string) => countSentence(tally, name);
  const reader = createLogReader({ onFix, onSentence }, earliestMs);
  for await (const bytes of input as AsyncIterable<Buffer>) {
    const text = bytes.toString("latin1");
    tally.lines += text.split("\n").length - 1;
    reader.push(text);
    yield lines;
    lines = "";
  }
  // The last line of a log may have no end.
  reader.push("\n");
  reader.end();
  yield lines;
}

/** Waits for a slow reader, so that a log of any size takes no memory. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

async function printFixes(input: Readable, tally: NmeaTally, earliestMs: number): Promise<void> {
  for await (const text of linesIn(input, tally, earliestMs)) if (text !== "") await write(text);
}

function summaryOf({ lines, sentences, broken, fixes }: NmeaTally): string {
  const counts = [...sentences].sort().map(([name, count]) => `${count} ${printable(name)}`);
  const all = [plural(lines, "line"), ...counts, `${broken} with a wrong checksum or shape`];
  return `${all.join(", ")}: ${plural(fixes, "fix", "fixes")}\n`;
}

/** Until the end of the log, Ctrl-C, or whoever reads the output has seen enough. */
async function read(file: string, tally: NmeaTally, built?: Date): Promise<AbortSignal> {
  const signal = interruption();
  const input = open(file);
  signal.addEventListener("abort", () => input.destroy());
  try {
    await printFixes(input, tally, built?.getTime() ?? 0);
  } catch (error) {
    if (signal.aborted) return signal;
    if (codeOf(error) === "") throw error;
    throw unreadable(
      file,
      error,
      "Give a file with what a receiver sent, or - for standard input.",
    );
  }
  return signal;
}

async function run(file: string, { built, summary }: Flags): Promise<void> {
  const tally = createTally();
  const { aborted } = await read(file, tally, built);
  if (summary || process.stderr.isTTY) process.stderr.write(summaryOf(tally));
  if (aborted || tally.fixes > 0) return;
  const { message, advice } = lackIn(tally);
  const name = file === STDIN ? "Standard input" : file;
  const what = `${name}: no fix, because there is ${message}.`;
  throw new Failure(ExitCode.notAcknowledged, what, advice);
}

export function nmeaCommand(): Command {
  return new Command("nmea")
    .summary("print the fixes in what a GPS receiver sent")
    .description(
      "Reads a log of NMEA 0183 sentences with the reader of the boards, and prints a line of JSON for each " +
        "fix: time, lat, lon, altMSL, mode (2 without a height, 3 with one), hdop, sats.",
    )
    .argument("<file>", "the log, or - for standard input")
    .option(
      "--built <date>",
      "repair earlier dates by 1,024 weeks, as a board does that was built then",
      dateOf,
    )
    .option("--summary", "what was read on standard error, as on a terminal")
    .action(run);
}
