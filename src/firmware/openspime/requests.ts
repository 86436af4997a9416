// Requests of others: an iq of type set with an `<openspime>` in it, and what its envelope holds.

import type { ByteString } from "../platform.js";
import type { Element } from "../xml/element.js";
import type { AnswerQuery } from "../xmpp/session.js";
import type { Claiming } from "./claiming.js";
import { BUSY, UNKNOWN_CONTENT } from "./conditions.js";
import { openEnvelope } from "./opening.js";
import type { Security } from "./security.js";
import type { Turns } from "./turns.js";

/** False for what is no `<openspime>`. A board without `claiming`, which has no keys, can be claimed by nobody. */
export function answerRequest(
  turns: Turns,
  security: Security | undefined,
  claiming: Claiming | undefined,
  payload: Element,
  from: ByteString,
  answer: AnswerQuery,
): boolean {
  const isOurs = payload.name === "openspime";

  function open(done: () => void): void {
    function reply(error: string, result?: ByteString): void {
      done();
      answer(error, result);
    }

    openEnvelope(security, payload, from, function (content, signerOrError) {
      if (!content) reply(signerOrError);
      else if (claiming && content.name === "claim") {
        claiming.answer(content, signerOrError, from, reply);
      } else reply(UNKNOWN_CONTENT);
    });
  }

  if (isOurs && !turns.take(open)) answer(BUSY);
  return isOurs;
}
