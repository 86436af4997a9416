#!/usr/bin/env node
// The command-line program `microspime`. Exit codes: docs/cli.md.

import { Command } from "commander";
import { ExitCode, Failure, messageOf } from "../failure.js";
import { certifyCommand } from "./certify.js";
import { checkConfigurationCommand } from "./check-configuration.js";
import { claimCommand, releaseCommand } from "./claim.js";
import { co2Command } from "./co2.js";
import { flashCommand } from "./flash.js";
import { monitorCommand } from "./monitor.js";
import { hilCommand } from "./hil.js";
import { nmeaCommand } from "./nmea.js";
import { keygenCommand, provisionCommand } from "./provision.js";
import { relayCommand } from "./relay.js";
import { seekCommand } from "./seek.js";
import { selftestCommand } from "./selftest.js";
import { simCommand } from "./sim.js";
import { statusCommand } from "./status.js";
import { signUpdateCommand, updateCommand } from "./update.js";

/** Errors of the command line look like all others: what happened, and what to do. */
const errorOutput = {
  outputError: (text: string, write: (text: string) => void) =>
    write(text.replace(/^error: /, "microspime: ").replace(/\n\((.*)\)\n$/, ". $1\n")),
};

function report(error: unknown): void {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`microspime: ${error.message}\n`);
  if (error.advice) process.stderr.write(`${error.advice}\n`);
  process.exitCode = error.exitCode;
}

const program = new Command("microspime")
  .description("OpenSpime for microcontrollers that run JavaScript: the desktop side")
  .configureOutput(errorOutput)
  .showHelpAfterError("--help lists what there is.")
  .exitOverride((error) => {
    // Help asked for is no failure; everything else here is a wrong command line.
    process.exit(error.exitCode === 0 ? 0 : ExitCode.usage);
  })
  .addCommand(simCommand())
  .addCommand(hilCommand())
  .addCommand(keygenCommand())
  .addCommand(provisionCommand())
  .addCommand(checkConfigurationCommand())
  .addCommand(flashCommand())
  .addCommand(monitorCommand())
  .addCommand(selftestCommand())
  .addCommand(claimCommand())
  .addCommand(releaseCommand())
  .addCommand(seekCommand())
  .addCommand(statusCommand())
  .addCommand(updateCommand())
  .addCommand(signUpdateCommand())
  .addCommand(certifyCommand())
  .addCommand(relayCommand())
  .addCommand(nmeaCommand())
  .addCommand(co2Command());

for (const command of program.commands) command.copyInheritedSettings(program);

program.parseAsync().catch((error: unknown) => {
  try {
    report(error);
  } catch {
    process.stderr.write(`microspime: an error of the program itself: ${messageOf(error)}\n`);
    process.exitCode = ExitCode.notAcknowledged;
  }
});
