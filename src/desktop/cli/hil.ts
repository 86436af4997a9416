// `microspime hil`: scenarios on the desktop simulation, on a real Espruino or on a board.

import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command, Option } from "commander";
import { ExitCode, unwritable, usageFailure } from "../failure.js";
import { htmlReport } from "../hil/html-report.js";
import { junitReport } from "../hil/junit.js";
import { openRecorder } from "../hil/recording.js";
import { readRecording, type Recording } from "../hil/replay.js";
import { readRig } from "../hil/rig.js";
import type { HilOutcome } from "../hil/outcome.js";
import { checkPossible } from "../hil/possible.js";
import { runScenario } from "../hil/run.js";
import { readScenario, tempoOn, TARGET_NAMES } from "../hil/scenario.js";
import type { Scenario, TargetName } from "../hil/scenario.js";
import { espruinoTarget } from "../hil/targets/espruino-target.js";
import { nodeTarget } from "../hil/targets/node-target.js";
import type { TargetKind } from "../hil/targets/target.js";
import { findEspruino } from "../sim/espruino-board.js";
import { createHilDisplay, createJsonHilDisplay, type HilDisplay } from "./hil-display.js";
import { interruption } from "./interruption.js";
import { numberFrom } from "./parsers.js";

interface Flags {
  scenario: string[];
  target: TargetName;
  port?: string;
  rig?: string;
  consolePassword?: string;
  out?: string;
  record?: string;
  replay?: string;
  junit?: string;
  html?: string;
  speed?: number;
  json?: boolean;
}

const SUFFIX = ".yaml";

async function run(flags: Flags): Promise<void> {
  const scenarios = scenariosOf(flags);
  const kind = await kindOf(flags);
  const isLeftOut = ({ targets }: Scenario) => scenarios.length > 1 && !targets[flags.target];
  for (const scenario of scenarios) if (!isLeftOut(scenario)) check(scenario, flags.target, kind);
  const replay = flags.replay === undefined ? undefined : readRecording(flags.replay);
  const display = flags.json ? createJsonHilDisplay() : createHilDisplay();
  const stop = interruption();
  const outcomes: HilOutcome[] = [];
  for (const scenario of scenarios) {
    if (stop.aborted) break;
    if (isLeftOut(scenario)) {
      display.onSkipped(scenario.title, scenario.notFor[flags.target] ?? "");
      continue;
    }
    outcomes.push(await runOne(scenario, { flags, kind, replay, display, stop }));
  }
  if (flags.junit !== undefined) writeText(flags.junit, junitReport(outcomes));
  display.onEnd(outcomes);
  const isPassed = outcomes.length > 0 && outcomes.every((outcome) => outcome.isPassed);
  if (!isPassed || stop.aborted) process.exitCode = ExitCode.notAcknowledged;
}

/** Throws a `Failure`: what is found wrong with the last one after a night is found too late. */
function check(scenario: Scenario, target: TargetName, kind: TargetKind): void {
  tempoOn(scenario, target);
  checkPossible(scenario, kind);
}

interface Around {
  readonly flags: Flags;
  readonly kind: TargetKind;
  readonly replay: Recording | undefined;
  readonly display: HilDisplay;
  readonly stop: AbortSignal;
}

async function runOne(scenario: Scenario, around: Around): Promise<HilOutcome> {
  const { flags, kind, replay, display, stop } = around;
  const { target, speed } = flags;
  const folder = folderOf(scenario, flags);
  const records = recordsOf(folder, flags);
  const options = {
    ...{ target, kind },
    ...(speed !== undefined && { speed }),
    ...(records.length > 0 && { recorder: openRecorder(...records) }),
    ...(replay && { replay }),
  };
  const outcome = await runScenario(scenario, options, display, stop);
  display.onOutcome(outcome, [...writeReports(outcome, folder, flags), ...records]);
  return outcome;
}

/** Of one scenario of several, a folder of its own. */
function folderOf({ file }: Scenario, { out, scenario }: Flags): string | undefined {
  if (out === undefined) return undefined;
  const isOne = scenario.length === 1 && !isFolder(scenario[0]);
  const folder = isOne ? out : path.join(out, path.basename(file, SUFFIX));
  mkdirSync(folder, { recursive: true });
  return folder;
}

