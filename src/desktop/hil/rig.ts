// What is connected to what, where the board is a real one: rig.yaml, whose form is scenarios/rig.schema.json.

import { existsSync } from "node:fs";
import { boardPath } from "../paths.js";
import { documentFailure, readDocument } from "./document.js";

export interface Adapter {
  readonly port: string;
  /** Who sees to the baud rate; a pseudo-terminal has none. */
  readonly paced: "adapter" | "rig";
}

export interface Rig {
  /** Name of its data file. */
  readonly board: string;
  readonly console: string | undefined;
  readonly consoleBaud: number;
  readonly server: { readonly address: string; readonly listen: string; readonly port: number };
  readonly gps: Adapter | undefined;
  readonly co2: Adapter | undefined;
  /** Commands for a shell. */
  readonly power: { readonly off: string; readonly on: string } | undefined;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly restart: string;
}

type WrittenAdapter = Pick<Adapter, "port"> & Partial<Adapter>;

type Written = Partial<Omit<Rig, "server" | "gps" | "co2">> &
  Pick<Rig, "board"> & {
    readonly server: Partial<Rig["server"]> & Pick<Rig["server"], "address">;
    readonly gps?: WrittenAdapter;
    readonly co2?: WrittenAdapter;
  };

const CONSOLE_BAUD = 115_200;
const ALL_ADDRESSES = "0.0.0.0";

/** Throws a `Failure` that names line and field. */
export function readRig(file: string): Rig {
  const { value, lineOf } = readDocument(file, "rig.schema.json");
  const written = value as Written;
  if (!existsSync(boardPath(written.board))) {
    throw documentFailure(
      file,
      lineOf(["board"]),
      `board: there is no boards/${written.board}.json`,
    );
  }
  return {
    console: undefined,
    consoleBaud: CONSOLE_BAUD,
    power: undefined,
    configuration: {},
    restart: "load()",
    ...written,
    server: { listen: ALL_ADDRESSES, port: 0, ...written.server },
    gps: adapterOf(written.gps),
    co2: adapterOf(written.co2),
  };
}

function adapterOf(written: WrittenAdapter | undefined): Adapter | undefined {
  return written && { paced: "adapter", ...written };
}
