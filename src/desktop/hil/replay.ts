// The sensors' side of a recorded session, played again: a receiver's bytes come at their time, a CO2 sensor's when it
// is asked, an answer after the other.

import { readFileSync } from "node:fs";
import { unreadable, usageFailure } from "../failure.js";
import type { BoardClock } from "../sim/virtual-clock.js";
import type { Wire } from "../sim/wire.js";
import type { LineDirection } from "./sensor-line.js";

export interface RecordedBytes {
  /** Seconds of the board's clock. */
  readonly atS: number;
  readonly sensor: "gps" | "co2";
  readonly direction: LineDirection;
  readonly hex: string;
}

export interface Recording {
  readonly bytes: readonly RecordedBytes[];
  /** What the receiver's clock said at second 0, where it said anything. */
  readonly gpsStartMs: number | undefined;
}

/** Throws a `Failure` where that is no recording. */
export function readRecording(file: string): Recording {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw unreadable(file, error, "Check the path.");
  }
  const lines = text.split("\n").filter((line) => line !== "");
  const recorded = lines.map((line, index) => parsed(file, index + 1, line));
  const bytes = recorded.filter((one) => one["kind"] === "bytes") as unknown as RecordedBytes[];
  const gpsStartMs = recorded.find((one) => one["kind"] === "begin")?.["gpsStartMs"];
  if (bytes.length > 0) return { bytes, gpsStartMs: gpsStartMs as number | undefined };
  const message = `${file} holds no bytes of sensors.`;
  throw usageFailure(message, "--record FILE, or session.jsonl of --out, is such a recording.");
}

function parsed(file: string, number: number, line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line)) as Record<string, unknown>;
  } catch {
    throw usageFailure(`${file}:${number}: not JSON.`, "A recording is an object of JSON a line.");
  }
}

const bytesOf = ({ hex }: RecordedBytes) => Buffer.from(hex, "hex");

export function playOnTime(
  recording: readonly RecordedBytes[],
  gps: Wire,
  clock: Pick<BoardClock, "nowMs" | "after">,
  /** Of the clock, at second 0. */
  originMs = 0,
): void {
  const sent = recording.filter(
    ({ sensor, direction }) => sensor === "gps" && direction === "to-board",
  );
  const play = (index: number) => {
    const next = sent.at(index);
    if (next === undefined) return;
    clock.after(Math.max(0, originMs + next.atS * 1000 - clock.nowMs()), () => {
      gps.toBoard(bytesOf(next));
      play(index + 1);
    });
  };
  play(0);
}

/** Pieces of a question that come so close to each other are one. */
const QUESTION_MS = 50;

interface Answer {
  readonly delayMs: number;
  readonly bytes: Buffer;
}

/** What came between one question and the next, with how long after the question. */
export function answersIn(recording: readonly RecordedBytes[]): Answer[][] {
  const answers: Answer[][] = [];
  let askedS = -Infinity;
  for (const one of recording.filter(({ sensor }) => sensor === "co2")) {
    if (one.direction === "to-sensor") {
      if ((one.atS - askedS) * 1000 > QUESTION_MS) answers.push([]);
      askedS = one.atS;
    } else {
      answers.at(-1)?.push({ delayMs: (one.atS - askedS) * 1000, bytes: bytesOf(one) });
    }
  }
  return answers;
}

/** After the last one it is silent. */
export function playAnswers(
  recording: readonly RecordedBytes[],
  co2: Wire,
  clock: Pick<BoardClock, "nowMs" | "after">,
): void {
  const answers = answersIn(recording);
  let askedMs = -Infinity;
  co2.onBytesForSensor(() => {
    const isNew = clock.nowMs() - askedMs > QUESTION_MS;
    askedMs = clock.nowMs();
    if (!isNew) return;
    for (const { delayMs, bytes } of answers.shift() ?? []) {
      clock.after(delayMs, () => co2.toBoard(bytes));
    }
  });
}
