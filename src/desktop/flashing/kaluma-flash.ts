// From a board with Kaluma to one that runs our program. Kaluma has one place for a program and files of which each is
// replaced at once, but not all together. So the files are sent beside the old ones while the old program is stopped;
// then that is erased; then the files take their places; then the new program comes. Wherever the line is cut, the board
// has the old program with the old files, or no program.

import { boardFailure } from "../failure.js";
import type { Failure } from "../failure.js";
import { logEventOf } from "../sim/agent-log.js";
import { NoAnswer } from "./board-console.js";
import type { Engine } from "./board-console.js";
import { isSame } from "./board-storage.js";
import type { WantedFile } from "./board-storage.js";
import type { ByteCodeSize } from "./byte-code.js";
import type { FlashEvent } from "./flash.js";
import { planOf } from "./flash-plan.js";
import type { Plan } from "./flash-plan.js";
import type { Transfer } from "./kaluma-cli.js";
import { createKalumaConsole } from "./kaluma-console.js";
import type { KalumaConsole } from "./kaluma-console.js";
import { checkKaluma } from "./kaluma-engine.js";
import type { KalumaBoard } from "./kaluma-engine.js";
import {
  forgetLines,
  listOurs,
  lookAtFile,
  putAside,
  putInPlace,
  removeAside,
  removeFile,
} from "./kaluma-files.js";
import { openPort } from "./port.js";
import { LineCut, silentFailure } from "./port-line.js";

/** Of JerryScript's heap, beside the program that runs. */
export interface KalumaHeap {
  readonly totalBytes: number;
  readonly usedBytes: number;
}

export type KalumaFlashEvent =
  | Exclude<FlashEvent, { event: "found" }>
  | { readonly event: "found"; readonly engine: Engine; readonly heap: KalumaHeap }
  | ({ readonly event: "byteCode" } & ByteCodeSize);

export interface KalumaFlashOptions {
  readonly port: string;
  /** Sends Ctrl-C first, to a program that never lets go of the console. */
  readonly interrupts?: boolean | undefined;
  /** How often it is asked who is there, and how long each time (8 s). */
  readonly greetings?: number;
  readonly greetingMs?: number;
  readonly board: KalumaBoard;
  /** ASCII: Kaluma's place for it ends at the first octet that is 0. */
  readonly program: Buffer;
  readonly byteCode?: ByteCodeSize | undefined;
  readonly files: readonly WantedFile[];
  readonly transfer: Transfer;
  readonly isDryRun?: boolean;
  /** Erases what the board has kept for itself, but for its generator's state. */
  readonly erasesData?: boolean;
  /** For the program's first word. */
  readonly helloMs: number;
  /** So long a transfer may stand still. The erasure of the place for programs is in it. */
  readonly stallMs?: number;
  readonly onEvent: (event: KalumaFlashEvent) => void;
}

/** A join of the Wi-Fi takes 30 s, and nobody looks at the console meanwhile. */
const GREETINGS = 5;
const RESET_MS = 20_000;
/** 1,472 KB of flash in sectors of 4 KB, of 45 ms to 400 ms each. */
const ERASE_MS = 150_000;
const STALL_MS = 150_000;
const ANSWER_MS = 10_000;
/** Never erased: with an old seed and without it the board's random numbers would begin as once before. */
const GENERATOR_STATE = /^microspime\.rng/;
/** What `.flash -w` says at its end (src/repl.c). */
const TRANSFER_END =
  /^(Done|The file size is too large|Verification failed|Aborted|Failed to receive)$/;

/** Rejects with a `Failure`, which says what is on the board then. */
export async function flashKaluma(options: KalumaFlashOptions): Promise<void> {
  const console = createKalumaConsole(await openPort(options.port));
  const flashing = new KalumaFlashing(console, options);
  try {
    await flashing.run();
  } catch (error) {
    throw await flashing.failureOf(error);
  } finally {
    await flashing.leave();
  }
}

class KalumaFlashing {
  /**
   * What a cut would mean now: nothing is changed, files lie beside the old ones, there is no program, there is the new one
   * that does not run yet, it was started.
   */
  private stage: "looking" | "staging" | "switching" | "switched" | "starting" = "looking";
  private current = "";
  private sent = 0;
  private hasOldProgram = false;

  constructor(
    private readonly console: KalumaConsole,
    private readonly options: KalumaFlashOptions,
  ) {}

  private get programName(): string {
    return `${this.options.board.name}.js`;
  }

  async run(): Promise<void> {
    const { isDryRun, onEvent, byteCode } = this.options;
    await this.greet();
    const plan = await this.makePlan();
    onEvent({ event: "plan", plan, replaces: undefined });
    if (byteCode) onEvent({ event: "byteCode", ...byteCode });
    if (isDryRun) return;
    await this.stopProgram();
    const files = this.missingFiles(plan);
    for (const file of files) await this.sendAside(file, plan);
    if (plan.bytesToSend > 0) await this.switchOver(files, plan);
    if (this.options.erasesData) await this.eraseOthers();
    await this.start();
  }

