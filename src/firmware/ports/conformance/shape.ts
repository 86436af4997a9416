// Whether everything is there that ports/host-contract.ts lists, and nothing is of another kind.

import type { MicrospimeHost } from "../host-contract.js";
import { now } from "./check.js";
import type { Check, Problem } from "./check.js";

const NEEDED =
  "clock.monotonicMs clock.epochMs timer.start timer.stop sockets.connect sockets.write sockets.close " +
  "uart.open uart.write store.read store.write store.erase entropy.noise network.attach log";
const OPTIONAL =
  "i2c.open i2c.write i2c.read machine.freeBytes machine.button machine.light machine.restart " +
  "machine.feedWatchdog machine.state";

type Tree = { [name: string]: unknown };

function kindOf(host: MicrospimeHost, path: string): string {
  let value: unknown = host;
  path.split(".").forEach(function (name) {
    value = value === undefined || value === null ? undefined : (value as Tree)[name];
  });
  return typeof value;
}

function wrongOf(host: MicrospimeHost, paths: string, isOptional: boolean): string[] {
  return paths.split(" ").filter(function (path) {
    const kind = kindOf(host, path);
    return kind !== "function" && !(isOptional && kind === "undefined");
  });
}

function functionsProblem(host: MicrospimeHost): Problem {
  const missing = wrongOf(host, NEEDED, false).concat(wrongOf(host, OPTIONAL, true));
  return missing.length ? "no function: " + missing.join(", ") : undefined;
}

function tlsProblem({ sockets }: MicrospimeHost): Problem {
  const isKnown = ["none", "unverified", "verified"].indexOf(sockets.tls) >= 0;
  return isKnown ? undefined : "sockets.tls is none of none, unverified, verified";
}

export const SHAPE: Check[] = [
  now("the host has the functions of the contract", functionsProblem),
  now("the host has a machine, be it empty", function (host) {
    return kindOf(host, "machine") === "object" ? undefined : "machine is no object";
  }),
  now("the host says what its TLS is worth", tlsProblem),
];
