// Seeking a spime, OpenSpime v0.9 section 1.2.1 (an authorized claimer, with a claim key) and 1.2.0 (a spime
// seeks itself): a signed request to a PubSub node, answers by message from the ScopeNodes that have data.

import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { ExitCode, Failure, usageFailure } from "../failure.js";
import { isSameAddress } from "../openspime/address.js";
import { checkCertifiers } from "../openspime/certifiers.js";
import type { AcceptedCertifier } from "../openspime/certifiers.js";
import { KeyRing } from "../openspime/key-ring.js";
import type { Security } from "../openspime/opening.js";
import { publishQuery, SEEK_NODE } from "../openspime/pubsub.js";
import { seekRequest } from "../openspime/seek.js";
import { Answers } from "./answers.js";
import type { IgnoredCounts } from "./answers.js";
import { explain, publishExplanations } from "./explanations.js";
import type { ClaimerAccount } from "./login.js";
import type { SeekAnswer } from "./read-answer.js";
import { envelopeOf } from "./request.js";
import type { ShownClaim } from "./request.js";
import { withSession } from "./session.js";
import type { Session } from "./session.js";
import { withSigner } from "./signer.js";
import type { Signer, Signing } from "./signer.js";

/** A claim that is shown, and to whom it was given. */
export interface HeldClaim extends ShownClaim {
  /** Full JID that it authorizes. */
  readonly osid: string;
  readonly expiresAt: Date;
}

export interface SeekOptions extends ClaimerAccount {
  /** The key also decrypts the answers. */
  readonly signing: Signing;
  /** Of the sought spime; without it the account seeks itself. */
  readonly claim?: HeldClaim;
  /** The PubSub service, and its node: default `spimeseek`. */
  readonly pubsub: string;
  readonly node?: string;
  /** ScopeNodes answer until then; default an hour. */
  readonly lifetimeMs?: number;
  /** Default true: answers in the clear are ignored. */
  readonly isEncryptionRequired?: boolean;
  /** How long answers are waited for, once the request is published; default 30 s. */
  readonly waitMs?: number;
  /** With so many it is over earlier; default, and at most, 100. */
  readonly wanted?: number;
  /** Believed, and about whom, if an answer is signed; default the services of the owner and of the claim. */
  readonly acceptedCertifiers?: readonly AcceptedCertifier[];
  /** Called with the id of the request. */
  readonly onPublished?: (id: string) => void;
  readonly onAnswer?: (answer: SeekAnswer) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

export interface SeekOutcome {
  /** Full JID of who was sought. */
  readonly spime: string;
  /** Of the request. */
  readonly id: string;
  /** In the order in which they came; none is no failure. */
  readonly answers: readonly SeekAnswer[];
  readonly ignored: IgnoredCounts;
}

const LIFETIME_MS = 3_600_000;
const WAIT_MS = 30_000;
export const MAX_ANSWERS = 100;
const PUBLISH_TIMEOUT_MS = 30_000;

/** Rejects with a `Failure` if the request cannot be published, or the claim is not for this account. */
export async function seekSpime(options: SeekOptions): Promise<SeekOutcome> {
  const { signing, wanted = MAX_ANSWERS, acceptedCertifiers = [] } = options;
  if (!(wanted >= 1 && wanted <= MAX_ANSWERS)) throw new RangeError("wanted: not from 1 to 100");
  checkCertifiers("acceptedCertifiers", acceptedCertifiers);
  return withSession(options, (session) => {
    checkClaim(session.jid, options);
    return withSigner(signing, session, options, (signer) => seek(session, signer, options));
  });
}

/** What every ScopeNode would refuse, without a word (section 1.2.1). */
function checkClaim(me: string, { claim, now = () => new Date() }: SeekOptions): void {
  if (claim === undefined) return;
  const { spime, osid, expiresAt } = claim;
  if (!isSameAddress(osid, me)) {
    const message = `The claim of ${spime} is for ${osid}, and this is ${me}.`;
    throw usageFailure(message, `Give --jid ${osid}, or claim it as ${me}.`);
  }
  if (expiresAt > now()) return;
  const message = `The claim of ${spime} expired at ${expiresAt.toISOString()}.`;
  throw usageFailure(message, "Claim it again with microspime claim.");
}

async function seek(session: Session, signer: Signer, options: SeekOptions): Promise<SeekOutcome> {
  const id = randomBytes(8).toString("hex");
  const { claim, isEncryptionRequired = true, wanted = MAX_ANSWERS, onAnswer } = options;
  const security = securityOf(session, signer, options);
  const expected = { requestId: id, isEncryptionRequired, security };
  const answers = new Answers({ ...expected, wanted, ...(onAnswer && { onAnswer }) });
  // From the start: an answer may come before the service says that it has the request.
  session.onMessage((message) => answers.take(message));
  await publish(session, signer, id, options);
  options.onPublished?.(id);
  await untilOver(session, answers, options);
  const { taken, ignored } = answers;
  return { spime: claim?.spime ?? session.jid, id, answers: taken, ignored };
}

function securityOf(session: Session, signer: Signer, options: SeekOptions): Security {
  const { acceptedCertifiers, claim } = options;
  const known = [signer.certifier, ...(claim ? [claim.certifier] : [])];
  const keys = new KeyRing({
    fetchKey: (certifier, osid) => session.fetchKey(certifier, osid),
    nowMs: () => performance.now(),
  });
  const verification = { certifiers: acceptedCertifiers ?? known, keys };
  return { privateKey: signer.key, verification };
}

async function publish(session: Session, signer: Signer, id: string, options: SeekOptions) {
  const { claim, pubsub, node = SEEK_NODE, lifetimeMs = LIFETIME_MS, now } = options;
  const { isEncryptionRequired = true } = options;
  const expiresAt = new Date((now?.() ?? new Date()).getTime() + lifetimeMs);
  const spimeId = claim?.spime ?? session.jid;
  const request = seekRequest({ id, spimeId, expiresAt, isEncryptionRequired });
  const item = publishQuery(node, newItemId(), envelopeOf(request, signer, claim));
  const reply = await session.ask(pubsub, item, PUBLISH_TIMEOUT_MS);
  if ("error" in reply) throw explain(`${pubsub} (node ${node})`, reply.error, publishExplanations);
  if ("silence" in reply) throw silent(pubsub);
}

/** As long as the document's. */
function newItemId(): string {
  return randomBytes(11).toString("hex");
}

function silent(pubsub: string): Failure {
  const message = `${pubsub} has not answered in ${PUBLISH_TIMEOUT_MS / 1000} s.`;
  return new Failure(ExitCode.network, message, "Check --pubsub, and that it is a PubSub service.");
}

/** Enough answers, the time is up, or whoever waits has enough. */
async function untilOver(
  session: Session,
  { complete }: Answers,
  { waitMs = WAIT_MS, signal }: SeekOptions,
): Promise<void> {
  const end = new AbortController();
  const ends = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  // Ended early there is nothing wrong.
  const time = delay(waitMs, undefined, { signal: ends }).catch(() => {});
  try {
    await Promise.race([complete, time, session.lost]);
  } finally {
    end.abort();
  }
}
