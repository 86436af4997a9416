// A board's console, on a serial port or over TCP. It comes back by itself when the board's power does.

import { once } from "node:events";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { SerialPort } from "serialport";
import { ExitCode, Failure, messageOf } from "../../failure.js";
import { STOP } from "../../flashing/restart.js";
import { readConsole } from "../../sim/console-reader.js";
import { within } from "../../within.js";

export interface ConsoleEvents {
  readonly onLog: (line: string) => void;
  readonly onCrash: (reason: string) => void;
}

const TCP = /^tcp:\/\/(.+):(\d+)$/;
const OPEN_TIMEOUT_MS = 5000;
/** A board says hello soon after its power came; a port that is not open by then has missed it. */
const RETRY_MS = 20;
const ANSWER_TIMEOUT_MS = 20_000;
const LOCKED = /password>/;
/** An engine that is at work first ends what it does. */
const WAKE_TRIES = 10;
const WAKE_MS = 2000;
const RESET_MS = 1000;
const KEPT_CHARACTERS = 4000;

/** Rejects when it cannot be opened. */
async function openStream(port: string, baud: number): Promise<Duplex> {
  const tcp = TCP.exec(port);
  const stream: Duplex = tcp
    ? connect({ host: tcp[1].replace(/^\[|\]$/g, ""), port: Number(tcp[2]) })
    : new SerialPort({ path: port, baudRate: baud });
  stream.on("error", () => {});
  try {
    const opened = once(stream, tcp ? "connect" : "open");
    await within(OPEN_TIMEOUT_MS, "it did not open in time", opened);
    return stream;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

export class Console {
  private stream: Duplex | undefined;
  private text = "";
  private isClosed = false;
  private onText: () => void = () => {};

  private constructor(
    private readonly port: string,
    private readonly baud: number,
    private readonly events: ConsoleEvents,
  ) {}

  /** Rejects with a `Failure`. */
  static async open(port: string, baud: number, events: ConsoleEvents): Promise<Console> {
    const console = new Console(port, baud, events);
    try {
      console.take(await openStream(port, baud));
    } catch (error) {
      const message = `The board's console ${port} cannot be opened: ${messageOf(error)}.`;
      const advice = "Check --port, the cable, and that no other program has it open.";
      throw new Failure(ExitCode.network, message, advice);
    }
    return console;
  }

  write(text: string): void {
    this.stream?.write(text);
  }

  /** Unlocks it, ends what runs there, and waits until the engine listens. Rejects with a `Failure`. */
  async wake(password: string | undefined): Promise<void> {
    this.write("\x03\n");
    if (password !== undefined) this.write(`${password}\n`);
    this.write(`\x10${STOP}\n`);
    for (let tries = 1; ; tries++) {
      await delay(RESET_MS);
      const isAwake = await this.says('print("awake="+1)', /awake=1/, WAKE_MS);
      if (isAwake) return;
      if (LOCKED.test(this.text)) throw this.locked(password);
      if (tries === WAKE_TRIES) throw this.silence();
    }
  }

  /** Types a line that is not echoed, and waits for what it prints. Rejects with a `Failure`. */
  async ask(line: string, answer: RegExp): Promise<RegExpExecArray> {
    const match = await this.says(line, answer, ANSWER_TIMEOUT_MS);
    if (match) return match;
    throw this.silence();
  }

  private async says(line: string, answer: RegExp, timeoutMs: number) {
    this.text = "";
    const answered = new Promise<RegExpExecArray>((resolve) => {
      this.onText = () => {
        const match = answer.exec(this.text);
        if (match) resolve(match);
      };
    });
    this.write(`\x10${line}\n`);
    const match = await within(timeoutMs, "", answered).catch(() => undefined);
    this.onText = () => {};
    return match;
  }

  private locked(password: string | undefined): Failure {
    const why = password === undefined ? "locked" : "locked, and not with this password";
    const message = `The board's console ${this.port} is ${why}.`;
    const advice = "--console-password (MICROSPIME_CONSOLE_PASSWORD) unlocks it.";
    return new Failure(ExitCode.loginRefused, message, advice);
  }

  private silence(): Failure {
    const said = this.text.trim().split("\n").at(-1)?.trim().slice(-80);
    const message = `The console ${this.port} does not answer as Espruino does${said ? `, it says: ${said}` : ""}.`;
    const advice = "Is its baud rate another one (consoleBaud in the rig's file)?";
    return new Failure(ExitCode.network, message, advice);
  }

  close(): void {
    this.isClosed = true;
    this.stream?.destroy();
  }

  private take(stream: Duplex): void {
    this.stream = stream;
    stream.on("data", (bytes: Buffer) => {
      this.text = (this.text + bytes.toString("latin1")).slice(-KEPT_CHARACTERS);
      this.onText();
    });
    readConsole(stream, this.events);
    stream.once("close", () => {
      this.stream = undefined;
      void this.reopen();
    });
  }

  /** As often as it takes: a port on USB is gone while the board has no power. */
  private async reopen(): Promise<void> {
    while (!this.isClosed && !this.stream) {
      await delay(RETRY_MS, undefined, { ref: false });
      const stream = await openStream(this.port, this.baud).catch(() => undefined);
      if (stream && this.isClosed) stream.destroy();
      else if (stream) this.take(stream);
    }
  }
}