  private async greet(): Promise<void> {
    const { interrupts, greetings = GREETINGS, greetingMs, board, port, onEvent } = this.options;
    if (interrupts) await this.console.interrupt();
    const engine = await this.console.greet(greetings, greetingMs);
    if (!engine) throw silent(port, this.console.heard());
    const note = checkKaluma(engine, board);
    if (note) onEvent({ event: "note", text: note });
    const [totalBytes, usedBytes] = await this.console.ask<[number, number]>(
      "(function(m){return[m.heapTotal,m.heapUsed]})(process.memoryUsage())",
    );
    onEvent({ event: "found", engine, heap: { totalBytes, usedBytes } });
  }

  /** The program is sent whenever a file is: it is erased before the files change places. */
  private async makePlan(): Promise<Plan> {
    const { files, program } = this.options;
    const steps = [];
    for (const file of files) {
      const isThere = isSame(file.bytes, await lookAtFile(this.console, file.name));
      steps.push({ file, from: isThere ? file.bytes.length : 0 });
    }
    const isAllThere = steps.every(({ file, from }) => from === file.bytes.length);
    const hasProgram = await this.hasProgram();
    const file = { name: this.programName, bytes: program };
    return planOf([...steps, { file, from: isAllThere && hasProgram ? program.length : 0 }]);
  }

  private async hasProgram(): Promise<boolean> {
    const { program } = this.options;
    const bytes = Number(await this.commandUntil(".flash -s", /^\d+$/, ANSWER_MS));
    this.hasOldProgram = bytes > 0;
    return bytes === program.length && (await this.isProgramWhole());
  }

  /** Octet by octet; Kaluma and the line make of a line's end what they like. */
  private async isProgramWhole(): Promise<boolean> {
    const there = await this.console.printedBy(".flash -r");
    const text = (bytes: string) => bytes.replace(/\r/g, "");
    return text(there).includes(text(this.options.program.toString("latin1")));
  }

  private missingFiles(plan: Plan): WantedFile[] {
    const missing = plan.steps.filter(({ file, from }) => from < file.bytes.length);
    return missing.map(({ file }) => file).filter(({ name }) => name !== this.programName);
  }

  /** Until the board starts anew, or `.load`. */
  private async stopProgram(): Promise<void> {
    const { onEvent } = this.options;
    if (this.hasOldProgram) onEvent({ event: "note", text: "The old program is stopped." });
    this.stage = "staging";
    await this.commandUntil(".reset", /^soft reset$/, RESET_MS);
  }

  private async commandUntil(command: string, said: RegExp, timeoutMs: number): Promise<string> {
    const heard = this.console.untilLine((line) => said.test(line), timeoutMs);
    heard.catch(() => {});
    await this.console.command(command);
    const line = await heard;
    if (line === undefined) throw new NoAnswer(`no answer to ${command}`);
    return line;
  }

  private async sendAside(file: WantedFile, plan: Plan): Promise<void> {
    this.current = file.name;
    const base = this.sent;
    await putAside(this.console, file, (count) => this.tellSending(base + count, plan));
    this.sent = base + file.bytes.length;
    this.options.onEvent({ event: "written", file: file.name });
  }

  private tellSending(sent: number, { bytesToSend }: Plan): void {
    const { onEvent } = this.options;
    onEvent({ event: "sending", file: this.current, sent, of: bytesToSend });
  }

  private async switchOver(files: readonly WantedFile[], plan: Plan): Promise<void> {
    this.current = this.programName;
    this.stage = "switching";
    await this.commandUntil(".flash -e", /^Flash has erased$/, ERASE_MS);
    for (const { name } of files) await putInPlace(this.console, name);
    await this.sendProgram(plan);
    if (!(await this.isProgramWhole())) throw new NoAnswer("what it has is not what was sent");
    this.options.onEvent({ event: "written", file: this.programName });
    this.stage = "switched";
    this.current = "";
  }

  /** By the YMODEM of `@kaluma/cli`. What it was refused it tells of as done; the board's own last word counts. */
  private async sendProgram(plan: Plan): Promise<void> {
    const { transfer, program } = this.options;
    await this.commandUntil(".flash -w", /^Transfer a file via YMODEM/, ANSWER_MS);
    const end = this.console.untilLine((line) => TRANSFER_END.test(line), 2 ** 31 - 1);
    end.catch(() => {});
    const stall = createStall(this.options.stallMs ?? STALL_MS);
    const base = this.sent;
    try {
      const sending = new Promise<void>((resolve, reject) => {
        transfer(
          this.console.serial,
          "usercode",
          program,
          (error) => (error ? reject(new NoAnswer(error.message)) : resolve()),
          ({ writtenBytes }) => {
            stall.goOn();
            this.tellSending(base + writtenBytes, plan);
          },
        );
      });
      await this.console.orCut(Promise.race([sending, stall.late]));
      stall.goOn();
      const said = await Promise.race([end, stall.late]);
      if (said !== "Done") throw new NoAnswer(said ?? "nothing");
    } catch (error) {
      if (error instanceof NoAnswer) await this.console.abortTransfer().catch(() => {});
      throw error;
    } finally {
      stall.end();
    }
  }

