// A real ejabberd (23.01, Debian package) on loopback, unprivileged, with a directory of its own.
// Options: https://docs.ejabberd.im/admin/configuration/toplevel/ and …/modules/. Debian's `ejabberdctl` would
// change to the user ejabberd and start Erlang's distribution with its port mapper: here `erl` runs alone.

import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { newCertificate } from "./certificates.js";
import type { Made } from "./certificates.js";
import { isExecutable } from "./executable.js";
import { leash } from "./leash.js";
import type { Leashed } from "./leash.js";
import { freePorts, HOST, untilAccepting } from "./loopback.js";

export interface EjabberdOptions {
  readonly domain: string;
  readonly accounts?: readonly { readonly localpart: string; readonly password: string }[];
  /** XEP-0114. */
  readonly components?: readonly { readonly domain: string; readonly secret: string }[];
  /** Domains of PubSub services (XEP-0060) where everybody may create nodes. */
  readonly pubsub?: string | readonly string[];
  /** With a self-signed certificate for the domain: STARTTLS on c2sPort and a direct TLS port. */
  readonly tls?: boolean;
  /** Whether accounts can be made in-band (XEP-0077). */
  readonly registers?: boolean;
}

export interface Ejabberd {
  readonly host: string;
  readonly c2sPort: number;
  /** The port and the certificate exist with `tls` only. */
  readonly directTlsPort?: number;
  readonly certificate?: string;
  /** Its SHA-256. */
  readonly fingerprint?: string;
  readonly componentPort: number;
  log(): string;
  stop(): Promise<void>;
}

/** What is missing for it on this machine, or undefined. */
export function lackOfEjabberd(): string | undefined {
  return findErl() && findLibraries() ? undefined : "install ejabberd";
}

export async function startEjabberd(options: EjabberdOptions): Promise<Ejabberd> {
  const [erl, libraries] = [findErl(), findLibraries()];
  if (erl === undefined || libraries === undefined) throw new Error("install ejabberd");
  const directory = await mkdtemp(join(tmpdir(), "microspime-ejabberd-"));
  const [c2sPort, componentPort, tlsPort] = await freePorts(3);
  const ports = { c2sPort, componentPort, ...(options.tls && { directTlsPort: tlsPort }) };
  const made = options.tls ? await writeCertificate(directory, options.domain) : undefined;
  await mkdir(join(directory, "mnesia"));
  await writeFile(join(directory, "accounts"), accountTerms(options), { mode: 0o600 });
  await writeFile(join(directory, "ejabberd.yml"), configuration(directory, options, ports), {
    mode: 0o600,
  });
  const run = launch(erl, libraries, directory);
  try {
    await run.untilSaid(READY);
    await Promise.all(Object.values(ports).map((port) => untilAccepting(port, run)));
  } catch (error) {
    await run.stop();
    throw error;
  }
  return {
    host: HOST,
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

function findErl(): string | undefined {
  const directories = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin"];
  return directories.map((directory) => join(directory, "erl")).find(isExecutable);
}

/** Where Debian's package has the program: /usr/lib/x86_64-linux-gnu/ejabberd-23.01 for example. */
function findLibraries(): string | undefined {
  const isTriplet = (name: string) => name.includes("-linux-gnu");
  const directories = namesIn("/usr/lib").filter(isTriplet);
  return directories
    .map((name) => join("/usr/lib", name))
    .find((directory) => namesIn(directory).some((name) => name.startsWith("ejabberd-")));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

const READY = "the accounts are made";
/** Its listeners accept before there is an account. */
const START = `
{ok, Accounts} = file:consult("accounts"),
case application:ensure_all_started(ejabberd) of
  {ok, _} -> ok;
  Fault -> io:format("~p~n", [Fault]), halt(1)
end,
lists:foreach(fun({User, Host, Password}) ->
  ok = ejabberd_auth:try_register(User, Host, Password)
end, Accounts),
io:format("${READY}~n").`;

function launch(erl: string, libraries: string, directory: string): Leashed {
  const mnesia = ["-mnesia", "dir", JSON.stringify(join(directory, "mnesia"))];
  const start = ["-eval", `ok = file:set_cwd(${JSON.stringify(directory)}), ${START}`];
  return leash({
    name: "ejabberd",
    // One scheduler is enough. Without -name there is no distribution.
    command: [erl, "+S", "1", "-noinput", "-boot", "start_clean", ...mnesia, ...start],
    directory,
    environment: {
      ERL_LIBS: libraries,
      ERL_CRASH_DUMP_BYTES: "0",
      EJABBERD_CONFIG_PATH: join(directory, "ejabberd.yml"),
      EJABBERD_LOG_PATH: join(directory, "ejabberd.log"),
      // Erlang writes a cookie there.
      HOME: directory,
    },
  });
}

async function writeCertificate(directory: string, domain: string): Promise<Made> {
  const made = await newCertificate({ names: [domain], commonName: domain });
  await writeFile(join(directory, "both.pem"), `${made.cert}\n${made.key}`, { mode: 0o600 });
  return made;
}

function accountTerms({ domain, accounts = [] }: EjabberdOptions): string {
  const terms = accounts.map(({ localpart, password }) =>
    [localpart.toLowerCase(), domain, password].map(erlang).join(", "),
  );
  return terms.map((term) => `{${term}}.\n`).join("");
}

/** An Erlang binary of any bytes. */
function erlang(text: string): string {
  return `<<${[...Buffer.from(text)].join(",")}>>`;
}

/** JSON is YAML too. */
function configuration(directory: string, options: EjabberdOptions, ports: Ports): string {
  const { domain, tls, registers = false } = options;
  return JSON.stringify({
    hosts: [domain],
    loglevel: "info",
    ...(tls && { certfiles: [join(directory, "both.pem")] }),
    acme: { auto: false },
    auth_method: "internal",
    // Plain passwords in the store: then it offers SCRAM with every hash.
    auth_password_format: "plain",
    registration_timeout: "infinity",
    listen: listeners(options, ports),
    modules: {
      ...{ mod_adhoc: {}, mod_disco: {}, mod_ping: {}, mod_roster: {}, mod_stream_mgmt: {} },
      ...(registers && { mod_register: { ip_access: "all", access: "all" } }),
      ...pubsub(options),
    },
  });
}

function pubsub({ pubsub: domains = [] }: EjabberdOptions) {
  const hosts = [domains].flat();
  if (hosts.length === 0) return {};
  return { mod_pubsub: { hosts, access_createnode: "all", plugins: ["flat"] } };
}

function listeners({ components = [], tls = false }: EjabberdOptions, ports: Ports) {
  const { c2sPort, directTlsPort, componentPort } = ports;
  const ip = HOST;
  const secrets = components.map(({ domain, secret }) => [domain, { password: secret }]);
  return [
    { port: c2sPort, ip, module: "ejabberd_c2s", starttls: tls },
    ...(directTlsPort ? [{ port: directTlsPort, ip, module: "ejabberd_c2s", tls: true }] : []),
    {
      // Otherwise each component would get what is for any of them.
      ...{ port: componentPort, ip, module: "ejabberd_service", global_routes: false },
      ...(secrets.length > 0 && { hosts: Object.fromEntries(secrets) }),
    },
  ];
}
