// What `microspime provision` asks on a terminal, where its options leave something open: each question with what it is
// about, an answer checked as the option would be, and in the end the command that needs no questions.

import { confirm, input, password, select } from "@inquirer/prompts";
import { InvalidArgumentError } from "commander";
import { Failure, ExitCode } from "../failure.js";
import { boardChoices, hasWifi, isKaluma } from "../provisioning/board-data.js";
import { CLAIM_POLICIES } from "./configuration.js";
import type { ClaimPolicy } from "./configuration.js";
import {
  fullJidOf,
  hostAndPort,
  jidOf,
  numberFrom,
  ownersOf,
  serviceAddressOf,
  ssidOf,
} from "./parsers.js";
import { EXPOSURES } from "./provision-flags.js";
import type { ProvisionFlags } from "./provision-flags.js";
import { quoted } from "./shell.js";

/** Files' names go to standard output, for scripts; what is asked does not. */
const TERMINAL = { output: process.stderr };

/** Whether an option is on the command line: its value may be a default, or from the environment. */
export type IsTyped = (field: keyof ProvisionFlags) => boolean;

/** The flags as they are, or with answers where something needed is missing and somebody is there to ask. */
export async function completedFlags(
  flags: ProvisionFlags,
  isTyped: IsTyped,
): Promise<ProvisionFlags> {
  if (!flags.input || flags.yes || !isSomebodyThere() || !isIncomplete(flags)) return flags;
  tell(
    "Some things are missing, so here are questions. Ctrl-C ends them, and nothing is written.",
    "An empty answer takes what stands there, or leaves out what need not be.",
  );
  try {
    const complete = await askAll(flags, isTyped);
    tell(
      "",
      "Without questions that is:",
      `  ${commandFor(process.argv.slice(3), flags, complete)}`,
      "",
    );
    return complete;
  } catch (error) {
    if (!(error instanceof Error && error.name === "ExitPromptError")) throw error;
    throw new Failure(ExitCode.usage, "The questions were ended.", "Nothing was written.");
  }
}

