// The options of the commands that talk to a board's console, and what they mean.

import { Option } from "commander";
import type { Command } from "commander";
import { DEFAULT_BAUD } from "../flashing/port.js";
import { count } from "./parsers.js";

export interface PortFlags {
  port: string;
  baud?: number;
}

export interface ConsoleFlags extends PortFlags {
  consolePassword?: string;
  interrupt?: boolean;
}

export function withPort(command: Command): Command {
  return command
    .requiredOption("--port <port>", "its console: /dev/ttyUSB0, COM3, tcp://host:port")
    .option("--baud <rate>", `of a serial port (default: ${DEFAULT_BAUD})`, count);
}

export function withConsole(command: Command): Command {
  return withPort(command)
    .addOption(
      new Option("--console-password <text>", "unlocks its console").env(
        "MICROSPIME_CONSOLE_PASSWORD",
      ),
    )
    .option("--interrupt", "send Ctrl-C first, to a program that hangs");
}

/** An empty password, from the environment for example, is none. */
export function sessionOf({ port, baud, consolePassword, interrupt }: ConsoleFlags) {
  return { port, baud, passwords: consolePassword ? [consolePassword] : [], interrupts: interrupt };
}
