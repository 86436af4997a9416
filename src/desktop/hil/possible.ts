// What a scenario asks for and a target has not got, told before anything is started.

import path from "node:path";
import { usageFailure } from "../failure.js";
import { documentFailure } from "./document.js";
import type { FaultSpec, Scenario, Step } from "./scenario.js";
import { checkRecordings, faultsOf } from "./sensors.js";
import type { TargetKind } from "./targets/target.js";

/** Throws a `Failure` that names what is missing, and the line. */
export function checkPossible(scenario: Scenario, kind: TargetKind): void {
  const { sensor } = kind.lines;
  const { sensor: wanted = sensor } = scenario.co2;
  if (wanted !== sensor) {
    const name = path.basename(scenario.file);
    const message = `${name} wants a ${wanted}, and boards/${kind.board}.json has a ${sensor}.`;
    throw usageFailure(message, "Run it on another board, or with another sensor.");
  }
  const can = faultsOf(scenario, sensor);
  scenario.steps.forEach((step, index) => {
    const line = scenario.lines[index];
    if ("fault" in step) checkFault(scenario, step.fault, can, line);
    if (isOfPower(step) && !kind.hasPower) {
      const message = `${scenario.file}:${line}: the power of this board cannot be switched.`;
      throw usageFailure(message, "Give the rig's file power.off and power.on.");
    }
  });
  scenario.faults.forEach((fault, index) =>
    checkFault(scenario, fault, can, scenario.faultLines[index]),
  );
  checkRecordings(scenario);
}

function isOfPower(step: Step): boolean {
  return "power" in step || "power-cycle" in step;
}

function checkFault(
  { file }: Scenario,
  { sensor, name }: FaultSpec,
  can: ReturnType<typeof faultsOf>,
  line: number,
): void {
  if (name === "none" || can[sensor].includes(name)) return;
  const possible = can[sensor].join(", ") || "none at all";
  const what = `the ${sensor} of this scenario cannot have the fault ${name}, only ${possible}`;
  throw documentFailure(file, line, what);
}
