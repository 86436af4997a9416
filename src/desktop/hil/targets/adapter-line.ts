// A sensor's line on a serial adapter, or on a pseudo-terminal: what the board sends comes from there.

import { once } from "node:events";
import { SerialPort } from "serialport";
import { ExitCode, Failure, messageOf } from "../../failure.js";
import type { Wire } from "../../sim/wire.js";
import type { Adapter } from "../rig.js";
import type { LineSettings } from "./target.js";

export interface AdapterLine {
  close(): Promise<void>;
}

/** Rejects with a `Failure`. */
export async function openAdapter(
  { port }: Adapter,
  { baud, parity }: LineSettings,
  wire: Wire,
): Promise<AdapterLine> {
  const serial = new SerialPort({ path: port, baudRate: baud, parity, autoOpen: false });
  serial.on("error", () => {});
  try {
    serial.open();
    await once(serial, "open");
  } catch (error) {
    const message = `The adapter ${port} cannot be opened: ${messageOf(error)}.`;
    const advice = "Check the rig's file, the cable, and that no other program has it open.";
    throw new Failure(ExitCode.network, message, advice);
  }
  serial.on("data", (bytes: Buffer) => wire.toSensor(bytes));
  wire.onBytesForBoard((bytes) => void serial.write(bytes));
  return {
    close: async () => {
      wire.onBytesForBoard(() => {});
      if (serial.isOpen) await new Promise<void>((resolve) => serial.close(() => resolve()));
    },
  };
}
