// From a board with Espruino to one that runs our program. The old program goes on and stays in its place while the new
// one is sent beside it; files that are small follow, then the loader, then the letter that says which program runs, then
// the lock of the console; and where the new one says nothing after the restart, all of that is put back.

import { boardFailure } from "../failure.js";
import type { Failure } from "../failure.js";
import { logEventOf } from "../sim/agent-log.js";
import { NoAnswer } from "./board-console.js";
import { LineCut } from "./port-line.js";
import type { BoardConsole, Engine } from "./board-console.js";
import type { ProvisionedFiles } from "./board-files.js";
import {
  bytesThere,
  compact,
  eraseFile,
  isSame,
  listFiles,
  lookAt,
  putFile,
  readState,
  receiveFile,
  sendFile,
} from "./board-storage.js";
import type { StorageState, StoredFile, WantedFile } from "./board-storage.js";
import { checkEngine } from "./engine-check.js";
import type { FlashedBoard } from "./engine-check.js";
import {
  freeLetter,
  LOADER_FILE,
  neededOf,
  planOf,
  PROGRAM_FILES,
  roomOf,
  RUN_FILE,
  runningLetter,
  TRIAL_FILE,
} from "./flash-plan.js";
import type { Letter, Plan, Step } from "./flash-plan.js";
import { restart, START, stopProgram, untilRestarted } from "./restart.js";
import { leave, openSession, reopenConsole } from "./session.js";
import type { Session, SessionOptions } from "./session.js";

export type FlashEvent =
  | { readonly event: "found"; readonly engine: Engine; readonly storage: StorageState }
  | { readonly event: "plan"; readonly plan: Plan; readonly replaces: Letter | undefined }
  | { readonly event: "sending"; readonly file: string; readonly sent: number; readonly of: number }
  | { readonly event: "written"; readonly file: string }
  | { readonly event: "note"; readonly text: string }
  | { readonly event: "restarting" }
  | { readonly event: "hello"; readonly line: string; readonly tookMs: number };

export interface FlashOptions extends SessionOptions {
  readonly board: FlashedBoard;
  readonly program: Buffer;
  readonly loader: Buffer;
  readonly provisioned: ProvisionedFiles;
  /** Looks, and writes nothing. */
  readonly isDryRun?: boolean;
  /** Stops the old program and moves files together. */
  readonly compacts?: boolean;
  /** Erases what the board has kept for itself, but for its generator's state. */
  readonly erasesData?: boolean;
  /** After so long a board starts by itself when it was left alone with some of its files. */
  readonly restartMs?: number;
  /** For the program's first word after the restart. */
  readonly helloMs: number;
  readonly onEvent: (event: FlashEvent) => void;
}

/** Below that the engine cannot even take a packet beside the program. */
const LEAST_VARIABLES = 120;
/** Some seconds are enough for the small files. */
const RESTART_MS = 120_000;
/** Never erased: with an old seed and without it the board's random numbers would begin as once before. */
const GENERATOR_STATE = /^microspime\.rng/;

/** Rejects with a `Failure`; then the old program runs, but for where it says otherwise. */
export async function flash(options: FlashOptions): Promise<void> {
  const session = await openSession(options);
  const flashing = new Flashing(session, options);
  try {
    await flashing.run();
  } catch (error) {
    throw await flashing.failureOf(error);
  } finally {
    await leave(flashing.session);
  }
}

const letterFile = (letter: Letter): WantedFile => ({ name: RUN_FILE, bytes: Buffer.from(letter) });

class Flashing {
  /** What a cut would mean now: nothing is changed, some is, the program has been left. */
  private stage: "looking" | "sending" | "switching" | "starting" = "looking";
  private current = "";
  private isStopped = false;
  private hasBootCode = true;
  private sent = 0;
  private variables = Infinity;
  private running: Letter | undefined;
  private there: ReadonlyMap<string, StoredFile> = new Map();
  /** What was there before; `undefined`: nothing. */
  private readonly before = new Map<string, Buffer | undefined>();

