// `microspime certify`: a certification service for a folder of public keys, and registering a key in it.

import { Command, Option } from "commander";
import { serviceOf } from "../connecting.js";
import { startCertificationService } from "../certification/index.js";
import type { CertificationService } from "../certification/index.js";
import { accountRefused } from "../certification/joining.js";
import { KeyStore } from "../certification/key-store.js";
import { OtherKey, registerKey } from "../certification/registration.js";
import type { Registration } from "../certification/registration.js";
import { messageOf, unreadable, unwritable, usageFailure } from "../failure.js";
import type { Failure } from "../failure.js";
import { trustFrom } from "./account.js";
import { componentFailure, componentLoginOf, withComponent } from "./component.js";
import type { ComponentFlags } from "./component.js";
import { demandFor } from "./demand.js";
import { interrupted, interruption } from "./interruption.js";
import { readPublic, warnOfWeakness } from "./keys.js";
import { createLines } from "./lines.js";
import type { Lines } from "./lines.js";
import type { HostAndPort } from "./parsers.js";
import { addressOf, fingerprintOf, hostAndPort, jidOf } from "./parsers.js";
import { plural } from "./terminal.js";

const demand = demandFor("certify");

interface Flags extends ComponentFlags {
  keys?: string;
  json?: boolean;
  xmpp?: HostAndPort;
  jid?: string;
  password?: string;
  tls?: boolean;
  trusting?: boolean;
  fingerprint?: string;
  add?: string;
  key?: string;
  force?: boolean;
}

const isJoining = ({ xmpp, component }: Flags) => xmpp !== undefined || component !== undefined;

function checkFlags(flags: Flags): void {
  const { add, key, force, xmpp, component } = flags;
  if (add === undefined && (key !== undefined || force)) {
    throw usageFailure(
      `${force ? "--force" : "--key"} is for --add, which is missing.`,
      "Name whose key it is.",
    );
  }
  if (add !== undefined && isJoining(flags)) {
    throw usageFailure(
      "--add registers a key, and nothing else.",
      "Leave --xmpp and --component out.",
    );
  }
  if (add !== undefined) return;
  if (!isJoining(flags)) {
    const advice = "Give --component, or --xmpp for a client account; or --add to register a key.";
    throw usageFailure("No server is named.", advice);
  }
  if (xmpp && component) {
    throw usageFailure("--xmpp and --component are two ways to log in.", "Leave one of them out.");
  }
}

async function run(flags: Flags): Promise<void> {
  checkFlags(flags);
  const folder = demand(flags.keys, "--keys");
  const lines = createLines(flags.json ?? false);
  if (flags.add !== undefined) return add(folder, flags.add, flags, lines);
  await checkFolder(folder);
  const stop = interruption();
  const service = await join(folder, flags, lines);
  const { jid, size: keys } = service;
  // Before it says that it is there: without it the signal would end the process.
  const onHangup = () => void reload(service, folder, lines);
  process.on("SIGHUP", onHangup);
  lines.tell("started", `${jid} tells ${countOf(service)} of ${folder}.`, { jid, keys });
  await interrupted(stop);
  process.off("SIGHUP", onHangup);
  await service.stop();
}

function countOf({ size }: CertificationService): string {
  return plural(size, "public key");
}

async function checkFolder(folder: string): Promise<void> {
  try {
    await new KeyStore(folder).load();
  } catch (error) {
    throw folderFailure(folder, error);
  }
}

function folderFailure(folder: string, error: unknown): Failure {
  if (error instanceof TypeError) {
    return usageFailure(`${folder}: ${messageOf(error)}.`, "Replace that file, or take it away.");
  }
  return unreadable(folder, error, "It must be a folder of PEM files; --add puts keys there.");
}

async function reload(service: CertificationService, folder: string, lines: Lines): Promise<void> {
  try {
    await service.reload();
    const { size: keys } = service;
    lines.tell("reloaded", `Read again: ${countOf(service)}.`, { keys });
  } catch (error) {
    const { message } = folderFailure(folder, error);
    lines.warn(`${message} What was there before is still told: ${countOf(service)}.`);
  }
}

