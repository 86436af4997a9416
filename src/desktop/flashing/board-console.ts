// A board's console (Espruino 2v25 and newer; who it is, older ones say too), beside a program that runs and prints. What
// is asked goes as packets; each answer carries a random token, so that one that comes late is nobody else's.

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createLineReader } from "./console-lines.js";
import { createPacketConnection, parseValue } from "./espruino-packets.js";
import type { PacketType } from "./espruino-packets.js";
import type { Port } from "./port.js";
import { LineCut, openPortLine } from "./port-line.js";

/** What Espruino says of itself: process.env. */
export interface Engine {
  readonly board: string;
  readonly version: string;
}

/** The board does not answer, or says that it could not do it; the message says what it said. */
export class NoAnswer extends Error {}

export type Greeting = Engine | "locked" | "silent";

export interface BoardConsole {
  /** Of Espruino whatever its version; "silent" when nothing that we know has answered, asked so often, 3 s each. */
  greet(attempts: number): Promise<Greeting>;
  /** Whether the password was right. */
  unlock(password: string): Promise<boolean>;
  /** The value of an expression, which must do no harm when it is evaluated twice. */
  evaluate<Value>(expression: string): Promise<Value>;
  packet(type: PacketType, data: string): Promise<void>;
  /** Ends what runs, or what was being typed. */
  interrupt(): Promise<void>;
  /** The newest text, for a message about who is there. */
  heard(): string;
  /** A line that is no answer. Rejects with `LineCut` when the line is cut before. */
  untilLine(matches: (line: string) => boolean, timeoutMs: number): Promise<string | undefined>;
  readonly isOpen: boolean;
  /** An Espruino on Linux: what is sent goes in questions, none of them longer than 480 characters. */
  readonly isHolding: boolean;
  close(): void;
}

const GREETING_MS = 3000;
const ANSWER_MS = 5000;
const ATTEMPTS = 4;
const UNLOCK_MS = 5000;
/** What an error prints comes behind its "no". */
const EXPLANATION_MS = 300;
const HEARD = 500;
const RESPONSE = 0;
const CLEAR_LINE = "\x15";
const NO_ECHO = "\x10";
const CTRL_C = "\x03";

/**
 * The Linux build reads its console in a thread of its own, a character at a time, every 50 ms, and joins it to an event that
 * its main loop may be taking away: it loses characters then, or ends in `ASSERT(len <= 64)` (jsdevices.c 2v29). Of six
 * uploads of 40 KB on a busy machine three ended so. It does not happen while the main loop is at work: the answer is printed
 * first, then the engine holds still, and in that time the next question arrives. A question has to fit into half of the ring.
 */
const HOLD_S = 0.09;
const HELD_ANSWER = /^<held (\[.*\])>$/;

function heldQuestion(mark: string, expression: string): string {
  const hold = `for(var t=getTime()+${HOLD_S};getTime()<t;);`;
  return `(function(v){print("<held "+E.toJS(["${mark}",v])+">");${hold}})(${expression})`;
}

const token = () => randomBytes(4).toString("hex");

export function createBoardConsole(port: Port): BoardConsole {
  const connection = createPacketConnection();
  const line = openPortLine(port, () => connection.closeHandler());
  const { orCut, write, untilLine } = line;
  const recent: string[] = [];
  let heard = "";
  let holds = false;
  const read = createLineReader((text) => {
    const answer = HELD_ANSWER.exec(text);
    if (answer) return onAnswer({ value: parseValue(answer[1]) });
    recent.push(text);
    recent.splice(0, recent.length - 3);
    line.tell(text);
  });

  connection.writeLowLevel = (bytes) => port.write(Buffer.from(bytes, "latin1"));
  connection.closeLowLevel = port.close;
  connection.chunkSize = Infinity;
  connection.parsePackets = true;
  connection.on("data", (text) => {
    heard = (heard + text).slice(-HEARD);
    read(text);
  });
  connection.openHandler();
  port.onBytes((bytes) => connection.rxDataHandler(new Uint8Array(bytes).buffer));

  async function untilHeard(wanted: RegExp, timeoutMs: number): Promise<RegExpExecArray | null> {
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      const match = wanted.exec(heard);
      if (match || performance.now() > endMs) return match;
      await orCut(sleep(20));
    }
  }

  async function greetOnce(): Promise<Greeting> {
    const mark = token();
    const wanted = new RegExp(`<${mark} ([^,>]*),([^,>]*)>|(Invalid password)`);
    heard = "";
    // In two parts: what is only echoed is no answer.
    const question = `print("<"+"${mark} "+[process.env.BOARD,process.env.VERSION]+">")`;
    await write(`${CLEAR_LINE}${NO_ECHO}${question}\n`);
    const match = await untilHeard(wanted, GREETING_MS);
    if (!match) return "silent";
    // That is what it says to any line; its prompt may be older than ours.
    if (match[3]) return "locked";
    holds = match[1] === "LINUX";
    return { board: match[1], version: match[2] };
  }

  /** What is told of the question that is open: its value, or "no". */
  let onAnswer: (answer: { value: unknown } | "no") => void = () => {};
  connection.on("nak", () => onAnswer("no"));
  connection.on("packet", (type, data) => {
    if (type === RESPONSE) onAnswer({ value: parseValue(data) });
  });

  /** Its answer, "no" when it was refused or damaged, nothing when none has come in time. */
  async function ask(
    mark: string,
    question: string,
  ): Promise<{ value: unknown } | "no" | undefined> {
    const stop = new AbortController();
    const answered = new Promise<{ value: unknown } | "no">((resolve) => {
      onAnswer = (answer) => {
        if (answer === "no") resolve(answer);
        else if (Array.isArray(answer.value) && answer.value[0] === mark) resolve(answer);
      };
    });
    const late = sleep(ANSWER_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    try {
      await orCut(connection.espruinoSendPacket("EVAL", question, { noACK: true }));
      return await orCut(Promise.race([answered, late]));
    } finally {
      stop.abort();
      onAnswer = () => {};
    }
  }

  /** Asks again where the question or the answer was damaged; rejects when each was refused. */
  async function evaluate(expression: string): Promise<unknown> {
    const mark = token();
    const question = holds ? heldQuestion(mark, expression) : `["${mark}",${expression}]`;
    for (let left = ATTEMPTS; left; left--) {
      const answer = await ask(mark, question);
      if (answer && answer !== "no") return (answer.value as [string, unknown])[1];
    }
    await orCut(sleep(EXPLANATION_MS));
    throw new NoAnswer(recent.join(" / ") || "no answer");
  }

  return {
    greet: async (attempts) => {
      for (let left = attempts; left; left--) {
        const greeting = await greetOnce();
        if (greeting !== "silent") return greeting;
      }
      return "silent";
    },
    unlock: async (password) => {
      heard = "";
      await write(`${password}\n`);
      const match = await untilHeard(/Logged in|Invalid password/, UNLOCK_MS);
      return match?.[0] === "Logged in";
    },
    evaluate: <Value>(expression: string) => evaluate(expression) as Promise<Value>,
    packet: async (type, data) => {
      try {
        await orCut(connection.espruinoSendPacket(type, data, { timeout: ANSWER_MS }));
      } catch (error) {
        throw error instanceof LineCut ? error : new NoAnswer(String(error));
      }
    },
    interrupt: () => write(CTRL_C),
    heard: () => heard,
    untilLine,
    get isOpen() {
      return line.isOpen;
    },
    get isHolding() {
      return holds;
    },
    close: port.close,
  };
}
