// `microspime sim --tour`: the protocol document from 1.0.0 to 1.2.1, each step with its stanzas.

import { ExitCode, Failure } from "../failure.js";
import { findEspruino } from "../sim/espruino-board.js";
import type { Engine } from "../sim/engines.js";
import type { TourServer } from "../tour/stage.js";
import { playTour } from "../tour/tour.js";
import type { TourAudience } from "../tour/tour.js";
import { DEFAULT_BITS } from "./keys.js";
import { paint, print, printEvent } from "./terminal.js";

export interface TourFlags {
  engine: Engine;
  bits?: number;
  patience?: number;
  json?: boolean;
}

/** For a section; RSA in the interpreter of the real engine takes its time. */
const PATIENCE_S: Readonly<Record<Engine, number>> = { node: 60, espruino: 240, jerry: 60 };

function createDisplay(): TourAudience {
  return {
    onScene({ server, engine, bits, roles }) {
      print(paint("bold", "The protocol document, section by section"));
      print(`  ${"server".padEnd(18)} ${server}`);
      print(`  ${"engine".padEnd(18)} ${engine}, RSA-${bits}`);
      for (const [jid, role] of roles) print(`  ${role.padEnd(18)} ${jid}`);
    },
    onSection(number, title) {
      print("");
      print(paint("bold", `${number}  ${title}`));
    },
    onStanza(from, to, xml) {
      print(paint("cyan", `  ${from} → ${to}`));
      print(`    ${xml}`);
    },
    onDone: (_, outcome) => print(paint("green", `  done: ${outcome}`)),
    onLog() {},
  };
}

function createJsonDisplay(): TourAudience {
  return {
    onScene: ({ roles, ...scene }) =>
      printEvent("scene", { ...scene, roles: Object.fromEntries(roles) }),
    onSection: (number, title) => printEvent("section", { number, title }),
    onStanza: (from, to, xml) => printEvent("stanza", { from, to, xml }),
    onDone: (number, outcome) => printEvent("done", { number, outcome }),
    onLog: (line) => printEvent("log", { line }),
  };
}

/** Rejects with a `Failure`. `stop` ends the program: nothing of it is worth to be kept. */
export async function runTour(
  flags: TourFlags,
  outside: TourServer | undefined,
  stop: AbortSignal,
): Promise<void> {
  const { engine, bits = DEFAULT_BITS, patience = PATIENCE_S[engine], json = false } = flags;
  if (engine === "espruino") findEspruino();
  const audience = json ? createJsonDisplay() : createDisplay();
  const options = { engine, bits, patienceS: patience, ...(outside && { outside }) };
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => reject(interrupted()));
  });
  await Promise.race([playTour(options, audience), stopped]);
}

function interrupted(): Failure {
  const message = "The tour was interrupted.";
  return new Failure(ExitCode.notAcknowledged, message, "Run it again to see the rest.");
}
