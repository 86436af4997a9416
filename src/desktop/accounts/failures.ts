// Why an account cannot be registered or logged in, in a person's words, and what to do about it.

import { connectionAdvice, connectionReason } from "../connecting.js";
import { ExitCode, Failure } from "../failure.js";
import type { AccountPlace } from "./early-stream.js";
import { parseAddress } from "../openspime/address.js";
import { LoginRefused } from "./log-in.js";
import { MoreDemanded, OpenLine, RegistrationRefused, Undecided } from "./register.js";
import type { RegistrationForm } from "./registration-form.js";
import { SaltChanged, ScramFault } from "./scram.js";

/** Without advice: its operator has to make the account. */
type Explanation = readonly [said: string, advice?: string];

const ELSEWHERE = "register it by the server's own means (its web page, or its operator)";

const notOffered: Explanation = ["the server offers no registration"];

/** By condition, XEP-0077 section 3.1.2 and what servers answer besides. */
const REFUSALS: Readonly<Record<string, Explanation>> = {
  conflict: [
    "the account is there already",
    "Leave --register out and give its password, or choose another --jid.",
  ],
  "not-acceptable": [
    "the server does not accept name or password",
    "Choose another --jid, or a password of your own with MICROSPIME_PASSWORD.",
  ],
  "not-allowed": notOffered,
  "not-offered": notOffered,
  forbidden: notOffered,
  "service-unavailable": notOffered,
  "feature-not-implemented": notOffered,
  "policy-violation": [
    "the server does not register over this connection",
    "It may want TLS, or has seen too many registrations from here: use --tls, or wait.",
  ],
  "resource-constraint": ["the server takes no more accounts for now", "Try again in an hour."],
};

/** A failure after which there may be an account all the same. */
export class PerhapsRegistered extends Failure {}

export function registrationFailure({ jid }: AccountPlace, where: string, error: unknown): Failure {
  const [said, advice = operatorAdvice(jid)] = explanationOf(error);
  if (error instanceof Undecided) {
    const undecided = `Whether ${jid} is registered at ${where} is not known: ${said}.`;
    return new PerhapsRegistered(ExitCode.network, undecided, "");
  }
  const message = `${jid} cannot be registered at ${where}: ${said}.`;
  return new Failure(exitCodeOf(error), message, advice);
}

/** Servers have a command for it; the third way is a password of ours, for either. */
function operatorAdvice(jid: string): string {
  const { local, domain } = parseAddress(jid);
  return (
    `Ask its operator for prosodyctl adduser ${local}@${domain}, or ejabberdctl register ${local} ${domain} PASSWORD, ` +
    "and give that password instead of --register; with --account-later this makes one, and prints the commands."
  );
}

export function loginFailure({ jid }: AccountPlace, where: string, error: unknown): Failure {
  const [said, advice = ""] = explanationOf(error);
  return new Failure(exitCodeOf(error), `${jid} cannot log in at ${where}: ${said}.`, advice);
}

function exitCodeOf(error: unknown): ExitCode {
  const ofAccounts = [LoginRefused, RegistrationRefused, MoreDemanded, OpenLine, ScramFault];
  const isRefused = ofAccounts.some((kind) => error instanceof kind);
  return isRefused ? ExitCode.loginRefused : ExitCode.network;
}

function explanationOf(error: unknown): Explanation {
  if (error instanceof RegistrationRefused) return refusal(error);
  if (error instanceof MoreDemanded) return demanded(error.form);
  if (error instanceof OpenLine) {
    const said = "the server offers no TLS, and the password would go over an open line";
    return [said, "Use --tls and its port for direct TLS, or have it offer STARTTLS."];
  }
  if (error instanceof LoginRefused) {
    return [error.message.replace("the server", "it"), "Check --jid and its password."];
  }
  if (error instanceof SaltChanged) return saltChanged;
  if (error instanceof ScramFault) {
    return [error.message, "It may not be the server you mean; the password was not told to it."];
  }
  return [shortened(connectionReason(error)), connectionAdvice(error)];
}

const saltChanged: Explanation = [
  "the server has another salt at each login, and keys hold for one only",
  'Leave --login-keys out; or let it keep hashes (Prosody: authentication = "internal_hashed").',
];

function refusal({ condition, said }: RegistrationRefused): Explanation {
  const known = REFUSALS[condition];
  const quoted = said && ` ("${shortened(said)}")`;
  if (known) return [`${known[0]}${quoted}`, known[1]];
  const advice = `Ask its operator, or ${ELSEWHERE} and leave --register out.`;
  return [`the server refuses (${condition})${quoted}`, advice];
}

function demanded({ demands, url }: RegistrationForm): Explanation {
  const list = demands.slice(0, MAX_DEMANDS).map(shortened).join(", ");
  const said = list
    ? `the server demands more than a password: ${list}`
    : "the server registers elsewhere";
  const place = url === undefined ? ELSEWHERE : `register it at ${shortened(url)}`;
  return [said, `Leave --register out, ${place}, and give its password.`];
}

const MAX_DEMANDS = 10;
const MAX_CHARACTERS = 200;

/** Others' words: one line, not too long, nothing that would move a cursor. */
function shortened(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS)}…`;
}
