// `microspime sim`: the simulation with a command line around it.

import { Command, Option } from "commander";
import { ExitCode, Failure } from "../failure.js";
import { recordingPath } from "../paths.js";
import type { CertifierLogin, ComponentLogin, OutsideServer } from "../sim/cast.js";
import { serviceOf } from "../sim/cast.js";
import { type Engine, type Outcome, simulate, type SimulationOptions } from "../sim/simulation.js";
import { createDisplay, createJsonDisplay } from "./display.js";
import { interruption } from "./interruption.js";
import { DEFAULT_BITS } from "./keys.js";
import type { HostAndPort } from "./parsers.js";
import {
  count,
  fullJidOf,
  hostAndPort,
  jidOf,
  keyBits,
  numberFrom,
  portNumber,
} from "./parsers.js";
import { checkKeyFlags, type KeyFlags, keysOf } from "./sim-keys.js";

interface Flags extends KeyFlags {
  reports?: number;
  speed: number;
  port?: number;
  period?: number;
  engine: Engine;
  tls?: boolean;
  trace?: boolean;
  json?: boolean;
  gps: string;
  co2: string;
  patience?: number;
  xmpp?: HostAndPort;
  jid?: string;
  password?: string;
  component?: HostAndPort;
  componentDomain?: string;
  componentSecret?: string;
  scopenode?: string;
  certifier?: string;
  certifierJid?: string;
  certifierPassword?: string;
}

const DEFAULT_COMPONENT_PORT = 5347;

