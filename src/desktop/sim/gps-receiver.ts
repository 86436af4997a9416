// A GPS receiver that sends a recording (NMEA 0183) over its serial line again: byte for byte, each
// epoch at the time that its sentences carry, at the pace of the baud rate. One of u-blox' leaves out what it
// was told to.

import { type FaultName, type Faults, NO_FAULTS } from "./sensors/faults.js";
import { FrameFinder } from "./sensors/frame-finder.js";
import { dropByte, flipBit } from "./sensors/serial-line.js";
import { type UbloxGeneration, UbloxOutput } from "./sensors/ublox.js";
import { UBX_FRAMING, ubxFrameOf } from "./sensors/ubx.js";
import { Transmitter } from "./transmitter.js";
import type { BoardClock } from "./virtual-clock.js";
import type { Wire } from "./wire.js";

export interface Epoch {
  /** Since the epoch before. */
  readonly afterMs: number;
  readonly bytes: Buffer;
}

const DAY_MS = 86_400_000;
const USUAL_EPOCH_MS = 1000;
/** A longer pause in a recording is a gap in it, not something to sit through. */
const LONGEST_PAUSE_MS = 10_000;

const SENTENCE_WITH_TIME = /^\$..(?:RMC|GGA|GNS|ZDA),(\d\d)(\d\d)(\d\d(?:\.\d+)?),/;

function timeOfDayMs(line: string): number | undefined {
  const match = SENTENCE_WITH_TIME.exec(line);
  if (!match) return undefined;
  return (Number(match[1]) * 60 + Number(match[2])) * 60_000 + Math.round(Number(match[3]) * 1000);
}

function pauseMs(from: number, to: number): number {
  const difference = (to - from + DAY_MS) % DAY_MS;
  return difference > LONGEST_PAUSE_MS ? USUAL_EPOCH_MS : difference;
}

/** The lines of a recording as octets in Latin-1, the `#` lines at its head left out. */
function linesOf(recording: Buffer): string[] {
  const lines = recording.toString("latin1").split(/(?<=\n)/);
  const start = lines.findIndex((line) => !line.startsWith("#"));
  return start < 0 ? [] : lines.slice(start);
}

/** Cuts a recording where the time of day in its sentences changes; `undefined` without any NMEA. */
export function epochsOf(recording: Buffer): Epoch[] | undefined {
  const epochs: { afterMs: number; text: string }[] = [];
  let lastMs: number | undefined;
  for (const line of linesOf(recording)) {
    const timeMs = timeOfDayMs(line);
    const isNew = timeMs !== undefined && timeMs !== lastMs;
    if (isNew || epochs.length === 0) {
      const afterMs = lastMs === undefined || timeMs === undefined ? 0 : pauseMs(lastMs, timeMs);
      epochs.push({ afterMs, text: "" });
    }
    epochs[epochs.length - 1].text += line;
    lastMs = timeMs ?? lastMs;
  }
  if (lastMs === undefined) return undefined;
  return epochs.map(({ afterMs, text }) => ({ afterMs, bytes: Buffer.from(text, "latin1") }));
}

/** As "RMC", whoever the talker is; `undefined` for what is no sentence. */
function nameOf(line: string): string | undefined {
  return /^\$..([A-Z]{3}),/.exec(line)?.[1];
}

const linesIn = ({ bytes }: Epoch) => bytes.toString("latin1").split(/(?<=\n)/);

function namesIn(epochs: readonly Epoch[]): string[] {
  const names = epochs.flatMap(linesIn).map(nameOf);
  return [...new Set(names)].filter((name) => name !== undefined);
}

/** Of an epoch's lines those that are on; what is no sentence stays. */
function linesOn(epoch: Epoch, isOn: (name: string) => boolean): Buffer {
  const lines = linesIn(epoch).filter((line) => {
    const name = nameOf(line);
    return name === undefined || isOn(name);
  });
  return Buffer.from(lines.join(""), "latin1");
}

/** Those that a recording can have: what else goes wrong in a receiver is in the recording, or is not. */
export const RECORDING_FAULTS = [
  "bit-flip",
  "drop",
  "cut",
  "silence",
] as const satisfies readonly FaultName[];

/** What arrives of an epoch. */
function damaged(bytes: Buffer, faults: Faults): Buffer {
  const fault = faults.next();
  if (bytes.length === 0) return bytes;
  if (fault === "bit-flip") return flipBit(bytes, faults);
  if (fault === "drop") return dropByte(bytes, faults);
  if (fault === "cut") return bytes.subarray(0, bytes.length >> 1);
  return fault === "silence" ? Buffer.alloc(0) : bytes;
}

export class GpsReceiver {
  readonly durationMs: number;
  private readonly transmitter: Transmitter;
  private readonly output: UbloxOutput | undefined;
  private readonly commands = new FrameFinder(UBX_FRAMING, (frame) => this.obey(frame));

  /** `generation`: one of u-blox', which sends the sentences in the recording until told; absent: deaf. */
  constructor(
    private readonly epochs: readonly Epoch[],
    wire: Wire,
    private readonly clock: BoardClock,
    baud: number,
    generation?: UbloxGeneration,
    private readonly faults: Faults = NO_FAULTS,
  ) {
    this.transmitter = new Transmitter(wire, clock, baud);
    this.durationMs = epochs.reduce((sum, epoch) => sum + epoch.afterMs, 0);
    if (generation === undefined) return;
    this.output = new UbloxOutput(generation, namesIn(epochs));
    wire.onBytesForSensor((bytes) => this.commands.feed(bytes));
  }

  /** Plays the recording from its start; `onEnd` comes a second after the last of it. */
  play(onEnd: () => void): void {
    this.playFrom(0, this.clock.nowMs(), onEnd);
  }

  /** Times count from the start, so that late timers do not add up. */
  private playFrom(index: number, beforeMs: number, onEnd: () => void): void {
    const epoch = this.epochs.at(index);
    const dueMs = beforeMs + (epoch?.afterMs ?? USUAL_EPOCH_MS);
    // An epoch too long for its time delays the next.
    const startMs = Math.max(dueMs, this.transmitter.freeMs);
    this.clock.after(startMs - this.clock.nowMs(), () => {
      if (!epoch) {
        onEnd();
        return;
      }
      this.transmitter.send(damaged(this.wanted(epoch, index), this.faults));
      this.playFrom(index + 1, dueMs, onEnd);
    });
  }

  private wanted(epoch: Epoch, index: number): Buffer {
    const { output } = this;
    return output ? linesOn(epoch, (name) => output.sends(name, index)) : epoch.bytes;
  }

  private obey(frame: Buffer): void {
    const answer = this.output?.obey(ubxFrameOf(frame));
    if (answer) this.transmitter.send(answer);
  }
}
