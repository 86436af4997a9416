// `microspime claim` and `microspime release`: owning a spime, with a command line around it.

import { Command, Option } from "commander";
import { checkPlaceOf, claimFileOf, claimSpime, releaseSpime } from "../claimer/index.js";
import { writeClaim } from "../claimer/index.js";
import type { SpimeRequest } from "../claimer/index.js";
import { usageFailure } from "../failure.js";
import { accountOf, withAccount } from "./account.js";
import type { AccountFlags } from "./account.js";
import { claimerDisplay } from "./claimer-display.js";
import type { ClaimerDisplay } from "./claimer-display.js";
import { readPublic } from "./keys.js";
import { addressOf, fullJidOf, numberFrom } from "./parsers.js";
import { startProgress } from "./progress.js";
import { signingOf, withSigningOptions } from "./signing.js";
import type { SigningFlags } from "./signing.js";

interface RequestFlags extends SigningFlags {
  wait: number;
}

interface ClaimFlags extends RequestFlags {
  code?: string;
  spimeCertifier?: string;
  spimeKey?: string;
  out?: string;
}

const WAIT_S = 600;

async function claim(spime: string, flags: ClaimFlags): Promise<void> {
  const display = claimerDisplay(flags.json);
  const { code, out = claimFileOf(spime) } = flags;
  const source = await spimeKeyFrom(flags);
  const request = await requestOf(spime, flags, display);
  await checkPlaceOf(out, { spime, osid: flags.jid });
  const options = { ...request, ...source, ...(code && { code }) };
  const claimed = await waiting(spime, flags, () => claimSpime(options));
  await writeClaim(out, claimed);
  display.onClaimed(claimed, out);
}

async function release(spime: string, flags: RequestFlags): Promise<void> {
  const display = claimerDisplay(flags.json);
  const request = await requestOf(spime, flags, display);
  await waiting(spime, flags, () => releaseSpime(request));
  display.onReleased(spime);
}

async function requestOf(
  spime: string,
  flags: RequestFlags,
  display: ClaimerDisplay,
): Promise<SpimeRequest> {
  const account = accountOf(flags, (direction, xml) => display.onStanza(direction, blot(xml)));
  const signing = await signingOf(flags);
  return { ...account, spime, timeoutMs: flags.wait * 1000, ...(signing && { signing }) };
}

/** A pairing code is a secret. */
function blot(xml: string): string {
  return xml.replace(/( code=)("[^"]*"|'[^']*')/g, '$1"…"');
}

/** The certification service is noted in the claim file also where the key is given. */
async function spimeKeyFrom({ spimeKey, spimeCertifier }: ClaimFlags) {
  if (spimeKey === undefined && spimeCertifier === undefined) {
    const message =
      "A claim key opens with the spime's public key, and nobody is named who has it.";
    const advice = "Name its certification service with --spime-certifier, or give --spime-key.";
    throw usageFailure(message, advice);
  }
  return {
    ...(spimeCertifier !== undefined && { spimeCertifier }),
    ...(spimeKey !== undefined && { spimeKey: await readPublic(spimeKey) }),
  };
}

/** A trace is progress enough. */
export async function waiting<T>(
  spime: string,
  { trace }: AccountFlags,
  task: () => Promise<T>,
): Promise<T> {
  const stop = trace ? () => {} : startProgress(`Waiting for ${spime}`);
  try {
    return await task();
  } finally {
    stop();
  }
}

function spimeCommand(name: string): Command {
  const command = new Command(name).argument("<spime>", "its full address", fullJidOf);
  return withAccount(command).option(
    "--wait <seconds>",
    "for its answer, which takes a chip up to minutes",
    numberFrom(1, 86400),
    WAIT_S,
  );
}

export function claimCommand(): Command {
  const command = spimeCommand("claim")
    .summary("become the owner of a spime")
    .description(
      "Asks a spime for a claim key, checks it and keeps it in a file, readable by you alone: with it " +
        "microspime seek asks ScopeNodes for the spime's data.",
    )
    .addOption(
      new Option("--code <text>", "the pairing code, if it wants one").env("MICROSPIME_CODE"),
    )
    .option("-o, --out <file>", "the claim file (default: NAME.claim.json, as the spime's name is)")
    .optionsGroup("The spime's public key:")
    .option("--spime-certifier <address>", "the certification service that has it", addressOf)
    .option("--spime-key <file>", "PEM of it")
    .optionsGroup("To sign the request:");
  return withSigningOptions(command, "it signs the request").action(claim);
}

export function releaseCommand(): Command {
  const command = spimeCommand("release")
    .summary("give a claim back")
    .description("Tells a spime that you do not own it any more.")
    .optionsGroup("To sign the request:");
  return withSigningOptions(command, "it signs the request").action(release);
}
