// `microspime monitor`: what a board's console prints, with the agent's log in a person's words.

import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { messageOf } from "../failure.js";
import { createLineReader } from "../flashing/console-lines.js";
import { openPort } from "../flashing/port.js";
import type { Port } from "../flashing/port.js";
import { withPort } from "./board-port.js";
import type { PortFlags } from "./board-port.js";
import { interrupted, interruption } from "./interruption.js";
import { monitorDisplay } from "./monitor-display.js";
import type { MonitorDisplay } from "./monitor-display.js";

interface MonitorFlags extends PortFlags {
  json?: boolean;
}

const REOPEN_MS = 1000;

/** It listens and says nothing: a console that is locked prints all the same. */
async function monitor({ port, baud, json = false }: MonitorFlags): Promise<void> {
  const stop = interruption();
  const display = monitorDisplay(json);
  // A port that cannot be had at the start is a mistake; later it is a board that is plugged out.
  let line: Port | undefined = await openPort(port, baud);
  display.onConnected(port);
  while (line && !stop.aborted) {
    await listen(line, stop, display);
    line.close();
    if (stop.aborted) return;
    display.onGone(port);
    line = await reopen(port, baud, stop);
    if (line) display.onConnected(port);
  }
}

async function listen(line: Port, stop: AbortSignal, display: MonitorDisplay): Promise<void> {
  const read = createLineReader((text) => display.onLine(text, new Date()));
  line.onBytes((bytes) => read(bytes.toString("latin1")));
  await Promise.race([line.closed, interrupted(stop)]);
}

/** Nothing when it was interrupted before. */
async function reopen(
  port: string,
  baud: number | undefined,
  stop: AbortSignal,
): Promise<Port | undefined> {
  while (!stop.aborted) {
    await sleep(REOPEN_MS, undefined, { signal: stop }).catch(messageOf);
    try {
      if (!stop.aborted) return await openPort(port, baud);
    } catch {
      // Not yet.
    }
  }
  return undefined;
}

export function monitorCommand(): Command {
  const command = new Command("monitor")
    .summary("show what a board says")
    .description(
      "Shows the log of a board's program, each line with its time, until Ctrl-C. It types nothing, and goes on when the " +
        "port has gone and comes back.",
    );
  return withPort(command).option("--json", "one JSON object a line").action(monitor);
}
