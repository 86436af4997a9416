// A real Prosody (0.12, Debian package) on loopback, unprivileged, with a directory of its own.
// Options: https://prosody.im/doc/configure and the man page of prosody(8).

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { generate } from "selfsigned";
import { isExecutable } from "./executable.js";

export interface ProsodyOptions {
  readonly domain: string;
  readonly accounts?: readonly { readonly localpart: string; readonly password: string }[];
  /** XEP-0114. */
  readonly components?: readonly { readonly domain: string; readonly secret: string }[];
  /** Domains of PubSub services (XEP-0060) where the accounts and components above may create nodes. */
  readonly pubsub?: string | readonly string[];
  /** Who may, instead of all those. */
  readonly pubsubAdmins?: readonly string[];
  /** How long a session whose connection dropped may be resumed (XEP-0198); Prosody's default is 10 minutes. */
  readonly resumeTimeoutMs?: number;
  /** With a self-signed certificate for the domain: STARTTLS on c2sPort and a direct TLS port. */
  readonly tls?: boolean;
}

export interface Prosody {
  readonly host: string;
  readonly c2sPort: number;
  /** The ports and the certificate exist with `tls` only. */
  readonly directTlsPort?: number;
  readonly certificate?: string;
  readonly componentPort: number;
  log(): string;
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const START_TIMEOUT_MS = 15_000;
const RETRY_MS = 20;

/** The path of Prosody, or undefined where it is not installed. It is not run: it has no `--version`. */
export function findProsody(): string | undefined {
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin"];
  return directories.map((directory) => join(directory, "prosody")).find(isExecutable);
}

export async function startProsody(options: ProsodyOptions): Promise<Prosody> {
  const program = findProsody();
  if (program === undefined) throw new Error("install prosody");
  const directory = await mkdtemp(join(tmpdir(), "microspime-prosody-"));
  const [c2sPort, componentPort, tlsPort] = await freePorts(3);
  const ports = { c2sPort, componentPort, ...(options.tls && { directTlsPort: tlsPort }) };
  const certificate = options.tls ? await writeCertificate(directory, options.domain) : undefined;
  await mkdir(join(directory, "certs"));
  await writeAccounts(directory, options);
  await writeFile(join(directory, "prosody.cfg.lua"), configuration(directory, options, ports));
  const run = launch(program, directory);
  try {
    await Promise.all(Object.values(ports).map((port) => untilAccepting(port, run)));
  } catch (error) {
    await run.stop();
    throw error;
  }
  return { host: HOST, ...ports, ...(certificate && { certificate }), ...run };
}

interface Ports {
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly directTlsPort?: number;
}

interface Run {
  readonly exited: () => boolean;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Standard input is the leash: however the test process ends, even by SIGKILL, it closes, and the shell
 * kills Prosody and removes its directory. If Prosody ends first, so does the shell.
 */
const LEASH = `
trap '' INT TERM HUP PIPE
exec 3<&0
"$1" --config "$2/prosody.cfg.lua" -F </dev/null 3<&- &
prosody=$!
{ read -r _ <&3; kill -KILL $prosody; } >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait $prosody
status=$?
kill -KILL $watch 2>/dev/null
rm -rf "$2"
exit $status
`;

function launch(program: string, directory: string): Run {
  const child = spawn("/bin/sh", ["-c", LEASH, "prosody", program, directory]);
  let output = "";
  const append = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on("data", append);
  child.stderr.on("data", append);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    exited: () => hasExited(child),
    log: () => output,
    stop: async () => {
      child.stdin.destroy();
      await closed;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** All are held open together, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => resolve(server));
  });
}

async function untilAccepting(port: number, run: Run): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (run.exited() || Date.now() > deadline) {
      throw new Error(`Prosody does not accept on port ${port}:\n${run.log()}`);
    }
    await delay(RETRY_MS);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    socket.once("connect", () => socket.destroy());
    socket.once("error", () => resolve(false));
    socket.once("close", (failed) => resolve(!failed));
  });
}

