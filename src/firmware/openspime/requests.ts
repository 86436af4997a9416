// Requests of others: an iq of type set with an `<openspime>` in it, and what its envelope holds.

import type { ByteString } from "../platform.js";
import { ending, Payer } from "../turns.js";
import type { Turns } from "../turns.js";
import type { Element } from "../xml/element.js";
import type { AnswerQuery } from "../xmpp/session.js";
import { answerClaim, isOwner } from "./claiming.js";
import type { ClaimingState, ClaimingSurroundings } from "./claiming.js";
import { BUSY, UNKNOWN_CONTENT } from "./conditions.js";
import { openEnvelope } from "./opening.js";

/** Answers it in its turn. Without `claiming` the board has no keys: nobody can claim it. */
export function answerRequest(
  turns: Turns,
  claiming: ClaimingSurroundings | undefined,
  state: ClaimingState,
  payload: Element,
  from: ByteString,
  answer: AnswerQuery,
): void {
  const payer = claiming && isOwner(claiming, from) ? Payer.Owner : Payer.Stranger;
  const isInLine = turns.takeFor(payer, function (done) {
    const reply: AnswerQuery = ending(done, answer);
    openEnvelope(claiming && claiming.security, payload, from, function (content, signerOrError) {
      if (!content) reply(signerOrError);
      else if (claiming && content.name === "claim") {
        answerClaim(claiming, state, content, signerOrError, from, reply);
      } else reply(UNKNOWN_CONTENT);
    });
  });
  if (!isInLine) answer(BUSY);
}
