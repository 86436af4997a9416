// The owner's key and the certification service that tells its public half, as options.

import { Option } from "commander";
import type { Command } from "commander";
import type { KeyObject } from "node:crypto";
import { serviceOf } from "../connecting.js";
import type { CertifierLogin } from "../certification/joining.js";
import type { Signing } from "../claimer/index.js";
import { usageFailure } from "../failure.js";
import type { AccountFlags } from "./account.js";
import { readPrivate, warnOfWeakness } from "./keys.js";
import { addressOf, jidOf } from "./parsers.js";

export interface SigningFlags extends AccountFlags {
  key?: string;
  certifier?: string;
  certifierJid?: string;
  certifierPassword?: string;
}

export function withSigningOptions(command: Command, purpose: string): Command {
  return command
    .option("--key <file>", `PEM of your private key: ${purpose}`)
    .option(
      "--certifier <address>",
      "the certification service that has its public half",
      addressOf,
    )
    .option("--certifier-jid <address>", "an account to run one with meanwhile, instead", jidOf)
    .addOption(
      new Option("--certifier-password <text>", "its password").env("MICROSPIME_CERT_PASSWORD"),
    );
}

/** Undefined where none of the options is given. */
export async function signingOf(flags: SigningFlags): Promise<Signing | undefined> {
  const { key: path, certifier, certifierJid } = flags;
  if (path === undefined && certifier === undefined && certifierJid === undefined) return undefined;
  if (path === undefined) {
    const option = certifier === undefined ? "--certifier-jid" : "--certifier";
    throw usageFailure(
      `${option} is about a key, and --key is missing.`,
      "Give the PEM with --key.",
    );
  }
  const from = certifierOf(flags);
  return { key: await readKey(path), certifier: from };
}

async function readKey(path: string): Promise<KeyObject> {
  const key = await readPrivate(path);
  warnOfWeakness(key);
  return key;
}

function certifierOf(flags: SigningFlags): string | CertifierLogin {
  const { certifier, certifierJid: jid, certifierPassword: password } = flags;
  if (certifier !== undefined && jid !== undefined) {
    const advice = "Leave --certifier out to run one, --certifier-jid to use one.";
    throw usageFailure("There can be one certification service only.", advice);
  }
  if (certifier !== undefined) return certifier;
  if (jid === undefined) {
    const message =
      "--key signs, and no certification service is named that tells its public half.";
    throw usageFailure(message, "Name one with --certifier, or run one with --certifier-jid.");
  }
  if (password)
    return { service: serviceOf(flags.xmpp.host, flags.xmpp.port, flags.tls), jid, password };
  const message = "--certifier-password (or MICROSPIME_CERT_PASSWORD) is needed.";
  throw usageFailure(message, `It is that of ${jid}.`);
}
