// The lines of a board's console: the agent's events with their values, the ones that people ask about in words.

import { logEventOf } from "../sim/agent-log.js";
import type { LogEvent } from "../sim/agent-log.js";
import { createLines } from "./lines.js";
import { durationOf, resetCauseOf } from "./status-display.js";
import { paint, plural, printable } from "./terminal.js";
import type { Style } from "./terminal.js";

export interface MonitorDisplay {
  onConnected(port: string): void;
  onGone(port: string): void;
  onLine(line: string, at: Date): void;
}

type Values = LogEvent["values"];

const styles: Readonly<Record<LogEvent["level"], Style>> = {
  info: "green",
  warn: "yellow",
  error: "red",
};

/** By event; what they leave out of the values is not in them. */
const words: Readonly<Record<string, (values: Values) => string>> = {
  hello: ({ board, waiting }) =>
    `${board} starts, ${plural(Number(waiting), "sample waits", "samples wait")}`,
  connecting: ({ server }) => `goes to ${server}`,
  online: ({ jid }) => `online as ${jid}`,
  resumed: ({ jid }) => `back online as ${jid}, the session goes on`,
  offline: ({ reason, retryMs }) => `offline (${reason}), again in ${secondsOf(retryMs)}`,
  rsa: ({ provider }) => (provider === "none" ? "no RSA provider works" : `RSA by ${provider}`),
  tls: () => "TLS verifies no server",
  report: ({ id, ...rest }) => `report ${id} goes out${rested(rest)}`,
  acknowledged: ({ id, ms, waiting }) =>
    `report ${id} is acknowledged after ${secondsOf(ms)}, ${waiting} waiting`,
  unanswered: ({ id }) => `report ${id} has no answer`,
  unsealed: ({ reason }) => `a report could not be signed or encrypted (${reason})`,
  refused: ({ id, condition }) => `report ${id} is refused (${condition})`,
  dropped: ({ count }) => `${plural(Number(count), "sample is", "samples are")} lost`,
  gap: ({ reason }) => `no sample (${reason})`,
  asleep: ({ s }) => `sleeps for ${durationOf(Number(s))}`,
  status: ({ upS, waiting, freeVariables, resetCause }) =>
    [
      `up for ${durationOf(Number(upS))}`,
      `${waiting} waiting`,
      ...(freeVariables === undefined ? [] : [`${freeVariables} variables free`]),
      ...(resetCause === undefined ? [] : [`last start: ${resetCauseOf(resetCause)}`]),
    ].join(", "),
};

function secondsOf(ms: string): string {
  const seconds = Number(ms) / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

function rested(values: Values): string {
  const pairs = Object.entries(values).map(([name, value]) => ` ${name}=${value}`);
  return pairs.length > 0 ? `:${pairs.join("")}` : "";
}

/** An event that we have no words for, or that lacks a value, stays as it is. Exported for its test. */
export function wordsOf({ name, values }: LogEvent): string {
  const say = Object.hasOwn(words, name) ? words[name] : undefined;
  const text = say?.(values);
  return text === undefined || /undefined|NaN/.test(text) ? `${name}${rested(values)}` : text;
}

/** To the millisecond, in the time of this machine: that of the board may be unknown. */
function clockOf(at: Date): string {
  const pad = (value: number, digits = 2) => String(value).padStart(digits, "0");
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => pad(part)).join(":");
  return `${time}.${pad(at.getMilliseconds(), 3)}`;
}

/** Exported for its test. */
export function lineOf(line: string, at: Date): string {
  const event = logEventOf(line);
  const time = paint("dim", clockOf(at));
  if (!event) return `${time}  ${paint("dim", `      ${printable(line)}`)}`;
  const level = paint(styles[event.level], event.level.padEnd(5));
  return `${time}  ${level} ${printable(wordsOf(event))}`;
}

export function monitorDisplay(isJson: boolean): MonitorDisplay {
  const { tell } = createLines(isJson);
  return {
    onConnected: (port) => tell("connected", `Listening at ${port}; Ctrl-C ends it.`, { port }),
    onGone: (port) => tell("gone", `${port} has gone away; waiting for it.`, { port }),
    onLine: (line, at) => {
      const time = at.toISOString();
      const event = logEventOf(line);
      const values = event ? { time, ...event } : { time, line: printable(line) };
      tell(event ? "log" : "console", lineOf(line, at), values);
    },
  };
}
