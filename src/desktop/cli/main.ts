#!/usr/bin/env node
// The command-line program `microspime`. Exit codes: docs/cli.md.

import { Command } from "commander";
import { ExitCode, Failure, messageOf } from "../failure.js";
import { versionOfBuild } from "../version.js";

/** In the order of the help. Each is read when it is meant only: reading all of them takes most of a second. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  sim: async () => (await import("./sim.js")).simCommand(),
  hil: async () => (await import("./hil.js")).hilCommand(),
  keygen: async () => (await import("./provision.js")).keygenCommand(),
  provision: async () => (await import("./provision.js")).provisionCommand(),
  "check-configuration": async () =>
    (await import("./check-configuration.js")).checkConfigurationCommand(),
  flash: async () => (await import("./flash.js")).flashCommand(),
  monitor: async () => (await import("./monitor.js")).monitorCommand(),
  selftest: async () => (await import("./selftest.js")).selftestCommand(),
  claim: async () => (await import("./claim.js")).claimCommand(),
  release: async () => (await import("./claim.js")).releaseCommand(),
  seek: async () => (await import("./seek.js")).seekCommand(),
  status: async () => (await import("./status.js")).statusCommand(),
  update: async () => (await import("./update.js")).updateCommand(),
  "sign-update": async () => (await import("./update.js")).signUpdateCommand(),
  certify: async () => (await import("./certify.js")).certifyCommand(),
  relay: async () => (await import("./relay.js")).relayCommand(),
  nmea: async () => (await import("./nmea.js")).nmeaCommand(),
  co2: async () => (await import("./co2.js")).co2Command(),
};

/** The one that the command line begins with; else all, to be shown or for the names that are alike. */
function commandsMeant(word = ""): Promise<Command[]> {
  const named = Object.hasOwn(COMMANDS, word) ? [COMMANDS[word]!] : Object.values(COMMANDS);
  return Promise.all(named.map((read) => read()));
}

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
  .version(versionOfBuild(), "-V, --version", "print the version")
  .configureOutput(errorOutput)
  .showHelpAfterError("--help lists what there is.")
  .exitOverride((error) => {
    // Help or version asked for is no failure; everything else here is a wrong command line.
    process.exit(error.exitCode === 0 ? 0 : ExitCode.usage);
  });

for (const command of await commandsMeant(process.argv[2])) program.addCommand(command);
for (const command of program.commands) command.copyInheritedSettings(program);

program.parseAsync().catch((error: unknown) => {
  try {
    report(error);
  } catch {
    process.stderr.write(`microspime: an error of the program itself: ${messageOf(error)}\n`);
    process.exitCode = ExitCode.notAcknowledged;
  }
});
