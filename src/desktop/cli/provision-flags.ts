// The options of `microspime provision`.

import { Option } from "commander";
import type { Command } from "commander";
import { CLAIM_POLICIES } from "./configuration.js";
import type { ConfigurationFlags } from "./configuration.js";
import { DEFAULT_BITS } from "./keys.js";
import {
  addressOf,
  fingerprintOf,
  fullJidOf,
  hostAndPort,
  jidOf,
  keyBits,
  numberFrom,
  ownersOf,
  serviceAddressOf,
  ssidOf,
} from "./parsers.js";

export interface ProvisionFlags extends ConfigurationFlags {
  out?: string;
  bits?: number;
  board: string;
  key?: string;
  public?: string;
  certifyKeys?: string;
  lock?: boolean;
  consolePassword?: string;
  updateKey?: string;
  /** False after --no-input. */
  input: boolean;
  yes?: boolean;
}

export const EXPOSURES = ["outdoor", "indoor"];
const LOCATIONS = ["exact", "coarse", "none"];
const SUITES = ["rsa", "nacl"];
const WITHOUT_FIX = ["gap", "last-known"];

export function withKeyOptions(command: Command): Command {
  return command.option("--bits <number>", `of a new key (default: ${DEFAULT_BITS})`, keyBits);
}

export function withProvisionOptions(command: Command): Command {
  const files = withKeyOptions(
    command.option("-o, --out <folder>", "where the files go; made if it is missing"),
  )
    .option("--board <name>", "whose arithmetic the key file is for", "esp32")
    .option("--key <file>", "PEM of a private key to use instead of a new one")
    .option("--public <file>", "PEM that must be its public half")
    .option(
      "--certify-keys <folder>",
      "register the public key in a certification service's folder",
    )
    .option("--lock", "lock the board's console, with a new password")
    .addOption(
      // Without a parser, whose message would show the password.
      new Option("--console-password <text>", "lock the board's console, with this one").env(
        "MICROSPIME_CONSOLE_PASSWORD",
      ),
    )
    .option("--update-key <file>", "PEM of the public key of who may send it another program")
    .option("--no-input", "ask nothing, on a terminal either")
    .option("-y, --yes", "the same: what is not given is as it is when absent");
  return withConfiguration(files);
}

/** In the order of docs/configuration.md. */
function withConfiguration(command: Command): Command {
  return command
    .optionsGroup("The board's configuration:")
    .option("--xmpp <host:port>", "its XMPP server", hostAndPort)
    .option("--tls", "direct TLS (XEP-0368) instead of plain TCP")
    .option("--plain-to <host>", "the server's host again: a board without TLS may go there")
    .option("--jid <address>", "its full address", fullJidOf)
    .addOption(new Option("--password <text>", "its password").env("MICROSPIME_PASSWORD"))
    .option("--register", "make that account at the server first (XEP-0077)")
    .option("--account-later", "make a password, and print the commands that make the account")
    .option("--login-keys", "put keys made of the password into its place; logs in once for it")
    .option("--fingerprint <sha256>", "believe this certificate of the server's", fingerprintOf)
    .option("--scopenode <address>", "the ScopeNode that takes its reports", jidOf)
    .option(
      "--certifier <address>",
      "the certification service: reports are signed",
      serviceAddressOf,
    )
    .option("--no-sign", "encrypt only: anyone could have sent it")
    .option("--no-encrypt", "sign only: anyone on the way can read it")
    .addOption(
      new Option(
        "--suite <name>",
        "sign and encrypt so, where the ScopeNode can (default: rsa)",
      ).choices(SUITES),
    )
    .addOption(
      new Option("--claims <policy>", "who may claim the board (default: none)").choices(
        CLAIM_POLICIES,
      ),
    )
    .option("--owner <address>", "who may, with --claims owners; may be repeated", ownersOf)
    .option("--claim-days <days>", "how long a claim lasts (default: 365)", numberFrom(1, 36500))
    .option("--button-seconds <s>", "after a press, with --claims button", numberFrom(1, 3600))
    .option("--pubsub <address>", "where it seeks what is known about it", addressOf)
    .addOption(new Option("--exposure <where>", "of the sensor").choices(EXPOSURES))
    .option("--period <seconds>", "between samples (default: 60)", numberFrom(1, 86400))
    .addOption(
      new Option("--location <how>", "tell where it is (default: exact)").choices(LOCATIONS),
    )
    .addOption(
      new Option("--without-fix <what>", "a sample then (default: gap)").choices(WITHOUT_FIX),
    )
    .option("--least-ppm <ppm>", "less is no reading (default: 100)", numberFrom(0, 100_000))
    .option("--most-ppm <ppm>", "more is none (default: 40000)", numberFrom(0, 100_000))
    .option("--most-step-ppm <ppm>", "more is doubted (default: 1000)", numberFrom(0, 100_000))
    .option(
      "--co2-preheat <s>",
      "no CO2 value before (default: its datasheet's)",
      numberFrom(0, 3600),
    )
    .option("--wifi-ssid <name>", "the network to join", ssidOf)
    .addOption(
      new Option("--wifi-password <text>", "its password").env("MICROSPIME_WIFI_PASSWORD"),
    );
}
