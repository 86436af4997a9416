// The self-test of a board: its program is stopped, a bundle of its own is sent and run row by row, and the program starts
// again. What the board's data, or the machine, has not is no failure: `not on this board`.

import { boardFailure } from "../failure.js";
import { logEventOf } from "../sim/agent-log.js";
import type { BoardConsole, Engine } from "./board-console.js";
import { NoAnswer } from "./board-console.js";
import { LineCut } from "./port-line.js";
import { eraseFile, putFile, readState } from "./board-storage.js";
import { checkEngine } from "./engine-check.js";
import type { WantedEngine } from "./engine-check.js";
import { START, stopProgram, untilRestarted, restart } from "./restart.js";
import { leave, openSession } from "./session.js";
import type { Session, SessionOptions } from "./session.js";
import type { TestVector } from "./test-vector.js";

/** Of a board's data file, with that of its chip. */
export interface TestedBoard {
  readonly name: string;
  readonly engine: WantedEngine;
  readonly uarts: { readonly gps?: UartPlace };
  readonly entropy: { readonly register?: number; readonly file?: string };
  readonly accelerator?: object;
}

interface UartPlace {
  readonly device: string;
  readonly baud: number;
  readonly rx?: string;
  readonly tx?: string;
}

export interface SelftestOptions extends SessionOptions {
  readonly board: TestedBoard;
  readonly bundle: Buffer;
  /** For a board with an accelerator. */
  readonly vector?: TestVector | undefined;
  /** How often the accelerator is given it. */
  readonly vectors: number;
  /** Where TLS is tried. */
  readonly tls?: { readonly host: string; readonly port: number } | undefined;
  /** On Linux: the file of a line that gives back what it gets. */
  readonly uartPath?: string | undefined;
  /** Ends it with the rows that there are; the board's program starts again. */
  readonly stop?: AbortSignal;
  /** Who answers there, before the first row. */
  readonly onEngine?: (engine: Engine) => void;
  readonly onRow: (row: Row) => void;
  readonly onNote: (text: string) => void;
}

export interface Row {
  readonly name: string;
  readonly outcome: "measured" | "not on this board" | "skipped" | "failed";
  /** Why there are no values. */
  readonly reason?: string;
  readonly values?: Readonly<Record<string, number | string>>;
}

export interface SelftestResult {
  readonly engine: Engine;
  readonly rows: readonly Row[];
}

const PROGRAM = "microspime.test";
const VECTOR = "microspime.vector";
const RESTART_MS = 30_000;
const ROW_MS = 60_000;
const NOISE_WORDS = 2000;
/** 48 bytes each. */
const UART_PIECES = 50;
/** The Linux build's TLS takes its memory from the variables, and ends the engine where there is none. */
const TLS_VARIABLES_ON_LINUX = 2000;

class Stopped extends Error {}

/** Rejects when it is time to end. */
function stopped(stop: AbortSignal | undefined): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    const end = () => reject(new Stopped());
    if (stop?.aborted) end();
    stop?.addEventListener("abort", end, { once: true });
  });
  // Nobody may be waiting just then.
  ended.catch(() => {});
  return ended;
}

export async function selftest(options: SelftestOptions): Promise<SelftestResult> {
  const session = await openSession(options);
  const test = new Selftest(session, options);
  try {
    return await test.run();
  } catch (error) {
    throw failureOf(error, options.port);
  } finally {
    await leave(test.session);
  }
}

function failureOf(error: unknown, port: string): unknown {
  if (error instanceof LineCut) {
    return boardFailure(
      `${port} was cut during the self-test.`,
      "The board's program starts again with the board: take its power away for a moment.",
    );
  }
  if (!(error instanceof NoAnswer)) return error;
  return boardFailure(
    `The board does not go on with the self-test: ${error.message}.`,
    "Its program starts again with the board; run the self-test again.",
  );
}

class Selftest {
  private readonly rows: Row[] = [];
  private readonly stopped: Promise<never>;

  constructor(
    public session: Session,
    private readonly options: SelftestOptions,
  ) {
    this.stopped = stopped(options.stop);
  }

  private get console(): BoardConsole {
    return this.session.console;
  }

  private get isLinux(): boolean {
    return this.session.engine.board === "LINUX";
  }

  async run(): Promise<SelftestResult> {
    this.options.onEngine?.(this.session.engine);
    const note = checkEngine(this.session.engine, this.options.board);
    if (note) this.options.onNote(note);
    await this.compareBoots();
    if (!this.options.stop?.aborted) await this.measureWithoutProgram();
    return { engine: this.session.engine, rows: this.rows };
  }

  private async measureWithoutProgram(): Promise<void> {
    this.session = await stopProgram(this.session, this.options, RESTART_MS);
    try {
      await this.sendProgram();
      await this.measureAll();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      await this.startProgram();
    }
  }

  private put(row: Row): void {
    this.rows.push(row);
    this.options.onRow(row);
  }

  private notHere(name: string, reason: string): void {
    this.put({ name, outcome: "not on this board", reason });
  }

  /**
   * Espruino's own generators begin alike at every boot (docs/espruino.md); the register must not. Asked right after each
   * start, beside the program, which draws nothing from the first two.
   */
  private async compareBoots(): Promise<void> {
    if (this.isLinux) {
      this.notHere("boots", "an Espruino on Linux cannot restart itself");
      return;
    }
    const first = await this.wordsOfBoot();
    const second = await this.wordsOfBoot();
    const values = Object.fromEntries(
      Object.keys(first).map((name) => [name, repeated(first[name], second[name])]),
    );
    this.put({ name: "boots", outcome: "measured", values });
  }

