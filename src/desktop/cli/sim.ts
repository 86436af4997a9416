// `microspime sim`: the simulation with a command line around it.

import { Command, Option } from "commander";
import { ExitCode, Failure, usageFailure } from "../failure.js";
import { recordingPath } from "../paths.js";
import { ENGINES, type Engine } from "../sim/engines.js";
import { type Outcome, simulate, type SimulationOptions } from "../sim/simulation.js";
import { createDisplay, createJsonDisplay } from "./display.js";
import { interruption } from "./interruption.js";
import { DEFAULT_BITS } from "./keys.js";
import {
  addressOf,
  count,
  fingerprintOf,
  fullJidOf,
  hostAndPort,
  jidOf,
  keyBits,
  numberFrom,
  portNumber,
} from "./parsers.js";
import { outsideOf, tourServerOf } from "./outside.js";
import type { OutsideFlags } from "./outside.js";
import { runTour } from "./tour.js";
import { checkKeyFlags, type KeyFlags, keysOf } from "./sim-keys.js";

interface Flags extends KeyFlags, OutsideFlags {
  reports?: number;
  speed: number;
  port?: number;
  period?: number;
  engine: Engine;
  suite?: string;
  tls?: boolean;
  trace?: boolean;
  tour?: boolean;
  json?: boolean;
  gps: string;
  co2: string;
  patience?: number;
  store?: string;
}

const PLAIN_PERIOD_S = 3;

/** Samples must not come faster than the engine can sign them. */
function defaultPeriodS({ engine, plain }: Flags): number {
  return plain ? PLAIN_PERIOD_S : ENGINES[engine].signingPeriodS;
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
    storeFolder: flags.store,
    suite: flags.suite,
    patienceS: flags.patience ?? ENGINES[flags.engine].patienceS,
  };
}

function refuseBlindTrace({ tls, trace, engine }: Flags): void {
  if (!tls || !trace || engine !== "espruino") return;
  const message = "--trace cannot see into the TLS of the real engine.";
  throw usageFailure(message, "Leave --tls or --trace out, or run in Node.");
}

function refuseFolderOfEngine({ store, engine }: Flags): void {
  if (store === undefined || engine === "node") return;
  const message = "--store is for a board in Node.";
  throw usageFailure(message, "Leave --store or --engine out.");
}

/** No other engine has a board with it, and what is plain has none. */
function refuseSuite({ suite, engine, plain }: Flags): void {
  if (suite !== "nacl" || (ENGINES[engine].naclBoard && !plain)) return;
  const other = plain ? "--plain" : `--engine ${engine}`;
  const message = `--suite ${suite} and ${other} do not go together.`;
  throw usageFailure(message, "Leave one of them out.");
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
  if (flags.tour) {
    refuseBesideTour(flags);
    await runTour(flags, tourServerOf(flags), interruption());
    return;
  }
  const options = optionsOf(flags);
  checkKeyFlags(flags);
  refuseBlindTrace(flags);
  refuseFolderOfEngine(flags);
  refuseSuite(flags);
  const keys = await keysOf(flags);
  const display = (flags.json ? createJsonDisplay : createDisplay)(flags.trace ?? false);
  const stop = interruption();
  const outcome = await simulate({ ...options, keys }, display, stop);
  display.onOutcome(outcome);
  if (!stop.aborted) demandAcknowledgement(outcome);
}

/** The tour has its own. */
function refuseBesideTour({ reports, period, plain, keys, store, tls, engine }: Flags): void {
  const given = Object.entries({
    "--reports": reports,
    "--period": period,
    "--plain": plain,
    "--keys": keys,
    "--store": store,
    // Nobody can see what the real engine says inside its TLS.
    "--tls": engine === "espruino" ? tls : undefined,
  }).find(([, value]) => value !== undefined);
  if (!given) return;
  const message = `--tour and ${given[0]} do not go together.`;
  throw usageFailure(message, "Leave one of them out.");
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
      new Option(
        "--engine <name>",
        "what runs the bundle; espruino is found through ESPRUINO, jerry through JERRY",
      )
        .choices(Object.keys(ENGINES))
        .default("node"),
    )
    .option("--port <number>", "the embedded server's; any that is free if not given", portNumber)
    .option("--tls", "direct TLS (XEP-0368) instead of plain TCP")
    .option("--tour", "play the protocol document from 1.0.0 to 1.2.1, with every stanza")
    .option("--trace", "show every stanza as it went over the wire")
    .option("--json", "one JSON object a line, for scripts")
    .addOption(ownFile("--gps <file>", "what a GPS receiver sent (NMEA)", "mt3339.nmea"))
    .addOption(ownFile("--co2 <file>", "lines seconds,ppm", "co2-morning.csv"))
    .option("--store <folder>", "keep there what the board stores, and go on with what is there")
    .option(
      "--patience <seconds>",
      "give up when nothing is acknowledged for so long (default: 60; 180 in Espruino)",
      numberFrom(1, 86400),
    )
    .optionsGroup("Signatures and encryption:")
    .option("--plain", "neither: the reports of the document's section 1.0.0")
    .option("--bits <number>", `of new keys (default: ${DEFAULT_BITS})`, keyBits)
    .option("--keys <folder>", "use spime.pem and scopenode.pem of that folder instead")
    .addOption(
      new Option(
        "--suite <name>",
        "sign and encrypt so, if the ScopeNode can: docs/nacl.md",
      ).choices(["rsa", "nacl"]),
    )
    .optionsGroup("An outside server:")
    .option("--xmpp <host:port>", "use this XMPP server, Prosody or ejabberd", hostAndPort)
    .option("--fingerprint <sha256>", "believe this certificate of it, no other", fingerprintOf)
    .option("--trusting", "believe any certificate of it, as Espruino does")
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
    .option("--owner-jid <address>", "for --tour: the claimer's account there", fullJidOf)
    .addOption(
      new Option("--owner-password <text>", "its password").env("MICROSPIME_OWNER_PASSWORD"),
    )
    .option("--pubsub <address>", "for --tour: the PubSub service there", addressOf)
    .action(run);
}
