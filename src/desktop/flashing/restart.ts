// Restarts of a board, which answers before it is gone: the restart waits for a timer.

import { setTimeout as sleep } from "node:timers/promises";
import { boardFailure } from "../failure.js";
import type { Failure } from "../failure.js";
import { LineCut } from "./port-line.js";
import type { BoardConsole } from "./board-console.js";
import { greetAgain, reopenConsole } from "./session.js";
import type { Session, SessionOptions } from "./session.js";

/** Longer than an Espruino on Linux holds still after an answer. */
const DELAY_MS = 200;
/** What is asked before is asked of the old program. */
const SETTLING_MS = 500;

/** Resolves before the board is gone: whoever wants its first words listens from now on. */
export async function restart(
  console: BoardConsole,
  statements: string,
  delayMs = DELAY_MS,
): Promise<void> {
  await console.evaluate(`setTimeout(function(){${statements}},${delayMs})?1:0`);
}

/** Statements that start the board's program anew: an Espruino on Linux cannot restart as a chip does. */
export const START = 'if(process.env.BOARD=="LINUX")load();else E.reboot()';

/** Statements that end the board's program. The watchdog that it fed is fed by the engine then: it would restart the board. */
export const STOP = 'if(process.env.BOARD!="LINUX")E.enableWatchdog(60,true);reset()';

/** Until the board starts again, whatever happens to us. */
export async function stopProgram(
  session: Session,
  options: SessionOptions,
  timeoutMs: number,
): Promise<Session> {
  await restart(session.console, STOP);
  return untilRestarted(session, options, timeoutMs);
}

/** Talks to it again, on a port that may have gone and come back. */
export async function untilRestarted(
  { console }: Session,
  options: SessionOptions,
  timeoutMs: number,
): Promise<Session> {
  const endMs = performance.now() + timeoutMs;
  let current = console;
  await sleep(SETTLING_MS);
  for (;;) {
    try {
      return await greetAgain(current, options);
    } catch (error) {
      const isOver = performance.now() > endMs;
      if (isOver || !(error instanceof LineCut)) throw current.isOpen ? error : gone(options.port);
      current = await reopenConsole(options, endMs - performance.now());
    }
  }
}

function gone(port: string): Failure {
  return boardFailure(`${port} has not come back after a restart.`, "Plug it in anew.");
}