  constructor(
    public session: Session,
    private readonly options: FlashOptions,
  ) {}

  private get console(): BoardConsole {
    return this.session.console;
  }

  async run(): Promise<void> {
    const { isDryRun, onEvent, board } = this.options;
    const note = checkEngine(this.session.engine, board);
    if (note) onEvent({ event: "note", text: note });
    const storage = await this.look();
    const wanted = await this.wantedFiles();
    const plan = await this.makePlan(wanted);
    if (isDryRun) return this.checkRoom(plan, storage);
    await this.makeRoom(plan, storage);
    await this.send(plan);
    await this.start();
  }

  private async look(): Promise<StorageState> {
    const storage = await readState(this.console);
    this.variables = storage.freeVariables;
    this.there = await lookAt(this.console, [
      LOADER_FILE,
      RUN_FILE,
      ...Object.values(PROGRAM_FILES),
      ...this.options.provisioned.files.map(({ name }) => name),
      ...(this.options.provisioned.lock ? [this.options.provisioned.lock.name] : []),
    ]);
    this.options.onEvent({ event: "found", engine: this.session.engine, storage });
    return storage;
  }

  /** In the order in which they are sent. */
  private async wantedFiles(): Promise<WantedFile[]> {
    const { program, loader, provisioned } = this.options;
    const run = this.there.has(RUN_FILE)
      ? (await receiveFile(this.console, RUN_FILE))?.toString("latin1")
      : undefined;
    this.running = runningLetter(run?.[0], (letter) => this.there.has(PROGRAM_FILES[letter]));
    const letter = this.letterFor(program);
    // Without that file the loader takes the first that there is.
    const needsLetter = run !== undefined || letter === "b";
    return [
      { name: PROGRAM_FILES[letter], bytes: program },
      ...provisioned.files,
      { name: LOADER_FILE, bytes: loader },
      ...(needsLetter ? [letterFile(letter)] : []),
      ...(provisioned.lock ? [provisioned.lock] : []),
    ];
  }

  /** The same program stays where it is. */
  private letterFor(program: Buffer): Letter {
    const { running } = this;
    const isRunning = running && isSame(program, this.there.get(PROGRAM_FILES[running]));
    return isRunning ? running : freeLetter(running);
  }

  private async makePlan(wanted: readonly WantedFile[]): Promise<Plan> {
    const steps: Step[] = [];
    for (const file of wanted) {
      const from = await bytesThere(this.console, file, this.there.get(file.name));
      steps.push({ file, from });
    }
    const plan = planOf(steps);
    this.options.onEvent({ event: "plan", plan, replaces: this.running });
    return plan;
  }

  private checkRoom(plan: Plan, storage: StorageState): void {
    const room = roomOf(plan, storage);
    const { freeBytes, trashBytes } = storage;
    if (room === "enough") return;
    const message = `The board's flash is full: ${neededOf(plan)} bytes are needed, ${freeBytes} are free.`;
    if (room === "after compaction") {
      if (this.options.compacts) return;
      throw boardFailure(
        message,
        `--compact stops the program and makes ${trashBytes} bytes of erased files free. The old program runs on.`,
      );
    }
    throw boardFailure(
      message,
      "Erase files that are not needed (require('Storage').list() at its console). The old program runs on.",
    );
  }

  private async makeRoom(plan: Plan, storage: StorageState): Promise<void> {
    this.checkRoom(plan, storage);
    const compacts = this.options.compacts && storage.trashBytes > 0;
    if (compacts) await this.stopProgram("to move files together");
    else if (storage.freeVariables < LEAST_VARIABLES) {
      await this.stopProgram("for want of memory");
    }
    if (compacts) await compact(this.console);
  }

  private async stopProgram(why: string): Promise<void> {
    this.options.onEvent({ event: "note", text: `The old program is stopped ${why}.` });
    this.isStopped = true;
    this.session = await stopProgram(this.session, this.options, this.options.helloMs);
    this.variables = (await readState(this.console)).freeVariables;
  }