/** An empty one, from the environment for example, is none. */
function demand(value: string | undefined, option: string): string {
  if (value) return value;
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

/** Whoever forgets --xmpp would see a simulation on the embedded server, and take it for his own. */
function refuseWithoutXmpp(flags: Flags): void {
  const { jid, component, componentDomain, scopenode, certifier, certifierJid } = flags;
  const given = Object.entries({
    "--jid": jid,
    "--component": component,
    "--component-domain": componentDomain,
    "--scopenode": scopenode,
    "--certifier": certifier,
    "--certifier-jid": certifierJid,
  }).find(([, value]) => value !== undefined);
  if (!given) return;
  const message = `${given[0]} is about an outside server, and --xmpp is missing.`;
  throw new Failure(ExitCode.usage, message, "Name it with --xmpp host:port.");
}

function outsideOf(flags: Flags): OutsideServer | undefined {
  if (!flags.xmpp) {
    refuseWithoutXmpp(flags);
    return undefined;
  }
  const { host } = flags.xmpp;
  const jid = demand(flags.jid, "--jid");
  const password = demand(flags.password, "--password (or MICROSPIME_PASSWORD)");
  const scopenode = flags.scopenode ?? componentOf(flags, host);
  const certifier = flags.plain ? undefined : certifierOf(flags, flags.xmpp, jid);
  return { ...flags.xmpp, jid, password, scopenode, certifier };
}

/** Who tells the public keys: one that runs elsewhere, or one to start with an account there. */
function certifierOf(flags: Flags, { host, port }: HostAndPort, jid: string) {
  const { certifier, certifierJid, certifierPassword } = flags;
  if (!jid.includes("/")) {
    const message = `--jid ${jid} has no resource, and keys are registered under full addresses.`;
    throw new Failure(ExitCode.usage, message, `Write --jid ${jid}/spime, or use --plain.`);
  }
  if (certifier !== undefined) return certifier;
  if (certifierJid === undefined) {
    const message =
      "Signed reports need a certification service on that server, and none is named.";
    throw new Failure(ExitCode.usage, message, "Name it with --certifier-jid, or use --plain.");
  }
  const password = demand(certifierPassword, "--certifier-password (or MICROSPIME_CERT_PASSWORD)");
  const service = serviceOf(host, port, flags.tls);
  return { service, jid: certifierJid, password } satisfies CertifierLogin;
}

/** Wall-clock seconds; RSA in the interpreter of the real engine takes its time. */
const PATIENCE_S: Readonly<Record<Engine, number>> = { node: 60, espruino: 180 };

/** Samples must not come faster than the interpreter of the real engine can sign them. */
function defaultPeriodS({ engine, plain }: Flags): number {
  return engine === "espruino" && !plain ? 75 : 3;
}

function optionsOf(flags: Flags): Omit<SimulationOptions, "keys"> {
  return {
    engine: flags.engine,
    speed: flags.speed,
    port: flags.port ?? 0,
    tls: flags.tls ?? false,
    reports: flags.reports,
    samplePeriodS: flags.period ?? defaultPeriodS(flags),
    gpsFile: flags.gps,
    co2File: flags.co2,
    outside: outsideOf(flags),
    patienceS: flags.patience ?? PATIENCE_S[flags.engine],
  };
}

function refuseBlindTrace({ tls, trace, engine }: Flags): void {
  if (!tls || !trace || engine !== "espruino") return;
  const message = "--trace cannot see into the TLS of the real engine.";
  throw new Failure(ExitCode.usage, message, "Leave --tls or --trace out, or run in Node.");
}

function demandAcknowledgement({ acknowledged, refused }: Outcome): void {
  if (acknowledged > 0) return;
  const message =
    refused > 0
      ? "The recording is over and the ScopeNode has refused every report."
      : "The recording is over and no report was acknowledged.";
  const advice =
    refused > 0
      ? "Run it again with --trace to see why."
      : "Does it hold fixes? RMC with status A and GGA with a height are needed.";
  throw new Failure(ExitCode.notAcknowledged, message, advice);
}

async function run(flags: Flags): Promise<void> {
  const options = optionsOf(flags);
  checkKeyFlags(flags);
  refuseBlindTrace(flags);
  const keys = await keysOf(flags);
  const display = (flags.json ? createJsonDisplay : createDisplay)(flags.trace ?? false);
  const stop = interruption();
  const outcome = await simulate({ ...options, keys }, display, stop);
  display.onOutcome(outcome);
  if (!stop.aborted) demandAcknowledgement(outcome);
}

function ownFile(flag: string, description: string, recording: string): Option {
  return new Option(flag, description).default(recordingPath(recording), `${recording}, built in`);
}

export function simCommand(): Command {
  return new Command("sim")
    .summary("run a simulated board that reports to a ScopeNode")
    .description(
      "Runs a board's bundle on recorded GPS and CO2 data against an XMPP server and a ScopeNode, " +
        "all on this machine unless --xmpp names a server. Ends with the recording, or after --reports.",
    )
    .option("-n, --reports <count>", "end after that many acknowledged reports", count)
    .option("--speed <factor>", "how fast the board's clock goes", numberFrom(0.1, 100), 5)
    .option(
      "--period <seconds>",
      "the board's time between samples (default: 3; 75 if Espruino signs)",
      numberFrom(1, 86400),
    )
    .addOption(
      new Option("--engine <name>", "what runs the bundle; espruino is found through ESPRUINO")
        .choices(["node", "espruino"])
        .default("node"),
    )
    .option("--port <number>", "the embedded server's; any that is free if not given", portNumber)
    .option("--tls", "direct TLS (XEP-0368) instead of plain TCP")
    .option("--trace", "show every stanza as it went over the wire")
    .option("--json", "one JSON object a line, for scripts")
    .addOption(ownFile("--gps <file>", "what a GPS receiver sent (NMEA)", "mt3339.nmea"))
    .addOption(ownFile("--co2 <file>", "lines seconds,ppm", "co2-morning.csv"))
    .option(
      "--patience <seconds>",
      "give up when nothing is acknowledged for so long (default: 60; 180 in Espruino)",
      numberFrom(1, 86400),
    )
    .optionsGroup("Signatures and encryption:")
    .option("--plain", "neither: the reports of the document's section 1.0.0")
    .option("--bits <number>", `of new keys (default: ${DEFAULT_BITS})`, keyBits)
    .option("--keys <folder>", "use spime.pem and scopenode.pem of that folder instead")
    .optionsGroup("An outside server:")
    .option("--xmpp <host:port>", "use this XMPP server, Prosody or ejabberd", hostAndPort)
    .option("--jid <address>", "the board's account there", jidOf)
    .addOption(new Option("--password <text>", "its password").env("MICROSPIME_PASSWORD"))
    .option("--component <host:port>", "where components connect (default: port 5347)", hostAndPort)
    .option("--component-domain <domain>", "the domain of the ScopeNode to run there")
    .addOption(new Option("--component-secret <text>", "its secret").env("MICROSPIME_SECRET"))
    .option("--scopenode <address>", "report to this ScopeNode instead of running one", jidOf)
    .option("--certifier-jid <address>", "the certification service's account there", jidOf)
    .addOption(
      new Option("--certifier-password <text>", "its password").env("MICROSPIME_CERT_PASSWORD"),
    )
    .option("--certifier <address>", "use this service instead of running one", fullJidOf)
    .action(run);
}