async function writeCertificate(directory: string, domain: string): Promise<string> {
  const pems = await generate([{ name: "commonName", value: domain }], {
    algorithm: "sha256",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: domain }] }],
  });
  await writeFile(join(directory, "key.pem"), pems.private, { mode: 0o600 });
  await writeFile(join(directory, "cert.pem"), pems.cert);
  return pems.cert;
}

/** What `prosodyctl register` writes with internal_plain: util.datamanager's files, one an account. */
async function writeAccounts(directory: string, { domain, accounts = [] }: ProsodyOptions) {
  const folder = join(directory, "data", storeName(domain), "accounts");
  await mkdir(folder, { recursive: true });
  for (const { localpart, password } of accounts) {
    const file = join(folder, `${storeName(localpart.toLowerCase())}.dat`);
    await writeFile(file, `return { ["password"] = ${lua(password)} };\n`);
  }
}

function storeName(text: string): string {
  return text.replace(/[^0-9A-Za-z]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}

/** A Lua string of any bytes. */
function lua(text: string): string {
  const bytes = [...Buffer.from(text)];
  return `"${bytes.map((byte) => `\\${String(byte).padStart(3, "0")}`).join("")}"`;
}

function configuration(directory: string, options: ProsodyOptions, ports: Ports): string {
  const { domain, components = [], tls = false, resumeTimeoutMs } = options;
  const modules = ["disco", "saslauth", "ping", "time", "register", "smacks", "posix"];
  if (tls) modules.push("tls");
  return [
    ...(process.getuid?.() === 0 ? ["run_as_root = true"] : []),
    `daemonize = false`,
    `pidfile = ${lua(join(directory, "prosody.pid"))}`,
    `data_path = ${lua(join(directory, "data"))}`,
    `log = { { levels = { min = "info" }, to = "console" } }`,
    `modules_enabled = { ${modules.map(lua).join(", ")} }`,
    `modules_disabled = { "s2s" }`,
    // Plain passwords in the store: then it offers SCRAM-SHA-1 and SCRAM-SHA-256.
    `authentication = "internal_plain"`,
    `c2s_require_encryption = false`,
    ...(resumeTimeoutMs === undefined
      ? []
      : [`smacks_hibernation_time = ${resumeTimeoutMs / 1000}`]),
    ...listeners(ports),
    ...(tls ? certificateLines(directory) : []),
    `VirtualHost ${lua(domain)}`,
    ...components.flatMap((component) => [
      `Component ${lua(component.domain)}`,
      `component_secret = ${lua(component.secret)}`,
    ]),
    ...pubsubLines(options),
    "",
  ].join("\n");
}

/** mod_pubsub lets nobody but administrators create a node, or publish to one that it makes by the way. */
function pubsubLines(options: ProsodyOptions): string[] {
  const { domain, accounts = [], components = [], pubsub } = options;
  const admins = options.pubsubAdmins ?? [
    ...accounts.map(({ localpart }) => `${localpart.toLowerCase()}@${domain}`),
    ...components.map((component) => component.domain),
  ];
  const domains = pubsub === undefined ? [] : [pubsub].flat();
  return domains.flatMap((service) => [
    `Component ${lua(service)} "pubsub"`,
    `admins = { ${admins.map(lua).join(", ")} }`,
    `autocreate_on_publish = true`,
    `autocreate_on_subscribe = true`,
  ]);
}

function listeners({ c2sPort, componentPort, directTlsPort }: Ports): string[] {
  return [
    `interfaces = { ${lua(HOST)} }`,
    `component_interfaces = { ${lua(HOST)} }`,
    `c2s_ports = { ${c2sPort} }`,
    `c2s_direct_tls_ports = { ${directTlsPort ?? ""} }`,
    `component_ports = { ${componentPort} }`,
  ];
}

function certificateLines(directory: string): string[] {
  const [key, certificate] = ["key.pem", "cert.pem"].map((name) => lua(join(directory, name)));
  const ssl = `{ key = ${key}, certificate = ${certificate} }`;
  return [`ssl = ${ssl}`, `c2s_direct_tls_ssl = ${ssl}`];
}