  private async send(plan: Plan): Promise<void> {
    const [program, ...others] = plan.steps;
    this.stage = "sending";
    await this.sendOne(program.file, program.from, plan);
    const changed = others.filter(({ file, from }) => from < file.bytes.length);
    for (const { file } of changed) await this.remember(file.name);
    await this.beginSwitching();
    for (const { file, from } of others) {
      if (file.name === LOADER_FILE) await this.sendLoader(file, from, plan);
      else await this.sendOne(file, from, plan);
    }
    await this.tidy(plan);
  }

  /**
   * The engine makes nothing of texts in flash whose file is replaced, and so of parts of the program that runs. If nobody
   * is there to restart it at the end, it does so itself.
   */
  private async beginSwitching(): Promise<void> {
    await this.restartLater();
    this.stage = "switching";
    this.isStopped = true;
  }

  private async restartLater(): Promise<void> {
    const { restartMs = RESTART_MS } = this.options;
    await restart(this.console, START, restartMs);
  }

  private async remember(name: string): Promise<void> {
    const isThere = this.there.has(name);
    this.before.set(name, isThere ? await receiveFile(this.console, name) : undefined);
  }

  private async sendOne(file: WantedFile, from: number, plan: Plan): Promise<void> {
    const { onEvent } = this.options;
    const { name, bytes } = file;
    if (from === bytes.length) return;
    this.current = name;
    const base = this.sent - from;
    await sendFile(this.console, file, from, this.variables, (count) => {
      onEvent({ event: "sending", file: name, sent: base + count, of: plan.bytesToSend });
    });
    this.sent = base + bytes.length;
    onEvent({ event: "written", file: name });
  }

  /**
   * On an ESP32 switching Bluetooth off restarts the chip and erases its boot code (jswrap_esp32.c, 2v29): only then the
   * loader is written.
   */
  private async sendLoader(loader: WantedFile, from: number, plan: Plan): Promise<void> {
    const hasBluetooth = 'typeof ESP32!="undefined"&&ESP32.getState().BLE?1:0';
    let there = from;
    const wasOn = await this.console.evaluate<number>(hasBluetooth);
    if (wasOn) {
      this.options.onEvent({
        event: "note",
        text: "Bluetooth is switched off: TLS needs its memory.",
      });
      if (!this.before.has(LOADER_FILE)) await this.remember(LOADER_FILE);
      await restart(this.console, "ESP32.enableBLE(false)");
      this.isStopped = true;
      this.hasBootCode = false;
      this.session = await untilRestarted(this.session, this.options, this.options.helloMs);
      if (await this.console.evaluate<number>(hasBluetooth)) {
        throw new NoAnswer("Bluetooth is still on");
      }
      there = 0;
    }
    await this.sendOne(loader, there, plan);
    this.hasBootCode = true;
    // That restart has ended the wait for the other one.
    if (wasOn) await this.restartLater();
  }

  private async tidy(plan: Plan): Promise<void> {
    await eraseFile(this.console, TRIAL_FILE);
    if (!this.options.erasesData) return;
    const ours = new Set([
      ...plan.steps.map(({ file }) => file.name),
      ...Object.values(PROGRAM_FILES),
    ]);
    for (const name of await listFiles(this.console)) {
      if (!ours.has(name) && !GENERATOR_STATE.test(name)) await eraseFile(this.console, name);
    }
  }

  private async start(): Promise<void> {
    const { onEvent, helloMs } = this.options;
    this.stage = "starting";
    const startMs = performance.now();
    onEvent({ event: "restarting" });
    const line = await this.startAndListen(helloMs);
    const { isHello, said } = line;
    if (!isHello) throw new NoAnswer(said);
    onEvent({ event: "hello", line: said, tookMs: Math.round(performance.now() - startMs) });
  }

