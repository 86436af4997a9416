// `microspime sim`: the simulation with a command line around it.

import { Command, InvalidArgumentError, Option } from "commander";
import { ExitCode, Failure } from "../failure.js";
import { recordingPath } from "../paths.js";
import {
  type ComponentLogin,
  type Engine,
  type OutsideServer,
  simulate,
  type SimulationOptions,
} from "../sim/simulation.js";
import { createDisplay, createJsonDisplay } from "./display.js";

interface Flags {
  reports?: number;
  speed: number;
  period: number;
  engine: Engine;
  tls: boolean;
  trace: boolean;
  json: boolean;
  gps: string;
  co2: string;
  patience: number;
  xmpp?: HostAndPort;
  jid?: string;
  password?: string;
  component?: HostAndPort;
  componentDomain?: string;
  componentSecret?: string;
  scopenode?: string;
}

interface HostAndPort {
  host: string;
  port: number;
}

function numberFrom(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
  };
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 1 on.");
}

function hostAndPort(text: string): HostAndPort {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match && port > 0 && port < 65536) return { host: match[1] ?? match[2], port };
  throw new InvalidArgumentError("It must be host:port, for example localhost:5222.");
}

function jidOf(text: string): string {
  if (/^[^@/\s]+@[^@/\s]+(\/.+)?$/.test(text)) return text;
  throw new InvalidArgumentError("It must be an address like board@example.org/spime.");
}

const DEFAULT_COMPONENT_PORT = 5347;

function demand<T>(value: T | undefined, option: string): T {
  if (value !== undefined) return value;
  const message = `With --xmpp, ${option} is needed too.`;
  throw new Failure(
    ExitCode.usage,
    message,
    "microspime sim --help lists what an outside server takes.",
  );
}

function componentOf(flags: Flags, host: string): ComponentLogin {
  const { component = { host, port: DEFAULT_COMPONENT_PORT } } = flags;
  const domain = demand(flags.componentDomain, "--component-domain (or --scopenode)");
  const secret = demand(flags.componentSecret, "--component-secret (or MICROSPIME_SECRET)");
  return { ...component, domain, secret };
}

function outsideOf(flags: Flags): OutsideServer | undefined {
  if (!flags.xmpp) return undefined;
  const { host } = flags.xmpp;
  const jid = demand(flags.jid, "--jid");
  const password = demand(flags.password, "--password (or MICROSPIME_PASSWORD)");
  const scopenode = flags.scopenode ?? componentOf(flags, host);
  return { ...flags.xmpp, jid, password, scopenode };
}

function optionsOf(flags: Flags): SimulationOptions {
  return {
    engine: flags.engine,
    speed: flags.speed,
    tls: flags.tls,
    reports: flags.reports,
    samplePeriodS: flags.period,
    gpsFile: flags.gps,
    co2File: flags.co2,
    outside: outsideOf(flags),
    patienceS: flags.patience,
  };
}

async function run(flags: Flags): Promise<void> {
  const options = optionsOf(flags);
  const display = flags.json ? createJsonDisplay(flags.trace) : createDisplay(flags.trace);
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  if (options.tls && flags.trace && options.engine === "espruino") {
    const message = "--trace cannot see into the TLS of the real engine.";
    throw new Failure(ExitCode.usage, message, "Leave --tls or --trace out, or run in Node.");
  }
  const outcome = await simulate(options, display, interrupt.signal);
  display.onOutcome(outcome);
  if (outcome.acknowledged === 0 && !interrupt.signal.aborted) {
    const message = "The recording is over and no report was acknowledged.";
    const advice = "Does it hold fixes? RMC with status A and GGA with a height are needed.";
    throw new Failure(ExitCode.notAcknowledged, message, advice);
  }
}

export function simCommand(): Command {
  return new Command("sim")
    .summary("run a simulated board that reports to a ScopeNode")
    .description(
      "Runs a board's bundle on recorded GPS and CO2 data against an XMPP server and a ScopeNode,\n" +
        "all on this machine unless --xmpp names a server. Ends with the recording, or after --reports.",
    )
    .option("-n, --reports <count>", "end after that many acknowledged reports", wholeNumber)
    .option("--speed <factor>", "how fast the board's clock goes", numberFrom(0.1, 100), 5)
    .option("--period <seconds>", "the board's time between samples", numberFrom(1, 86400), 3)
    .addOption(
      new Option("--engine <name>", "what runs the bundle; espruino is found through ESPRUINO")
        .choices(["node", "espruino"])
        .default("node"),
    )
    .option("--tls", "direct TLS (XEP-0368) instead of plain TCP", false)
    .option("--trace", "show every stanza as it went over the wire", false)
    .option("--json", "one JSON object a line, for scripts", false)
    .option("--gps <file>", "what a GPS receiver sent (NMEA)", recordingPath("mt3339.log"))
    .option("--co2 <file>", "lines seconds,ppm", recordingPath("co2-morning.csv"))
    .option(
      "--patience <seconds>",
      "give up when nothing is acknowledged for so long",
      wholeNumber,
      60,
    )
    .optionsGroup("An outside server:")
    .option("--xmpp <host:port>", "use this XMPP server, Prosody or ejabberd", hostAndPort)
    .option("--jid <address>", "the board's account there", jidOf)
    .addOption(new Option("--password <text>", "its password").env("MICROSPIME_PASSWORD"))
    .option("--component <host:port>", "where components connect (default: port 5347)", hostAndPort)
    .option("--component-domain <domain>", "the domain of the ScopeNode to run there")
    .addOption(new Option("--component-secret <text>", "its secret").env("MICROSPIME_SECRET"))
    .option("--scopenode <address>", "report to this ScopeNode instead of running one", jidOf)
    .action(run);
}