function isSomebodyThere(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

function isIncomplete({ out, xmpp, jid, scopenode, ...account }: ProvisionFlags): boolean {
  const { password, register, accountLater } = account;
  const hasAccount = Boolean(password) || register === true || accountLater === true;
  return ![out, xmpp, jid, scopenode].every((value) => value !== undefined) || !hasAccount;
}

function tell(...lines: string[]): void {
  process.stderr.write(`${lines.join("\n")}\n`);
}

async function askAll(given: ProvisionFlags, isTyped: IsTyped): Promise<ProvisionFlags> {
  const flags = { ...given };
  flags.out ??= await askText(
    "Folder",
    "Where the files go. It is made if it is missing.",
    String,
    "board",
  );
  if (!isTyped("board")) flags.board = await askBoard(flags.board);
  await askServer(flags);
  await askAccount(flags, isTyped("password"));
  flags.scopenode ??= await askText("ScopeNode", "The address that takes the reports.", jidOf);
  await askSecurity(flags);
  await askSamples(flags);
  if (hasWifi(flags.board)) await askWifi(flags);
  const canLock = !isKaluma(flags.board) && !flags.consolePassword;
  flags.lock = flags.lock ?? (canLock && (await askLock()));
  return flags;
}

/** Parsed as the option is. */
async function askText<Value>(
  message: string,
  about: string,
  parse: (text: string) => Value,
  usual?: string,
): Promise<Value> {
  tell("", about);
  const validate = (text: string) => faultOf(text, parse);
  return parse(
    await input({ message: `${message}:`, validate, ...(usual && { default: usual }) }, TERMINAL),
  );
}

/** Nothing where the answer is empty. */
async function askPerhaps<Value>(
  message: string,
  about: string,
  parse: (text: string) => Value,
): Promise<Value | undefined> {
  tell("", about);
  const validate = (text: string) => text === "" || faultOf(text, parse);
  const text = await input({ message: `${message}:`, validate }, TERMINAL);
  return text === "" ? undefined : parse(text);
}

function faultOf(text: string, parse: (text: string) => unknown): true | string {
  if (text === "") return "It is needed.";
  try {
    parse(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidArgumentError) return error.message;
    throw error;
  }
}

function askBoard(usual: string): Promise<string> {
  tell("", "Which board it is: its pins and what computes are in boards/ (docs/boards.md).");
  return select({ message: "Board:", choices: boardChoices(), default: usual }, TERMINAL);
}

async function askServer(flags: ProvisionFlags): Promise<void> {
  if (flags.xmpp === undefined) {
    const about = "The XMPP server, as host:port: 5222 for plain TCP, 5223 usually for direct TLS.";
    flags.xmpp = await askText("Server", about, hostAndPort);
    if (!isKaluma(flags.board)) await askTls(flags, flags.xmpp.port);
  }
  const about = "The board's address with a resource, like board@example.org/spime.";
  flags.jid ??= await askText("Address", about, fullJidOf);
}

async function askTls(flags: ProvisionFlags, port: number): Promise<void> {
  tell(
    "",
    "TLS hides the traffic from who only listens; Espruino verifies no certificate (SECURITY.md).",
  );
  flags.tls ??= await confirm({ message: "Direct TLS?", default: port !== 5222 }, TERMINAL);
}

const ACCOUNTS = [
  { value: "there", name: "it is there already, and I know its password" },
  { value: "register", name: "register it now, where the server lets anyone (XEP-0077)" },
  { value: "later", name: "make a password, and show me the command for the server's machine" },
];

/** The owner's, for another command, as likely as not. */
const OF_ENVIRONMENT = {
  value: "environment",
  name: "it is there already, and its password is the one in MICROSPIME_PASSWORD",
};

async function askAccount(flags: ProvisionFlags, isPasswordTyped: boolean): Promise<void> {
  if (isPasswordTyped || flags.register || flags.accountLater) return;
  tell("", "The account of that address. The board logs in with it, by SCRAM.");
  const choices = flags.password ? [OF_ENVIRONMENT, ...ACCOUNTS] : ACCOUNTS;
  const how = await select({ message: "Account:", choices }, TERMINAL);
  if (how === "register") flags.register = true;
  if (how === "later") flags.accountLater = true;
  if (how !== "there") return;
  flags.password = await askPassword("Its password", (text) => text !== "" || "It is needed.");
}

function askPassword(message: string, validate: (text: string) => true | string): Promise<string> {
  return password({ message: `${message}:`, mask: "*", validate }, TERMINAL);
}

async function askSecurity(flags: ProvisionFlags): Promise<void> {
  if (flags.certifier === undefined) {
    const about =
      "The certification service that tells the board's public key, by its full address. With it reports are signed and\n" +
      "encrypted; empty: neither, and anybody on the way can read and forge them.";
    flags.certifier = await askPerhaps("Certification service", about, serviceAddressOf);
    if (flags.certifier === undefined) delete flags.certifier;
  }
  if (flags.certifier === undefined) return;
  if (flags.certifyKeys === undefined) {
    const about =
      "That service's folder of keys, if it is on this machine: the board's key is put there.";
    const folder = await askPerhaps("Its folder of keys", about, String);
    if (folder !== undefined) flags.certifyKeys = folder;
  }
  if (flags.claims === undefined) await askClaims(flags);
}

const POLICIES: Readonly<Record<ClaimPolicy, string>> = {
  none: "nobody",
  owners: "those that I name",
  code: "who has a pairing code, which is made now",
  button: "who asks soon after the board's button was pressed",
  first: "the first who asks",
  open: "anybody",
};

async function askClaims(flags: ProvisionFlags): Promise<void> {
  tell("", "Who may become the board's owner, and seek its data (1.1.0).");
  const choices = CLAIM_POLICIES.map((value) => ({ value, name: `${value}: ${POLICIES[value]}` }));
  flags.claims = await select({ message: "Claims:", choices, default: "none" as const }, TERMINAL);
  if (flags.claims !== "owners" || flags.owner) return;
  const about = "An address without a resource, or a domain: everybody there.";
  flags.owner = ownersOf(await askText("Owner", about, (text) => ownersOf(text)[0]));
}

async function askSamples(flags: ProvisionFlags): Promise<void> {
  if (flags.exposure === undefined) {
    tell("", "Where the sensor is; a report says so.");
    const choices = [...EXPOSURES, ""].map((value) => ({
      value,
      name: value || "it does not say",
    }));
    flags.exposure = await select({ message: "Exposure:", choices }, TERMINAL);
  }
  const about = "Seconds from one sample to the next.";
  flags.period ??= await askText("Period", about, numberFrom(1, 86400), "60");
}

async function askWifi(flags: ProvisionFlags): Promise<void> {
  if (flags.wifiSsid !== undefined) return;
  const ssid = await askPerhaps("Wi-Fi", "The network that the board joins, by its name.", ssidOf);
  if (ssid === undefined) return;
  flags.wifiSsid = ssid;
  flags.wifiPassword ||= await askPassword("Its password, empty if it is open", () => true);
}

function askLock(): Promise<boolean> {
  tell(
    "",
    "Whoever has the board's console reads its keys. Locked, it wants a password that is made now, and lies in the folder.",
  );
  return confirm({ message: "Lock the console?", default: true }, TERMINAL);
}

const SECRETS = ["--password", "--wifi-password", "--console-password"];

/** A secret may be a word by itself, or in one with its option. */
function withoutSecret(word: string, before = ""): string {
  if (SECRETS.includes(before)) return "…";
  const option = SECRETS.find((secret) => word.startsWith(`${secret}=`));
  return option === undefined ? quoted(word) : `${option}=…`;
}

/** What was typed, and the answers as options; secrets come from the environment. Exported for its test. */
export function commandFor(
  typed: readonly string[],
  given: ProvisionFlags,
  answered: ProvisionFlags,
): string {
  const secrets = {
    MICROSPIME_PASSWORD: answered.password !== given.password,
    MICROSPIME_WIFI_PASSWORD: !given.wifiPassword && answered.wifiPassword,
  };
  return [
    ...Object.entries(secrets).flatMap(([name, isNeeded]) => (isNeeded ? [`${name}=…`] : [])),
    "npx microspime provision",
    ...typed.map((word, at) => withoutSecret(word, typed[at - 1])),
    ...optionsOf(given, answered),
    "--no-input",
  ].join(" ");
}

function optionsOf(given: ProvisionFlags, answered: ProvisionFlags): string[] {
  const { xmpp, owner = [], exposure } = answered;
  const host = xmpp?.host.includes(":") ? `[${xmpp.host}]` : xmpp?.host;
  const options: [field: keyof ProvisionFlags, option: string, value?: string | number][] = [
    ["out", "--out", answered.out],
    ["board", "--board", answered.board],
    ["xmpp", "--xmpp", `${host}:${xmpp?.port}`],
    ["tls", "--tls"],
    ["jid", "--jid", answered.jid],
    ["register", "--register"],
    ["accountLater", "--account-later"],
    ["scopenode", "--scopenode", answered.scopenode],
    ["certifier", "--certifier", answered.certifier],
    ["certifyKeys", "--certify-keys", answered.certifyKeys],
    ["claims", "--claims", answered.claims],
    ...owner.map((one): [keyof ProvisionFlags, string, string] => ["owner", "--owner", one]),
    ...(exposure
      ? [["exposure", "--exposure", exposure] as [keyof ProvisionFlags, string, string]]
      : []),
    ["period", "--period", answered.period],
    ["wifiSsid", "--wifi-ssid", answered.wifiSsid],
    ["lock", "--lock"],
  ];
  return options
    .filter(([field]) => answered[field] && answered[field] !== given[field])
    .map(([, option, value]) =>
      value === undefined ? option : `${option} ${quoted(String(value))}`,
    );
}