  /** The agent's first word, or why there is none. */
  private async startAndListen(timeoutMs: number): Promise<{ isHello: boolean; said: string }> {
    await restart(this.console, START);
    // Its loader locks it now, if anybody.
    this.session = { ...this.session, wasLocked: false };
    const endMs = performance.now() + timeoutMs;
    let isHello = isHelloLine;
    for (;;) {
      const leftMs = endMs - performance.now();
      try {
        const line = await this.console.untilLine((text) => isHello(text) || isCrash(text), leftMs);
        return { isHello: line !== undefined && isHello(line), said: line ?? "" };
      } catch (error) {
        if (!(error instanceof LineCut) || leftMs < 0) throw error;
        await this.reopen(leftMs);
        // Hello may have been said while nobody listened.
        isHello = (line) => logEventOf(line) !== undefined;
      }
    }
  }

  private async reopen(timeoutMs: number): Promise<void> {
    const console = await reopenConsole(this.options, timeoutMs);
    this.session = { ...this.session, console };
  }

  /** What happened, what it means for the old program, and what to do. */
  async failureOf(error: unknown): Promise<unknown> {
    if (!(error instanceof LineCut || error instanceof NoAnswer)) {
      await this.keepOld();
      return error;
    }
    if (this.stage === "starting") return this.afterStart(error);
    const isSafe = await this.keepOld();
    const what =
      error instanceof LineCut
        ? `${this.options.port} was cut${this.current && ` while ${this.current} was sent`}.`
        : `The board did not take ${this.current || "a question"}: ${error.message}.`;
    const old = this.oldProgram(isSafe);
    return boardFailure(
      what,
      `${old} Run the same command again: what has arrived is not sent again.`,
    );
  }

  private oldProgram(isWhole: boolean): string {
    if (!this.there.has(LOADER_FILE)) return "It has no older program.";
    if (isWhole && this.isStopped && !this.console.isOpen) {
      return "The old program is untouched, and starts again with the board.";
    }
    if (isWhole) return "The old program is untouched.";
    return this.hasBootCode
      ? "The old program starts again by itself, with some of the new files."
      : "It has no boot code now, and waits.";
  }

  /** Whether the program that was there before starts and has its files. */
  private async keepOld(): Promise<boolean> {
    const isWhole = this.stage !== "switching" || (await this.putBack());
    if (this.isStopped && this.console.isOpen) {
      await restart(this.console, START).catch(() => {});
    }
    return isWhole;
  }

  private async putBack(): Promise<boolean> {
    try {
      for (const [name, bytes] of [...this.before].reverse()) {
        if (bytes === undefined) await eraseFile(this.console, name);
        else await putFile(this.console, { name, bytes }, this.variables);
      }
      this.hasBootCode = true;
      return true;
    } catch {
      return false;
    }
  }

  private async afterStart(error: Error): Promise<Failure> {
    const said = error.message && ` It says: ${error.message}`;
    const what = `The new program did not say hello within ${this.options.helloMs / 1000} s.${said}`;
    if (!this.there.has(LOADER_FILE)) {
      return boardFailure(what, "It stays on the board: microspime monitor shows what it says.");
    }
    if (this.before.size === 0) {
      return boardFailure(
        what,
        "It is the one that was there: microspime monitor shows what it says.",
      );
    }
    const isBack = await this.goBack();
    return boardFailure(
      what,
      isBack
        ? "The old program and its files are back, and it has started."
        : "The old program could not be put back: flash it again.",
    );
  }

  private async goBack(): Promise<boolean> {
    try {
      this.session = await untilRestarted(this.session, this.options, this.options.helloMs);
      if (!(await this.putBack())) return false;
      // It need not be one that says hello.
      const { said } = await this.startAndListen(this.options.helloMs);
      return !isCrash(said);
    } catch {
      return false;
    }
  }
}

function isHelloLine(line: string): boolean {
  return logEventOf(line)?.name === "hello";
}

/** Of the engine, or of the loader about its program. */
function isCrash(line: string): boolean {
  const event = logEventOf(line);
  if (event) return event.level === "error" && event.name === "program";
  return /^(Uncaught|Execution Interrupted|New interpreter error|ASSERT\()/.test(line);
}
