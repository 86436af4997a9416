// stunnel (Debian: stunnel4) as a board without TLS needs it: plain TCP in the local network on one side, on the other TLS to
// a server whose certificate it checks. docs/kaluma.md has the same configuration for who runs one.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leash } from "./leash.js";
import { freePorts, HOST, untilAccepting } from "./loopback.js";
import { findProgram } from "./suites.js";

export interface StunnelOptions {
  /** Where the server takes direct TLS (XEP-0368). */
  readonly tlsPort: number;
  /** That its certificate has to be for. */
  readonly domain: string;
  /** PEM of who has to have signed it. */
  readonly authority: string;
}

export interface Stunnel {
  readonly host: string;
  readonly port: number;
  log(): string;
  stop(): Promise<void>;
}

export function findStunnel(): string | undefined {
  return findProgram("stunnel") ?? findProgram("/usr/bin/stunnel");
}

function configurationOf({ tlsPort, domain }: StunnelOptions, port: number, authorityFile: string) {
  return [
    "foreground = yes",
    "pid =",
    "[xmpp]",
    "client = yes",
    `accept = ${HOST}:${port}`,
    `connect = ${HOST}:${tlsPort}`,
    `CAfile = ${authorityFile}`,
    "verifyChain = yes",
    `checkHost = ${domain}`,
    `sni = ${domain}`,
    "",
  ].join("\n");
}

export async function startStunnel(options: StunnelOptions): Promise<Stunnel> {
  const program = findStunnel();
  if (program === undefined) throw new Error("install stunnel4");
  const directory = await mkdtemp(join(tmpdir(), "microspime-stunnel-"));
  const [port] = await freePorts(1);
  const authorityFile = join(directory, "authority.pem");
  const configurationFile = join(directory, "stunnel.conf");
  await writeFile(authorityFile, options.authority);
  await writeFile(configurationFile, configurationOf(options, port!, authorityFile));
  const run = leash({ name: "stunnel", command: [program, configurationFile], directory });
  try {
    await untilAccepting(port!, run);
  } catch (error) {
    await run.stop();
    throw error;
  }
  return { host: HOST, port: port!, ...run };
}
