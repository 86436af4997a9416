// A simulated GPS receiver like a u-blox NEO-M8 (receiver description UBX-13003221): sends an epoch of NMEA
// sentences each period at the pace of its line, and obeys UBX-CFG-RATE and what ublox.ts knows, of its
// generation or another. Faults come once for each epoch. Where a recording is to be played instead:
// gps-receiver.ts.

import { Transmitter } from "../transmitter.js";
import type { BoardClock } from "../virtual-clock.js";
import type { Wire } from "../wire.js";
import { type FaultName, type Faults, faultsBut, NO_FAULTS } from "./faults.js";
import { FrameFinder } from "./frame-finder.js";
import {
  type FixState,
  type GpsFix,
  SENTENCE_NAMES,
  type SentenceName,
  sentencesOf,
} from "./nmea-sentences.js";
import { dropByte, flipBit } from "./serial-line.js";
import type { Twin } from "./twin.js";
import { answerTo, type UbloxGeneration, UbloxOutput } from "./ublox.js";
import { UBX_FRAMING, ubxBytes, UbxClass, type UbxFrame, ubxFrameOf, UbxId } from "./ubx.js";

/** Those that a receiver can have. */
export const GPS_FAULTS = faultsBut("echo", "nack");

export interface GpsOptions {
  /** Where it is, by second since the clock's start. */
  readonly course: (second: number) => GpsFix;
  readonly clock: BoardClock;
  readonly faults?: Faults;
  /** GP, GN, GL, GA, GB, BD or QZ. */
  readonly talker?: string;
  /** What it sends before it is configured, in this order. */
  readonly sentences?: readonly SentenceName[];
  /** Of u-blox' receivers, 8 unless told: what it can be told, and how. */
  readonly generation?: UbloxGeneration;
  readonly lineEnd?: "\r\n" | "\n";
  /** From power on to the first fix. */
  readonly acquireMs?: number;
  /** Its dates are wrong by so many times 1,024 weeks. */
  readonly rollovers?: number;
  readonly baud?: number;
}

const USUAL_PERIOD_MS = 1000;
/** Section 32.10.21: the shortest that this receiver does. */
const SHORTEST_PERIOD_MS = 100;
const USUAL_BAUD = 9600;
const ROLLOVER_MS = 1024 * 7 * 86_400_000;

/** UBX-NAV-STATUS (01 03): binary output among the sentences, with what could pass for the start of either in it. */
const BINARY_BETWEEN = ubxBytes(0x01, 0x03, Buffer.from("24b5621003dd0c0a0d00000000000000", "hex"));

export class GpsTwin implements Twin {
  /** What it has been told since its power came, by the answers that it gave. */
  readonly answers = { done: 0, refused: 0 };
  private readonly faults: Faults;
  private readonly output: UbloxOutput;
  private readonly transmitter: Transmitter;
  /** All that it can send, in their order. */
  private readonly order: readonly SentenceName[];
  private readonly commands = new FrameFinder(UBX_FRAMING, (frame) => this.obey(ubxFrameOf(frame)));
  private periodMs = USUAL_PERIOD_MS;
  private bootedMs = 0;
  private epochs = 0;
  private timer: number | undefined;
  private lastFix: GpsFix | undefined;
  /** At most one: the next epoch brings it. */
  private held: Buffer | undefined;

  constructor(
    wire: Wire,
    private readonly options: GpsOptions,
  ) {
    const { clock, sentences = ["RMC", "GGA"], generation = 8, baud = USUAL_BAUD } = options;
    this.faults = options.faults ?? NO_FAULTS;
    this.output = new UbloxOutput(generation, sentences);
    this.transmitter = new Transmitter(wire, clock, baud);
    this.order = [...new Set([...sentences, ...SENTENCE_NAMES])];
    wire.onBytesForSensor((bytes) => this.commands.feed(bytes));
    this.reboot();
  }

  /** The sentences that it sends now. */
  get sentences(): readonly SentenceName[] {
    return this.order.filter((name) => this.output.sends(name));
  }

  /** What UBX-CFG-MSG and UBX-CFG-RATE set stays in RAM. */
  get eepromWrites(): number {
    return this.output.flashWrites;
  }

  reboot(): void {
    this.output.reboot();
    this.answers.done = this.answers.refused = 0;
    this.periodMs = USUAL_PERIOD_MS;
    this.bootedMs = this.options.clock.nowMs();
    this.lastFix = this.held = undefined;
  }

