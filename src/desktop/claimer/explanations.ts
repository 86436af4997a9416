// Errors of the wire (RFC 6120 section 8.3.3 and OpenSpime's own) in a person's words.

import { Busy, ExitCode, Failure } from "../failure.js";
import { childElements } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { conditionsOf } from "../scopenode/questions.js";

/** By condition: what is said of who refused, and what to do. The first that is there counts. */
export type Explanations = Readonly<Record<string, Explanation>>;
type Explanation = readonly [said: string, advice: string, exitCode?: ExitCode];

/** What any spime may say to a signature. */
const signatures: Explanations = {
  "signature-error-invalid-cert-auth": [
    "does not accept the certification service that tells your key.",
    "Give one on its list with --certifier, or leave --key out.",
  ],
  "signature-error-public-key-corrupted": [
    "finds that your signature does not verify.",
    "The certification service must have the public half of --key, for your full address.",
  ],
  "no-available-public-key": [
    "was told no key of yours by the certification service.",
    "Register the public half of --key there, for your full address.",
  ],
  "signature-not-enabled": ["cannot verify signatures.", "Leave --key out."],
};

const nobody: Explanation = [
  "is not there.",
  "Is it switched on and logged in? It takes its full address, resource included.",
];

/** Nobody there: the server answers for it. Prosody says not-allowed if it talks to no other server. */
const absence: Explanations = {
  "not-allowed": [
    "cannot be reached from your server, or is not to be asked by you.",
    "Check the address; and does your server connect to other domains (s2s)?",
  ],
  "service-unavailable": nobody,
  "recipient-unavailable": nobody,
  "remote-server-not-found": nobody,
  "remote-server-timeout": nobody,
};

export const claimExplanations: Explanations = {
  ...signatures,
  forbidden: [
    "does not let you claim it.",
    "Its configuration says who may: certain owners, who presses its button, or who has its --code.",
  ],
  "item-not-found": [
    "says that it is another spime.",
    "Check the address, resource included: it must be the one that it logs in with.",
  ],
  "resource-constraint": ["is busy, or has had too many requests.", "Try again in a few minutes."],
  "bad-request": ["does not understand the claim.", "--trace shows what was sent."],
  "feature-not-implemented": ["cannot be claimed.", "Is it a spime, with a firmware that can?"],
  ...absence,
};

export const releaseExplanations: Explanations = {
  ...claimExplanations,
  forbidden: [
    "does not let you release it.",
    "Whoever has claimed it can, logged in as the same account.",
  ],
  "item-not-found": [
    "has no claim of yours, or is another spime.",
    "Check the addresses, resources included: yours must be the one that you claimed with.",
  ],
  "bad-request": ["does not understand the release.", "--trace shows what was sent."],
};

const untold: Explanation = [
  "is not online, or its firmware is too old to tell.",
  "Is it switched on and logged in? It takes its full address, resource included.",
];

export const statusExplanations: Explanations = {
  forbidden: [
    "tells its status to its owners only.",
    "Claim it first (microspime claim), or name your --jid as statusTo in its configuration.",
  ],
  ...absence,
  "item-not-found": untold,
  "service-unavailable": untold,
  "feature-not-implemented": untold,
};

const noService: Explanation = [
  "is no PubSub service that can be reached.",
  "Name the one that ScopeNodes subscribe to with --pubsub.",
  ExitCode.network,
];

export const publishExplanations: Explanations = {
  forbidden: [
    "does not let you publish there.",
    "Its node must let anybody publish, or you: ask who runs it.",
  ],
  "item-not-found": ["has no such node.", "Name the one that ScopeNodes subscribe to with --node."],
  "service-unavailable": noService,
  "feature-not-implemented": noService,
  "not-allowed": noService,
  "remote-server-not-found": noService,
  "remote-server-timeout": noService,
};

/** Of an iq of type error. */
export function explain(who: string, iq: XmlElement, explanations: Explanations): Failure {
  const conditions = conditionsOf(iq);
  const known = Object.keys(explanations).find((name) => conditions.includes(name));
  if (known === undefined) return unexplained(who, iq, conditions);
  const [said, advice, exitCode = ExitCode.notAcknowledged] = explanations[known];
  const Kind = known === "resource-constraint" ? Busy : Failure;
  return new Kind(exitCode, `${who} ${said}`, advice);
}

function unexplained(who: string, iq: XmlElement, conditions: string[]): Failure {
  const errors = childElements(iq).filter(({ name }) => name === "error");
  const isPassing = errors.some(({ attrs }) => attrs.type === "wait");
  const names = conditions.filter((name) => name !== "text").join(", ") || "no reason given";
  return new Failure(
    ExitCode.notAcknowledged,
    `${who} refuses (${names}).`,
    isPassing ? "Try again later." : "--trace shows what was sent and what came back.",
  );
}