function join(keys: string, flags: Flags, lines: Lines): Promise<CertificationService> {
  const onError = (error: Error) => lines.warn(`the connection: ${error.message}`);
  return flags.xmpp === undefined
    ? joinAsComponent(keys, flags, onError)
    : joinAsClient(keys, flags.xmpp, flags, onError);
}

type OnError = (error: Error) => void;

async function joinAsComponent(keys: string, flags: Flags, onError: OnError) {
  const component = componentLoginOf("certify", flags);
  try {
    return await startCertificationService({ component, keys, onError });
  } catch (error) {
    throw componentFailure("The certification service", component, error);
  }
}

const CLIENT_ADVICE = {
  refused: "Check --jid and --password.",
  otherwise:
    "Check --xmpp and --jid; a certificate of the server's own making needs --fingerprint or --trusting.",
};

async function joinAsClient(
  keys: string,
  { host, port }: HostAndPort,
  flags: Flags,
  onError: OnError,
) {
  const jid = demand(flags.jid, "--jid");
  const password = demand(flags.password, "--password (or MICROSPIME_CERT_PASSWORD)");
  const [bare, resource] = jid.split(/\/(.*)/s);
  const [username, domain] = bare.split("@");
  const login = { service: serviceOf(host, port, flags.tls), username, domain, resource, password };
  try {
    return await startCertificationService({ ...login, ...trustFrom(flags), keys, onError });
  } catch (error) {
    throw accountRefused(jid, `${host}:${port}`, CLIENT_ADVICE, error);
  }
}

async function add(folder: string, jid: string, flags: Flags, lines: Lines): Promise<void> {
  const key = await readPublic(demand(flags.key, "--key"));
  warnOfWeakness(key);
  try {
    const registration = await registerKey(folder, jid, key, flags.force);
    const { path, state } = registration;
    lines.tell("registered", registeredLine(jid, registration), { jid, path, state });
  } catch (error) {
    throw additionFailure(folder, error);
  }
}

function registeredLine(jid: string, { path, state }: Registration): string {
  if (state === "unchanged") return `${jid} has this key already: ${path}`;
  return `${jid} has ${state === "new" ? "a" : "another"} key now: ${path}`;
}

function additionFailure(folder: string, error: unknown): Failure {
  if (error instanceof OtherKey) {
    return usageFailure(`${error.message}, and nothing was written.`, "--force writes over it.");
  }
  if (error instanceof TypeError) return folderFailure(folder, error);
  return unwritable(folder, error, "Give another --keys.");
}

export function certifyCommand(): Command {
  const command = new Command("certify")
    .summary("run a certification service, or register a key with it")
    .description(
      "Tells anyone the public keys of a folder of PEM files (XEP-0189), as a component or as a client " +
        "account, until Ctrl-C. SIGHUP makes it read the folder again. With --add it registers a key " +
        "in that folder instead.",
    )
    .option("--keys <folder>", "the keys: JID.pem, percent-encoded where a file name needs it")
    .option("--json", "one JSON object a line, for scripts");
  return withAddition(withClient(withComponent(command.optionsGroup("As a component:")))).action(
    run,
  );
}

function withClient(command: Command): Command {
  return command
    .optionsGroup("As a client account:")
    .option("--xmpp <host:port>", "the XMPP server", hostAndPort)
    .option("--jid <address>", "the account; its resource is cert if none is given", jidOf)
    .addOption(new Option("--password <text>", "its password").env("MICROSPIME_CERT_PASSWORD"))
    .option("--tls", "direct TLS (XEP-0368) instead of STARTTLS where the server has it")
    .option("--trusting", "take any certificate, do no STARTTLS, as a board does")
    .option("--fingerprint <sha256>", "take this certificate, and no other", fingerprintOf);
}

function withAddition(command: Command): Command {
  return command
    .optionsGroup("Registering a key:")
    .option("--add <address>", "whose key it is: a full address, with its resource", addressOf)
    .option("--key <file>", "PEM of it, public, or private, of which the public half is taken")
    .option("--force", "also over another key of that address");
}