function recordsOf(folder: string | undefined, { record }: Flags): string[] {
  return [
    ...(folder === undefined ? [] : [path.join(folder, "session.jsonl")]),
    ...(record === undefined ? [] : [record]),
  ];
}

function writeReports(outcome: HilOutcome, folder: string | undefined, { html }: Flags): string[] {
  const files: string[] = [];
  const write = (file: string, text: string) => {
    writeText(file, text);
    files.push(file);
  };
  if (folder !== undefined) {
    write(path.join(folder, "report.html"), htmlReport(outcome));
    write(path.join(folder, "junit.xml"), junitReport([outcome]));
  }
  if (html !== undefined) write(html, htmlReport(outcome));
  return files;
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw unwritable(file, error, "Name another file.");
  }
}

function scenariosOf({ scenario, record, html, replay }: Flags): Scenario[] {
  const scenarios = scenario.flatMap(filesIn).map(readScenario);
  const given = Object.entries({ "--record": record, "--html": html, "--replay": replay });
  const forOne = given.find(([, value]) => value !== undefined);
  if (scenarios.length === 1 || !forOne) return scenarios;
  const message = `${forOne[0]} is for one scenario, and these are ${scenarios.length}.`;
  throw usageFailure(message, "Give --out a folder: each scenario has its own in it.");
}

function filesIn(given: string): string[] {
  if (!isFolder(given)) return [given];
  const files = readdirSync(given).filter((name) => name.endsWith(SUFFIX));
  if (files.length === 0) throw usageFailure(`${given} holds no scenario.`, "They end in .yaml.");
  return files.sort().map((name) => path.join(given, name));
}

function isFolder(given: string): boolean {
  return statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function kindOf({ target, port, rig, consolePassword, speed }: Flags): Promise<TargetKind> {
  if (speed !== undefined && target !== "node") {
    const message = "--speed is for --target node: a real engine's clock is that of the wall.";
    throw usageFailure(message, "Leave it out.");
  }
  if (target === "board") {
    if (rig === undefined) {
      throw usageFailure("--target board needs --rig.", "docs/hil.md has what a rig.yaml holds.");
    }
    const read = readRig(rig);
    // Serial ports need a part of their own for each system: who has no board needs none.
    const { boardTarget } = await import("../hil/targets/board-target.js");
    return boardTarget(read, port, consolePassword);
  }
  const given = Object.entries({ "--port": port, "--rig": rig }).find(([, value]) => value);
  if (given) throw usageFailure(`${given[0]} is for --target board.`, "Leave it out.");
  if (target === "node") return nodeTarget();
  findEspruino();
  return espruinoTarget();
}

export function hilCommand(): Command {
  const more = (value: string, others: string[] = []) => [...others, value];
  return new Command("hil")
    .summary("run scenarios on a rig: sensors played, faults injected, reports expected")
    .description(
      "Plays sensors to a board, byte for byte at their baud rate, is its server, ScopeNode, certification " +
        "service and owner, lets things go wrong, and checks what the board makes of it.",
    )
    .requiredOption(
      "-s, --scenario <file>",
      "a scenario, or a folder of them; again for more",
      more,
    )
    .addOption(
      new Option("-t, --target <name>", "what it runs on").choices(TARGET_NAMES).default("node"),
    )
    .option("-p, --port <port>", "of a board's console: /dev/ttyUSB0 or tcp://host:port")
    .option("--rig <file>", "what is connected to what, for --target board")
    .addOption(
      new Option("--console-password <text>", "unlocks a board's console").env(
        "MICROSPIME_CONSOLE_PASSWORD",
      ),
    )
    .option("--speed <factor>", "of the board's clock, for node", numberFrom(0.1, 100))
    .option("-o, --out <folder>", "writes report.html, junit.xml and session.jsonl there")
    .option("--html <file>", "the report alone")
    .option("--junit <file>", "the verdicts of all scenarios, for a build server")
    .option("--record <file>", "the session alone: bytes, stanzas, log, a line each (JSON)")
    .option("--replay <file>", "the sensors say what they said in that session")
    .option("--json", "one JSON object a line, for scripts")
    .action(run);
}
