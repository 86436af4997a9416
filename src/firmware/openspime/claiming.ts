// Answers to claims, OpenSpime v0.9 section 1.1.0 and test/vectors/openspime/README.md: the claim key is made
// with the board's private key, so that anybody can open it with the certified public one. Who may claim is
// left to the board's configuration; `code` in a request, and <release/> in its place, are ours.

import { toBase64 } from "../bytes.js";
import type { ClaimsSettings } from "../configuration.js";
import { sealPieces } from "../crypto/rsa-blocks.js";
import { formatDate } from "../time.js";
import type { ByteString } from "../platform.js";
import { claimList, claimOwners, keepClaim, MOST_CLAIMS, releaseClaim } from "../store/claims.js";
import type { ClaimList } from "../store/claims.js";
import type { SmallStore } from "../store/durable-file.js";
import { attribute, childOf, element, escapeText } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { bareJid, domainOf, foldJid } from "../xmpp/jid.js";
import type { AnswerQuery } from "../xmpp/session.js";
import { BAD_REQUEST, BUSY, FORBIDDEN, INTERNAL_ERROR, ITEM_NOT_FOUND } from "./conditions.js";
import { inProtocol } from "./report.js";
import { envelope, secretText } from "./sealing.js";
import type { Security } from "./security.js";

/** What lasts from one request to the next; `0` and "" at first. */
export interface ClaimingState {
  /** Until when the board's button counts as pressed, by the monotonic clock. */
  pressedUntilMs: number;
  /** The last claim that was granted: to whom, until when, and the answer. */
  lastFrom: ByteString;
  lastEndS: number;
  lastAnswer: ByteString;
}

/** Made for each request, and no longer kept: between claims they cost no memory. */
export interface ClaimingSurroundings {
  security: Security;
  store: SmallStore;
  /** Absent: nobody may. */
  settings: ClaimsSettings | undefined;
  /** The board's own full JID. */
  jid: ByteString;
  /** Seconds since 1970; 0 while nobody knows. */
  nowS: number;
  monotonicMs: number;
}

/** Of an address as XML: its claim key has four blocks of RSA-1024 at most. */
const MOST_BYTES = 256;
/** Who asks again so soon gets the same key: it takes the chip seconds to make. */
const SAME_KEY_S = 600;
const DAY_S = 86400;

/** By itself, so that while the chip works for seconds no more than this is kept. */
function grantClaim(
  { rsa, key }: Security,
  state: ClaimingState,
  list: ClaimList,
  from: ByteString,
  owner: ByteString,
  endS: number,
  answer: AnswerQuery,
): void {
  const fields = element("osid", escapeText(from)) + element("expdate", formatDate(endS * 1000));
  sealPieces(rsa, key, secretText("claimkey", fields), function (blocks) {
    // Kept before it is told: a claim that the board forgets would be worth nothing to its policy.
    const isKept = blocks && keepClaim(list, owner, endS);
    if (isKept) {
      state.lastFrom = from;
      state.lastEndS = endS;
      // One variable for all of it: where memory is short, five copies of a claim key are too many.
      let xml = element("claimkey", toBase64(blocks));
      xml = element("response", xml, attribute("authorizes", bareJid(from)));
      xml = element("claim", xml, inProtocol("extension:claim"));
      state.lastAnswer = envelope(element("transport", xml));
    }
    answer(isKept ? "" : INTERNAL_ERROR, state.lastAnswer);
  });
}

function ownerOf(from: ByteString): ByteString {
  return foldJid(bareJid(from));
}

function claimsOf({ security, store, nowS }: ClaimingSurroundings): ClaimList {
  return claimList(security.sha1, store, nowS);
}

/** Whether the configuration's list has the owner or his domain. */
function isListed(settings: ClaimsSettings | undefined, owner: ByteString): boolean {
  const listed = (settings && settings.owners) || [];
  return listed.some((one) => [owner, domainOf(owner)].indexOf(foldJid(one)) >= 0);
}

/** Whether who writes from there has claimed the board, or is on its list. */
export function isOwner(around: ClaimingSurroundings, from: ByteString): boolean {
  const owner = ownerOf(from);
  return claimOwners(claimsOf(around)).indexOf(owner) >= 0 || isListed(around.settings, owner);
}

/** Answers a `<claim>` from `from`, signed by `signer`, or by nobody (""). */
export function answerClaim(
  around: ClaimingSurroundings,
  state: ClaimingState,
  claim: Element,
  signer: ByteString,
  from: ByteString,
  answer: AnswerQuery,
): void {
  const { security, settings, nowS, monotonicMs } = around;
  const list = claimsOf(around);
  const owners = claimOwners(list);
  const request = childOf(claim, "request");
  const asked = request || childOf(claim, "release");
  const claimed = asked && asked.attributes["claims"];
  const owner = ownerOf(from);
  const hasClaim = owners.indexOf(owner) >= 0;
  const policy = settings ? settings.policy : "none";

  /** Whoever has a claim may renew it, but for a list of owners, which may have changed. */
  function mayClaim(code: string | undefined): boolean {
    if (policy === "owners") return isListed(settings, owner);
    return (
      policy === "open" ||
      (policy === "first" && !owners.length) ||
      (policy === "button" && monotonicMs < state.pressedUntilMs) ||
      (policy === "code" && !!code && code === settings!.code) ||
      (policy !== "none" && hasClaim)
    );
  }

  if (!claimed || escapeText(from).length > MOST_BYTES) answer(BAD_REQUEST);
  else if (foldJid(claimed) !== foldJid(around.jid)) answer(ITEM_NOT_FOUND);
  else if (
    (signer && foldJid(signer) !== foldJid(from)) ||
    !(request ? mayClaim(request.attributes["code"]) : hasClaim)
  ) {
    answer(FORBIDDEN);
  } else if (!request) answer(releaseClaim(list, owner) ? "" : INTERNAL_ERROR);
  // Without a clock nobody could say until when.
  else if (!nowS) answer(INTERNAL_ERROR);
  else if (!hasClaim && owners.length >= MOST_CLAIMS) answer(BUSY);
  else {
    const endS = nowS + settings!.days! * DAY_S;
    const isSame = state.lastFrom === from && endS - state.lastEndS < SAME_KEY_S;
    if (isSame && hasClaim) answer("", state.lastAnswer);
    else grantClaim(security, state, list, from, owner, endS, answer);
  }
}