  private async wordsOfBoot(): Promise<Readonly<Record<string, string>>> {
    await restart(this.console, START);
    this.session = await untilRestarted(this.session, this.options, RESTART_MS);
    const { register } = this.options.board.entropy;
    const four = (call: string) => `[${Array(4).fill(call).join(",")}].join()`;
    const words = await this.console.evaluate<string[]>(
      `[${four("Math.random()")},${four("E.hwRand()")},${register ? four(`peek32(${register})`) : '""'}]`,
    );
    return { mathRandom: words[0], hwRand: words[1], ...(register && { register: words[2] }) };
  }

  private async sendProgram(): Promise<void> {
    const { freeVariables } = await readState(this.console);
    const { bundle, vector } = this.options;
    for (const file of [
      { name: PROGRAM, bytes: bundle },
      ...(vector ? [{ name: VECTOR, bytes: vector }] : []),
    ]) {
      await putFile(this.console, file, freeVariables);
    }
    await this.console.evaluate(`eval(require("Storage").read("${PROGRAM}"))?1:0`);
  }

  private async measureAll(): Promise<void> {
    const { entropy, accelerator, uarts } = this.options.board;
    await this.measure("memory", "");
    await this.measure("speed", "");
    await this.measureTls();
    if (accelerator) await this.measureAccelerator(accelerator);
    else this.notHere("accelerator", "it has none");
    const source = entropy.register ?? entropy.file;
    if (source === undefined) this.notHere("noise", "it has no source of noise");
    else await this.measure("noise", `${JSON.stringify(source)},${NOISE_WORDS}`);
    if (uarts.gps) await this.measureUart(uarts.gps);
    else this.notHere("uart", "it has no UART for a GPS receiver");
  }

  private async measure(name: string, values: string, timeoutMs = ROW_MS): Promise<void> {
    this.put(await this.measured(name, values, timeoutMs));
  }

  /** Rejects with `Stopped`, between two questions. */
  private async measured(name: string, given: string, timeoutMs: number): Promise<Row> {
    if (this.options.stop?.aborted) throw new Stopped();
    const isRow = (line: string) => valuesOf(line, name) !== undefined;
    const line = this.console.untilLine(isRow, timeoutMs);
    line.catch(() => {});
    await this.console.evaluate(`microspimeSelftest.${name}(${given})?1:0`);
    const values = valuesOf((await Promise.race([line, this.stopped])) ?? "", name);
    if (!values) return { name, outcome: "failed", reason: `nothing within ${timeoutMs / 1000} s` };
    const { error, ...others } = values;
    if (error !== undefined) return { name, outcome: "failed", reason: String(error) };
    return { name, outcome: "measured", values: others };
  }

  private async measureAccelerator(chip: object): Promise<void> {
    const { vectors } = this.options;
    // A second for each at the most.
    await this.measure(
      "accelerator",
      `${JSON.stringify(chip)},${vectors}`,
      ROW_MS + vectors * 1000,
    );
  }

  private async measureTls(): Promise<void> {
    const { tls } = this.options;
    if (!tls) {
      this.put({
        name: "tls",
        outcome: "skipped",
        reason: "--tls HOST:PORT names a server for it",
      });
      return;
    }
    const { freeVariables } = await readState(this.console);
    if (this.isLinux && freeVariables < TLS_VARIABLES_ON_LINUX) {
      this.notHere("tls", `${freeVariables} variables are too few for the Linux build's TLS`);
      return;
    }
    const header = `<stream:stream to='${tls.host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
    const given = [tls.host, tls.port, header].map((value) => JSON.stringify(value));
    await this.measure("tls", given.join(","));
  }

  private async measureUart({ device, baud, rx, tx }: UartPlace): Promise<void> {
    const { uartPath } = this.options;
    if (this.isLinux && uartPath === undefined) {
      const reason = "--uart-path names a line that gives back what it gets";
      this.put({ name: "uart", outcome: "skipped", reason });
      return;
    }
    const place = JSON.stringify({ rx, tx, path: uartPath });
    const row = await this.measured("uart", `"${device}",${baud},${place},${UART_PIECES}`, ROW_MS);
    const isOpen = row.values?.["received"] === 0;
    const reason = `nothing came back: wire TX to RX of ${device} for it, without the sensor`;
    this.put(isOpen ? { name: "uart", outcome: "skipped", reason } : row);
  }

  private async startProgram(): Promise<void> {
    if (!this.console.isOpen) return;
    for (const name of [PROGRAM, VECTOR]) await eraseFile(this.console, name).catch(() => {});
    await restart(this.console, START).catch(() => {});
    this.session = { ...this.session, wasLocked: false };
  }
}

function repeated(first: string, second: string): string {
  return first === second ? "the same at both starts" : "different";
}

/** Of a row's line of log; numbers as numbers. `undefined`: another line. */
export function valuesOf(
  line: string,
  row: string,
): Readonly<Record<string, number | string>> | undefined {
  const event = logEventOf(line);
  if (event?.name !== "selftest" || event.values["row"] !== row) return undefined;
  const pairs = Object.entries(event.values).filter(([name]) => name !== "row");
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, /^-?[\d.]+$/.test(value) ? Number(value) : value]),
  );
}
