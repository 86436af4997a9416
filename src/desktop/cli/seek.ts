// `microspime seek`: asking ScopeNodes for a spime's data, with a command line around it.

import { Command } from "commander";
import { MAX_ANSWERS, readClaim, seekSpime } from "../claimer/index.js";
import type { HeldClaim, SeekOptions, SeekOutcome } from "../claimer/index.js";
import { ExitCode, Failure, usageFailure } from "../failure.js";
import { isSameAddress } from "../openspime/address.js";
import type { AcceptedCertifier } from "../openspime/certifiers.js";
import { SEEK_NODE } from "../openspime/pubsub.js";
import { accountOf, withAccount } from "./account.js";
import { claimerDisplay } from "./claimer-display.js";
import type { ClaimerDisplay } from "./claimer-display.js";
import { interruption } from "./interruption.js";
import { addressOf, certifiersOf, countTo, fullJidOf, numberFrom } from "./parsers.js";
import { signingOf, withSigningOptions } from "./signing.js";
import type { SigningFlags } from "./signing.js";

interface SeekFlags extends SigningFlags {
  claimkey?: string;
  spimeCertifier?: string;
  pubsub: string;
  node: string;
  expires: number;
  plain?: boolean;
  wait: number;
  answers?: number;
  acceptCertifier?: AcceptedCertifier[];
}

const EXPIRES_S = 3600;
const WAIT_S = 30;
const YEAR_S = 31_536_000;

async function seek(spime: string | undefined, flags: SeekFlags): Promise<void> {
  const display = claimerDisplay(flags.json);
  const claim = await claimOf(spime, flags);
  const options = await optionsOf(claim, flags, display);
  const signal = interruption();
  const outcome = await seekSpime({ ...options, signal });
  display.onOutcome(outcome);
  if (!signal.aborted) demandAnswer(outcome, flags);
}

async function optionsOf(
  claim: HeldClaim | undefined,
  flags: SeekFlags,
  display: ClaimerDisplay,
): Promise<SeekOptions> {
  const { jid, pubsub, node, expires, plain = false, wait, answers, acceptCertifier } = flags;
  const signing = await signingOf(flags);
  if (signing === undefined) throw unsigned();
  const place = `${pubsub}, node ${node}`;
  return {
    ...accountOf(flags, display.onStanza),
    ...{ signing, pubsub, node, lifetimeMs: expires * 1000, waitMs: wait * 1000 },
    isEncryptionRequired: !plain,
    ...(claim && { claim }),
    ...(answers !== undefined && { wanted: answers }),
    ...(acceptCertifier && { acceptedCertifiers: acceptCertifier }),
    onPublished: (id) => display.onPublished(claim?.spime ?? jid, place, id),
    onAnswer: (answer) => display.onAnswer(answer),
  };
}

/** Without a claim file the account seeks itself. */
async function claimOf(
  spime: string | undefined,
  { claimkey, jid, spimeCertifier }: SeekFlags,
): Promise<HeldClaim | undefined> {
  if (claimkey === undefined) {
    if (spime === undefined || isSameAddress(spime, jid)) return undefined;
    const message = `${spime} is not you, and no claim of it is given.`;
    throw usageFailure(message, "Give the file that microspime claim wrote with --claimkey.");
  }
  const claim = await readClaim(claimkey);
  if (spime !== undefined && !isSameAddress(spime, claim.spime)) {
    throw usageFailure(
      `${claimkey} is a claim of ${claim.spime}, not of ${spime}.`,
      "Give that one's.",
    );
  }
  const certifier = spimeCertifier ?? claim.certifier;
  if (certifier !== undefined) return { ...claim, certifier };
  const message = `${claimkey} names no certification service that has the spime's key.`;
  throw usageFailure(message, "Name it with --spime-certifier.");
}

function unsigned(): Failure {
  const message = "A ScopeNode answers signed requests only, and --key is missing.";
  return usageFailure(message, "Give the PEM of your private key; microspime keygen makes one.");
}

function demandAnswer({ spime, answers }: SeekOutcome, { wait }: SeekFlags): void {
  if (answers.length > 0) return;
  const message = `No ScopeNode has answered for ${spime} in ${wait} s.`;
  const advice =
    "Those that have its data answer, if they believe the certification services (yours and the spime's).";
  throw new Failure(ExitCode.notAcknowledged, message, advice);
}

export function seekCommand(): Command {
  const command = new Command("seek")
    .argument("[spime]", "its full address, as it is in the claim file", fullJidOf)
    .summary("ask ScopeNodes for a spime's data")
    .description(
      "Publishes a signed request that ScopeNodes read, and prints the entries that they answer with. " +
        "For a spime that is yours it takes the file of microspime claim; without one you seek yourself.",
    );
  return withSigningOptions(
    withAccount(command)
      .requiredOption("--pubsub <address>", "the PubSub service that ScopeNodes read", addressOf)
      .option("--node <name>", "its node", SEEK_NODE)
      .option("--claimkey <file>", "the claim file")
      .option("--spime-certifier <address>", "who has the spime's key, if not as in it", addressOf)
      .option("--plain", "let them answer in the clear")
      .option("--expires <seconds>", "until when they may", numberFrom(1, YEAR_S), EXPIRES_S)
      .option("--wait <seconds>", "for their answers", numberFrom(1, 86400), WAIT_S)
      .option("--answers <count>", "end after that many", countTo(MAX_ANSWERS))
      .option(
        "--accept-certifier <address[=domains]>",
        "believe ScopeNodes that sign by it, if they are of these domains, with commas between; " +
          "may be given again (default: yours and the spime's)",
        certifiersOf,
      )
      .optionsGroup("Your key:"),
    "it signs the request and opens the answers",
  ).action(seek);
}
