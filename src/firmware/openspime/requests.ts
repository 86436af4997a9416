// Requests of others: an iq of type set with an <openspime> in it. One envelope is opened at a time,
// since that can take a chip many seconds. No content is known yet: each is answered with an error.

import type { RequestHandler } from "../xmpp/session.js";
import { BUSY, UNKNOWN_CONTENT } from "./conditions.js";
import { openEnvelope } from "./opening.js";
import type { Security } from "./security.js";

/** `security` is nothing on a board that reports in the clear. */
export function createRequestHandler(security: Security | undefined): RequestHandler {
  let isOpening = false;
  return function (payload, from, answer) {
    const isOurs = payload.name === "openspime";
    if (isOurs && isOpening) answer(BUSY);
    else if (isOurs) {
      isOpening = true;
      openEnvelope(security, payload, from, function (content, signerOrError) {
        isOpening = false;
        answer(content ? UNKNOWN_CONTENT : signerOrError);
      });
    }
    return isOurs;
  };
}
