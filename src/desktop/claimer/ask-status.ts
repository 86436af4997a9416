// Asking a board how it is, as its owner or as the one whom its configuration names in `statusTo`: an iq get. Ours; no
// standard has it. docs/configuration.md has the answer.

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { ExitCode, Failure } from "../failure.js";
import { childElements, isNamed, textOf } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { checkSpime } from "./ask-spime.js";
import { explain, statusExplanations } from "./explanations.js";
import type { ClaimerAccount } from "./login.js";
import { withSession } from "./session.js";

export interface StatusOptions extends ClaimerAccount {
  /** Full JID. */
  readonly spime: string;
  readonly timeoutMs: number;
}

export interface BoardStatus {
  /** Full JID that was asked. */
  readonly spime: string;
  /** What it knows of itself, by the names of the wire. */
  readonly fields: Readonly<Record<string, string>>;
  /** Of samples that the ScopeNode will never take, oldest first: words `name=value`, `condition` being the reason. */
  readonly refused: readonly string[];
}

const STATUS = "urn:x-microspime:status";

/** Rejects with a `Failure` that says who refused and what to do. */
export async function askStatus(options: StatusOptions): Promise<BoardStatus> {
  const { spime, timeoutMs } = options;
  checkSpime(spime);
  const reply = await withSession(options, (session) =>
    session.ask(spime, statusQuestion(), timeoutMs, "get"),
  );
  if ("result" in reply) return statusIn(reply.result, spime);
  throw "error" in reply
    ? explain(spime, reply.error, statusExplanations)
    : failure(
        `${spime} has not answered in ${timeoutMs / 1000} s.`,
        "Try again: a board may have lost its connection without its server knowing. --wait waits longer.",
      );
}

export function statusQuestion(): Element {
  return xml("status", { xmlns: STATUS });
}

/** Rejects an answer of another kind. */
export function statusIn(iq: XmlElement, spime: string): BoardStatus {
  const status = childElements(iq).find((child) => isNamed(child, "status", STATUS));
  if (status === undefined) {
    throw failure(`${spime} has answered with something else.`, "--trace shows what came back.");
  }
  const fields: Record<string, string> = { ...(status.attrs as Record<string, string>) };
  delete fields["xmlns"];
  return { spime, fields, refused: textOf(status).split("\n").filter(Boolean) };
}

function failure(message: string, advice: string): Failure {
  return new Failure(ExitCode.notAcknowledged, message, advice);
}
