// Claiming a spime, OpenSpime v0.9 section 1.1.0. A claim key is believed if it opens with the public key that
// a certification service has for the spime: nobody else can have made it.

import type { KeyObject } from "node:crypto";
import { ExitCode, Failure } from "../failure.js";
import { foldAddress, formatAddress, isSameAddress, parseAddress } from "../openspime/address.js";
import { claimRequest, parseClaimResponse } from "../openspime/claim.js";
import type { ClaimResponse } from "../openspime/claim.js";
import { clip } from "../openspime/conditions.js";
import { openClaimKey } from "../openspime/claim-key.js";
import { childElements, isOpenSpime } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { abilitiesOf, openEnvelope } from "../openspime/opening.js";
import type { Security } from "../openspime/opening.js";
import { parseEnvelope } from "../openspime/envelope.js";
import { CORE } from "../openspime/namespaces.js";
import { askSpime, checkSpime } from "./ask-spime.js";
import type { SpimeRequest } from "./ask-spime.js";
import { claimExplanations } from "./explanations.js";
import { withSession } from "./session.js";
import { checkSource, spimeKeyOf } from "./spime-key.js";
import type { SpimeKeySource } from "./spime-key.js";

/** One of spimeKey and spimeCertifier is needed. */
export interface ClaimOptions extends SpimeRequest, SpimeKeySource {
  /** The pairing code that a board may want. */
  readonly code?: string;
  readonly now?: () => Date;
}

export interface Claim {
  /** Full JID, folded. */
  readonly spime: string;
  /** Full JID that is authorized, as the spime's server showed it. */
  readonly osid: string;
  /** Its bare JID. */
  readonly authorizes: string;
  readonly expiresAt: Date;
  /** Address of the certification service that has the spime's key, where one is known. */
  readonly certifier?: string;
  /** Base64. */
  readonly claimKey: string;
}

/** Rejects with a `Failure` that says who refused and what to do. */
export async function claimSpime(options: ClaimOptions): Promise<Claim> {
  const { spime, code, now = () => new Date() } = options;
  checkSpime(spime);
  checkSource(options);
  return withSession(options, async (session) => {
    // First: a claim that cannot be checked is better not made.
    const key = await spimeKeyOf(session, options);
    const result = await askSpime(session, options, claimRequest(spime, code), claimExplanations);
    const response = await responseIn(result, spime, options.signing?.key);
    return checked(response, key, { ...options, me: session.jid, now: now() });
  });
}

/** A signature on it proves nothing that the claim key does not: there need not be one, and it is not read. */
async function responseIn(
  iq: XmlElement,
  spime: string,
  privateKey: KeyObject | undefined,
): Promise<ClaimResponse> {
  const payload = await payloadIn(iq, spime, { ...(privateKey && { privateKey }) });
  const response = payload && parseClaimResponse(payload);
  if (response) return response;
  const message = `${spime} has answered the claim with something else.`;
  throw new Failure(ExitCode.notAcknowledged, message, "--trace shows what came back.");
}

async function payloadIn(iq: XmlElement, from: string, security: Security) {
  const [openspime] = childElements(iq).filter((child) => isOpenSpime(child, "openspime", CORE));
  const abilities = { ...abilitiesOf(security), verifies: true };
  const envelope = openspime && parseEnvelope(openspime, abilities);
  if (envelope === undefined || "fault" in envelope) return undefined;
  const { content } = envelope.value;
  const opened = await openEnvelope({ content }, from, security);
  return "value" in opened ? opened.value.payload : undefined;
}

interface Expected {
  readonly spime: string;
  readonly spimeCertifier?: string;
  /** Full JID that asked. */
  readonly me: string;
  readonly now: Date;
}

function checked({ authorizes, claimKey }: ClaimResponse, key: KeyObject, expected: Expected) {
  const { spime, spimeCertifier, me, now } = expected;
  const opened = openClaimKey(claimKey, key);
  if (opened === undefined) throw unopened(spime);
  const { osid, expiresAt } = opened;
  if (!isSameAddress(osid, me)) throw wrong(spime, `authorizes ${clip(osid)}, not ${me}`);
  if (!(expiresAt > now)) throw wrong(spime, `expired at ${expiresAt.toISOString()}`);
  const bare = formatAddress({ ...parseAddress(me), resource: "" });
  if (!isSameAddress(authorizes, bare)) {
    throw wrong(spime, `comes with an authorization of ${clip(authorizes)}, not ${bare}`);
  }
  const claim = { spime: foldAddress(spime), osid, authorizes, expiresAt };
  return { ...claim, ...(spimeCertifier && { certifier: spimeCertifier }), claimKey };
}

function unopened(spime: string): Failure {
  const message = `The claim key of ${spime} does not open with the spime's public key.`;
  const advice =
    "Its certification service may have an old key: check --spime-certifier, --spime-key.";
  return new Failure(ExitCode.notAcknowledged, message, advice);
}

function wrong(spime: string, what: string): Failure {
  const message = `The claim key of ${spime} ${what}.`;
  const advice = "It is not kept. Check the clocks of spime and machine, and --jid.";
  return new Failure(ExitCode.notAcknowledged, message, advice);
}
