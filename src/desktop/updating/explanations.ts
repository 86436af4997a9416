// Why a board does not take a program, in a person's words: docs/update.md has the conditions.

import type { Explanations } from "../claimer/explanations.js";

export const updateExplanations: Explanations = {
  forbidden: [
    "takes no program from you.",
    "It must be yours (microspime claim), and have the key of who may sign in microspime.update (docs/update.md).",
  ],
  "not-authorized": [
    "finds that the signature is not by the key that it has in microspime.update.",
    "Sign with that one's private half (microspime sign-update).",
  ],
  "not-acceptable": [
    "is of another kind than the program.",
    "Build and sign the one for its kind of board.",
  ],
  "not-allowed": [
    "runs a newer version, or cannot be reached from your server.",
    "Its configuration's updates.downgrade lets it take older ones.",
  ],
  "policy-violation": [
    "has no room for another program: old ones are still in its flash.",
    "Clear its flash over a cable: microspime flash --compact.",
  ],
  "internal-server-error": [
    "cannot write its flash.",
    "Try again; if it stays so, write it over a cable (microspime flash).",
  ],
  "feature-not-implemented": [
    "has no loader: it cannot have another program sent.",
    "microspime flash puts it there.",
  ],
  "bad-request": ["does not understand this.", "--trace shows what was sent."],
};
