// What a scenario is run on: a board whose sensors are played, whose log is read, and whose power can fail.

import { usageFailure } from "../../failure.js";
import type { BoardConfiguration } from "../../provisioning/board-configuration.js";
import { type BoardData, boardData } from "../../provisioning/board-data.js";
import { type TwinName, TWINS } from "../../sim/sensors/twins.js";
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
  readonly lines: SensorLines;
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

export interface LineSettings {
  readonly baud: number;
  readonly parity: "none" | "even";
}

/** By the board's data file. */
export interface SensorLines {
  /** The one whose driver is in the board's program. */
  readonly sensor: SerialSensorName;
  readonly gps: LineSettings;
  readonly co2: LineSettings;
}

/** Throws a `Failure` where the CO2 sensor is on a bus. */
export function linesOf(board: string): SensorLines {
  const { sensors, uarts } = boardData(board) as BoardData & {
    readonly sensors: { readonly co2: TwinName };
    readonly uarts: { readonly gps: { readonly baud: number } };
  };
  if (isSerial(sensors.co2)) {
    const { baud, parity } = TWINS[sensors.co2];
    const gps = { baud: uarts.gps.baud, parity: "none" } as const;
    return { sensor: sensors.co2, gps, co2: { baud, parity } };
  }
  const message = `boards/${board}.json has a ${sensors.co2}, which is on I2C: only serial lines can be played.`;
  throw usageFailure(message, "Give it a sensor on a UART, and build it anew.");
}

function isSerial(name: TwinName): name is SerialSensorName {
  return TWINS[name].bus === "uart";
}
