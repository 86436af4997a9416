// Giving a claim back: beside OpenSpime v0.9 section 1.1.0, which does not say how a claim ends; the element is
// in openspime/claim.ts.

import { releaseRequest } from "../openspime/claim.js";
import { askSpime, checkSpime } from "./ask-spime.js";
import type { SpimeRequest } from "./ask-spime.js";
import { releaseExplanations } from "./explanations.js";
import { withSession } from "./session.js";

/** Rejects with a `Failure` that says who refused and what to do. */
export async function releaseSpime(options: SpimeRequest): Promise<void> {
  const { spime } = options;
  checkSpime(spime);
  await withSession(options, (session) =>
    askSpime(session, options, releaseRequest(spime), releaseExplanations),
  );
}
