// Answers to claims, OpenSpime v0.9 section 1.1.0 and test/vectors/openspime/README.md: the claim key is made
// with the board's private key, so that anybody can open it with the certified public one. Who may claim is
// left to the board's configuration; `code` in a request, and <release/> in its place, are ours.

import { toBase64 } from "../bytes.js";
import type { ClaimsSettings } from "../configuration.js";
import { sealPieces } from "../crypto/rsa-blocks.js";
import { formatDate } from "../format.js";
import type { ByteString } from "../platform.js";
import type { Claims } from "../store/claims.js";
import { attribute, childOf, element, escapeText } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { bareJid, foldJid } from "../xmpp/jid.js";
import type { AnswerQuery } from "../xmpp/session.js";
import { BAD_REQUEST, BUSY, FORBIDDEN, INTERNAL_ERROR, ITEM_NOT_FOUND } from "./conditions.js";
import { inProtocol } from "./report.js";
import { envelope, secretText } from "./sealing.js";
import type { Security } from "./security.js";

export interface Claiming {
  /** The board's button was pressed. */
  onButton(): void;
  /** Answers a `<claim>` from `from`, signed by `signer`, or by nobody (""). */
  answer(claim: Element, signer: ByteString, from: ByteString, answer: AnswerQuery): void;
}

export interface ClaimingSurroundings {
  security: Security;
  settings: ClaimsSettings;
  claims: Claims;
  /** The board's own full JID. */
  jid: ByteString;
  /** Seconds since 1970; 0 while nobody knows. */
  nowS(): number;
  monotonicMs(): number;
}

/** Of an address: its claim key has four blocks of RSA-1024 at most. */
const MOST_BYTES = 256;
/** Requests may come that often, six at once: against guessing of codes, and against work. */
const REQUEST_MS = 10000;
const BURST_MS = 50000;
/** Who asks again so soon gets the same key: it takes the chip seconds to make. */
const SAME_KEY_S = 600;
const DAY_S = 86400;

export function createClaiming(around: ClaimingSurroundings): Claiming {
  const { security, settings, claims, nowS, monotonicMs } = around;
  let pressedMs = -Infinity;
  let paidUntilMs = 0;
  let lastFrom = "";
  let lastEndS = 0;
  let lastAnswer = "";

  function isTooOften(nowMs: number): boolean {
    const isRefused = paidUntilMs > nowMs + BURST_MS;
    if (!isRefused) paidUntilMs = Math.max(paidUntilMs, nowMs) + REQUEST_MS;
    return isRefused;
  }

  /** Whoever has a claim may renew it, but for a list of owners, which may have changed. */
  function mayClaim(owner: ByteString, code: string | undefined): boolean {
    const { policy, owners } = settings;
    if (policy === "owners") {
      return owners!.some((one) => [owner, owner.split("@")[1]].indexOf(foldJid(one)) >= 0);
    }
    return (
      policy === "open" ||
      (policy === "first" && !claims.count()) ||
      (policy === "button" && monotonicMs() - pressedMs < settings.windowS! * 1000) ||
      (policy === "code" && !!code && code === settings.code) ||
      (policy !== "none" && claims.isHeldBy(owner))
    );
  }

  function response(owner: ByteString, key: string): ByteString {
    const inside = element("response", element("claimkey", key), attribute("authorizes", owner));
    const claim = element("claim", inside, inProtocol("extension:claim"));
    return envelope(element("transport", claim));
  }

  function grant(from: ByteString, owner: ByteString, answer: AnswerQuery): void {
    const endS = nowS() + settings.days! * DAY_S;
    const isSame = lastFrom === from && endS - lastEndS < SAME_KEY_S;
    if (isSame && claims.isHeldBy(owner)) answer("", lastAnswer);
    else {
      const fields =
        element("osid", escapeText(from)) + element("expdate", formatDate(endS * 1000));
      const text = secretText("claimkey", fields);
      sealPieces(security.rsa, security.key, text, function (blocks) {
        lastFrom = from;
        lastEndS = endS;
        lastAnswer = response(owner, toBase64(blocks || ""));
        // Kept before it is told: a claim that the board forgets would be worth nothing to its policy.
        answer(!blocks ? INTERNAL_ERROR : claims.keep(owner, endS) ? "" : BUSY, lastAnswer);
      });
    }
  }

  return {
    onButton: function () {
      pressedMs = monotonicMs();
    },
    answer: function (claim, signer, from, answer) {
      const request = childOf(claim, "request");
      const asked = request || childOf(claim, "release");
      const claimed = asked && asked.attributes["claims"];
      const owner = foldJid(bareJid(from));
      if (!claimed || from.length > MOST_BYTES) answer(BAD_REQUEST);
      else if (foldJid(claimed) !== foldJid(around.jid)) answer(ITEM_NOT_FOUND);
      else if (isTooOften(monotonicMs())) answer(BUSY);
      else if (signer && foldJid(signer) !== foldJid(from)) answer(FORBIDDEN);
      else if (!(request ? mayClaim(owner, request.attributes["code"]) : claims.isHeldBy(owner))) {
        answer(FORBIDDEN);
      } else if (!request) answer(claims.release(owner) ? "" : INTERNAL_ERROR);
      // Without a clock nobody could say until when.
      else if (!nowS()) answer(INTERNAL_ERROR);
      else grant(from, owner, answer);
    },
  };
}
