// A real Prosody (0.12, Debian package) on loopback, unprivileged, with a directory of its own.
// Options: https://prosody.im/doc/configure and the man page of prosody(8).

import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { newCertificate } from "./certificates.js";
import type { Made } from "./certificates.js";
import { isExecutable } from "./executable.js";
import { leash } from "./leash.js";
import { freePorts, HOST, untilAccepting } from "./loopback.js";

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
  /** XEP-0077; more fields than a password, a `+` behind those that are demanded. */
  readonly registration?: { readonly fields?: readonly string[] };
  /** It keeps SCRAM's hash of each password, and so one salt an account, instead of the password. */
  readonly hash?: "SHA-1" | "SHA-256";
}

export interface Prosody {
  readonly host: string;
  readonly c2sPort: number;
  /** The ports and the certificate exist with `tls` only. */
  readonly directTlsPort?: number;
  readonly certificate?: string;
  /** Its SHA-256. */
  readonly fingerprint?: string;
  readonly componentPort: number;
  /** For `prosodyctl --config`. */
  readonly configurationFile: string;
  log(): string;
  stop(): Promise<void>;
}

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
  const made = options.tls ? await writeCertificate(directory, options.domain) : undefined;
  await mkdir(join(directory, "certs"));
  await writeAccounts(directory, options);
  const configurationFile = join(directory, "prosody.cfg.lua");
  await writeFile(configurationFile, configuration(directory, options, ports));
  const command = [program, "--config", configurationFile, "-F"];
  const run = leash({ name: "Prosody", command, directory });
  try {
    await Promise.all(Object.values(ports).map((port) => untilAccepting(port, run)));
  } catch (error) {
    await run.stop();
    throw error;
  }
  return {
    host: HOST,
    configurationFile,
    ...ports,
    ...(made && { certificate: made.cert, fingerprint: made.fingerprint }),
    ...run,
  };
}

interface Ports {
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly directTlsPort?: number;
}

async function writeCertificate(directory: string, domain: string): Promise<Made> {
  const made = await newCertificate({ names: [domain], commonName: domain });
  await writeFile(join(directory, "key.pem"), made.key, { mode: 0o600 });
  await writeFile(join(directory, "cert.pem"), made.cert);
  return made;
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
    ...authenticationLines(options),
    ...registrationLines(options),
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

/** Plain passwords in the store: then it offers SCRAM-SHA-1 and SCRAM-SHA-256, with a new salt each time. */
function authenticationLines({ hash }: ProsodyOptions): string[] {
  if (hash === undefined) return [`authentication = "internal_plain"`];
  return [`authentication = "internal_hashed"`, `password_hash = ${lua(hash)}`];
}

function registrationLines({ registration }: ProsodyOptions): string[] {
  if (registration === undefined) return [];
  const fields = (registration.fields ?? []).map(lua).join(", ");
  return [`allow_registration = true`, `additional_registration_fields = { ${fields} }`];
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
