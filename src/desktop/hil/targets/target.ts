// What a scenario is run on: a board whose sensors are played, whose log is read, and whose power can fail.

import { readFileSync } from "node:fs";
import { usageFailure } from "../../failure.js";
import { boardPath } from "../../paths.js";
import type { BoardConfiguration } from "../../provisioning/board-configuration.js";
import type { VirtualClock } from "../../sim/virtual-clock.js";
import type { Wire } from "../../sim/wire.js";
import type { SerialSensorName } from "../scenario.js";

export interface TargetSurroundings {
  readonly configuration: BoardConfiguration;
  /** What else its store holds, by name. */
  readonly files: Readonly<Record<string, Buffer>>;
  /** The board's ends of the sensors' lines. */
  readonly gps: Wire;
  readonly co2: Wire;
  readonly clock: VirtualClock;
  /** A line of the agent's log. */
  readonly onLog: (line: string) => void;
  readonly onCrash: (reason: string) => void;
}

export interface Target {
  /** One line: program and engine. */
  readonly title: string;
  cutPower(): Promise<void>;
  /** Boots with what its flash holds. */
  powerUp(): Promise<void>;
  stop(): Promise<void>;
}

/** What is known of a target before anything is started. */
export interface TargetKind {
  /** Name of the board's data file. */
  readonly board: string;
  /** Whether its power can be switched. */
  readonly hasPower: boolean;
  /** Where the server that the board reaches listens, and under which address the board knows it. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly serverAddress: string;
  /** Fields of the configuration that it needs. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Whether bytes on its lines are for us to pace. */
  isPaced(sensor: "gps" | "co2"): boolean;
  /** Rejects with a `Failure`. */
  start(around: TargetSurroundings): Promise<Target>;
}

/** The one whose driver is in the board's program. Throws a `Failure` where it is on a bus. */
export function sensorOf(board: string): SerialSensorName {
  const { sensors } = JSON.parse(readFileSync(boardPath(board), "utf8")) as {
    sensors: { co2: string };
  };
  if (!sensors.co2.startsWith("scd")) return sensors.co2 as SerialSensorName;
  const message = `boards/${board}.json has a ${sensors.co2}, which is on I2C: only serial lines can be played.`;
  throw usageFailure(message, "Give it a sensor on a UART, and build it anew.");
}