  /** Sends an epoch now and one after each period, until stopped. */
  start(): void {
    if (this.timer === undefined) this.tick();
  }

  stop(): void {
    if (this.timer !== undefined) this.options.clock.cancel(this.timer);
    this.timer = undefined;
  }

  private tick(): void {
    this.sendEpoch();
    this.timer = this.options.clock.after(this.periodMs, () => this.tick());
  }

  private sendEpoch(): void {
    const fault = this.faults.next();
    const bytes = this.epoch(fault);
    const sent = fault === "late" ? undefined : bytes;
    const all = [this.held, sent].filter((part) => part !== undefined);
    this.held = fault === "late" ? bytes : undefined;
    // What the line cannot take in its time is thrown away, as by the receiver's full buffer.
    const isFull = this.transmitter.freeMs > this.options.clock.nowMs() + this.periodMs;
    if (!isFull) this.transmitter.send(Buffer.concat(all));
  }

  private epoch(fault: FaultName | undefined): Buffer {
    if (fault === "reset") this.reboot();
    if (fault === "reset" || fault === "silence") return Buffer.alloc(0);
    const lines = this.lines(fault);
    const between = fault === "foreign" ? BINARY_BETWEEN : Buffer.alloc(0);
    const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line, "latin1"), between]));
    return this.damaged(fault, bytes);
  }

  private damaged(fault: FaultName | undefined, bytes: Buffer): Buffer {
    if (bytes.length === 0) return bytes;
    if (fault === "bit-flip") return flipBit(bytes, this.faults);
    if (fault === "drop") return dropByte(bytes, this.faults);
    return fault === "cut" ? bytes.subarray(0, bytes.length >> 1) : bytes;
  }

  private lines(fault: FaultName | undefined): string[] {
    const { talker = "GP", lineEnd = "\r\n" } = this.options;
    const state = this.state(fault);
    const fix = this.fix(fault, state);
    const epoch = this.epochs++;
    return this.order
      .filter((name) => this.output.sends(name, epoch))
      .flatMap((name) => sentencesOf(talker, name, fix, state))
      .map((line) => (fault === "bad-check" ? withOtherChecksum(line) : line) + lineEnd);
  }

  private state(fault: FaultName | undefined): FixState {
    const { acquireMs = 0, clock } = this.options;
    const hasFix = clock.nowMs() - this.bootedMs >= acquireMs && fault !== "plateau";
    if (hasFix && fault !== "error") return "valid";
    return fault === "error" && this.lastFix ? "stale" : "none";
  }

  /** A receiver that has lost its fix goes on with the place of the last one, but knows the time. */
  private fix(fault: FaultName | undefined, state: FixState): GpsFix {
    if (fault === "stuck" && this.lastFix) return this.lastFix;
    const fix = this.options.course(this.options.clock.nowMs() / 1000);
    const timeMs = fix.timeMs - ROLLOVER_MS * (this.options.rollovers ?? 0);
    if (state === "stale") return { ...this.lastFix!, timeMs };
    const now = { ...fix, timeMs };
    if (state === "valid") this.lastFix = now;
    return now;
  }

  private obey(frame: UbxFrame): void {
    const isRate = frame.group === UbxClass.cfg && frame.id === UbxId.cfgRate;
    const answer = isRate ? answerTo(frame, this.setRate(frame.payload)) : this.output.obey(frame);
    if (answer) this.say(answer);
  }

  private say(answer: Buffer): void {
    const { id } = ubxFrameOf(answer);
    this.answers[id === UbxId.ack ? "done" : "refused"]++;
    this.transmitter.send(answer);
  }

  /** UBX-CFG-RATE: milliseconds a measurement, measurements a solution, time reference. */
  private setRate(payload: Buffer): boolean {
    const { generation } = this.output;
    if (payload.length !== 6 || generation > 9) return false;
    const periodMs = payload.readUInt16LE(0) * payload.readUInt16LE(2);
    if (periodMs < SHORTEST_PERIOD_MS) return false;
    this.periodMs = periodMs;
    return true;
  }
}

/** Its last digit is another one. */
function withOtherChecksum(sentence: string): string {
  const last = parseInt(sentence.slice(-1), 16);
  return sentence.slice(0, -1) + (last ^ 1).toString(16).toUpperCase();
}