  private async eraseOthers(): Promise<void> {
    const sent = new Set(this.options.files.map(({ name }) => name));
    for (const name of await listOurs(this.console)) {
      if (!sent.has(name) && !GENERATOR_STATE.test(name)) await removeFile(this.console, name);
    }
  }

  private async start(): Promise<void> {
    const { onEvent, helloMs } = this.options;
    this.stage = "starting";
    await forgetLines(this.console);
    onEvent({ event: "restarting" });
    const startMs = performance.now();
    const first = this.console.untilLine((line) => isHello(line) || isEnd(line), helloMs);
    first.catch(() => {});
    await this.load();
    const line = await first;
    if (line === undefined || !isHello(line)) throw new NoAnswer(line ?? "");
    onEvent({ event: "hello", line, tookMs: Math.round(performance.now() - startMs) });
  }

  private async load(): Promise<void> {
    await this.console.command(".echo on");
    await this.console.command(".load");
  }

  /** What happened, what is on the board now, and what to do. */
  async failureOf(error: unknown): Promise<unknown> {
    const runsAgain = this.console.isOpen && this.stage === "staging" && (await this.goBack());
    if (!(error instanceof LineCut || error instanceof NoAnswer)) return error;
    if (this.stage === "starting") return this.afterStart(error);
    const what =
      error instanceof LineCut
        ? `${this.options.port} was cut${this.current && ` while ${this.current} was sent`}.`
        : `The board did not take ${this.current || "a question"}: ${error.message}.`;
    return boardFailure(what, `${this.whatIsThere(runsAgain)} Run the same command again.`);
  }

  /** Files that lie beside the old ones are of no use to it. Whether the old program was started. */
  private async goBack(): Promise<boolean> {
    try {
      for (const { name } of this.options.files) await removeAside(this.console, name);
      await forgetLines(this.console);
      await this.load();
      return true;
    } catch {
      // It starts with the board.
      return false;
    }
  }

  private whatIsThere(runsAgain: boolean): string {
    if (this.stage === "switched") return "The new program and its files are whole on the board.";
    if (this.stage === "switching") return "The board has no whole program now, and runs none.";
    if (this.stage === "looking") return "Nothing was changed.";
    if (!this.hasOldProgram) return "It has no older program.";
    return runsAgain
      ? "The old program is untouched, and was started again."
      : "The old program is untouched, and starts again with the board.";
  }

  private afterStart(error: Error): Failure {
    if (error instanceof LineCut) {
      return boardFailure(
        `${this.options.port} was cut before the new program has said hello.`,
        "The program and its files are whole on the board: microspime monitor shows what it says.",
      );
    }
    const what = error.message
      ? `The new program does not start; it says: ${error.message}`
      : `The new program did not say hello within ${this.options.helloMs / 1000} s.`;
    return boardFailure(
      what,
      "It stays on the board, there is no way back: microspime monitor shows what it says.",
    );
  }

  /** A person who types at it wants to see it. */
  async leave(): Promise<void> {
    if (this.console.isOpen && this.stage !== "starting") {
      await this.console.command(".echo on").catch(() => {});
    }
    this.console.close();
  }
}

interface Stall {
  /** Rejects with `NoAnswer`. */
  readonly late: Promise<never>;
  goOn(): void;
  end(): void;
}

function createStall(timeoutMs: number): Stall {
  let timer: NodeJS.Timeout;
  let stop: (error: Error) => void;
  const late = new Promise<never>((_, reject) => (stop = reject));
  late.catch(() => {});
  const start = () =>
    void (timer = setTimeout(() => stop(new NoAnswer("it stands still")), timeoutMs));
  start();
  return {
    late,
    goOn: () => {
      clearTimeout(timer);
      start();
    },
    end: () => clearTimeout(timer),
  };
}

function silent(port: string, heard: string): Failure {
  const said = heard
    // eslint-disable-next-line no-control-regex
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "")
    .replace(/[^ -~\n]/g, "")
    .replace(/console\.log\(.*\)/g, "");
  const advice =
    "Check the port, and that Kaluma is on the board (docs/kaluma.md); --interrupt ends a program that hangs.";
  return silentFailure("Kaluma", port, said, advice);
}

function isHello(line: string): boolean {
  return logEventOf(line)?.name === "hello";
}

/** Our entry's word where it cannot start, or Kaluma's (1.2.1). */
function isEnd(line: string): boolean {
  const event = logEventOf(line);
  return (
    (event?.level === "error" && event.name === "stopped") ||
    /^(Syntax|Type|Reference|Range)?Error: /.test(line)
  );
}
