// The login of a client stream (RFC 6120 sections 6 and 7), from the first features to the bound resource, or to
// the session that goes on (XEP-0198): SCRAM, restart, resumption or resource binding. PLAIN is not implemented, so that no server can ask for the password.
// Once online nothing of this is needed any more, and its memory is free for others.

import type { Account } from "../configuration.js";
import type { Hash } from "../crypto/hash.js";
import type { Entropy } from "../crypto/random.js";
import { fromBase64, toBase64 } from "../bytes.js";
import type { ByteString } from "../platform.js";
import { attribute, childOf, element, escapeText, textOf } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { bareJid } from "./jid.js";
import { MANAGEMENT, qualified } from "./namespaces.js";
import { answerScram, firstMessage, isProof, mechanismOf } from "./scram.js";
import type { Stream } from "./stream.js";

/** What the server has to know so that a session goes on over another stream (XEP-0198). */
export interface Resumption {
  /** "" when it cannot. */
  id: string;
  /** Stanzas that came in it. */
  received: number;
}

/** It may do better when somebody has changed something. */
const REFUSED_RETRY_MS = 300000;
/** A wrong password is no better in an hour, but who keeps trying it looks like who guesses it. */
const WRONG_PASSWORD_RETRY_MS = 3600000;

const enum State {
  /** Features with the login mechanisms expected. */
  Greeting,
  /** Client's first SCRAM message sent. */
  Challenging,
  /** Proof sent, the server's expected. */
  Proving,
  /** Header sent again, features with bind expected. */
  Restarting,
  Binding,
  Resuming,
}

/** The names of what an error holds: its condition, and that of the application if there is one. */
export function conditionsOf(error: Element | undefined): string {
  return error ? error.children.map((child) => child.name).join("+") : "none";
}

export interface LoginSurroundings {
  entropy: Entropy;
  /** Preferred first. */
  hashes: Hash[];
}

/**
 * Logged in; `jid` is the full JID as the server writes it. "": the session before goes on, of which the server
 * has `handled` stanzas of ours.
 */
export type BoundHandler = (jid: ByteString, handled: number) => void;

/** Takes the stanzas of a stream until it is online. */
export function createLogin(
  around: LoginSurroundings,
  account: Account,
  resumption: Resumption,
  stream: Stream,
  onBound: BoundHandler,
): (stanza: Element) => void {
  const resource = account.jid.slice(bareJid(account.jid).length + 1);
  let state = State.Greeting;
  let hash: Hash;
  let nonce: string;
  let serverSignature: ByteString | undefined;
  let isManaged = false;

  // Each step takes what is expected, and has an answer to it in XML, a reason to end the stream, or "".

  /** Offers the mechanism of the first hash that the server has too. */
  function begin(features: Element): string {
    const offered = childOf(features, "mechanisms");
    const names = (offered ? offered.children : []).map((mechanism) => mechanism.text);
    hash = around.hashes.filter(function (one) {
      const name = mechanismOf(one);
      return names.indexOf(name) >= 0 && (account.mechanism || name) === name;
    })[0];
    if (!hash) return "no-scram-offered:" + names.join(",");
    nonce = toBase64(around.entropy.bytes(18));
    const mechanism = attribute("mechanism", mechanismOf(hash));
    return qualified("auth", "sasl", toBase64(firstMessage(account, nonce)), mechanism);
  }

  function answerChallenge(challenge: Element): string {
    const answer = answerScram(hash, account, nonce, fromBase64(challenge.text));
    serverSignature = answer[1];
    return serverSignature ? qualified("response", "sasl", toBase64(answer[0])) : answer[0];
  }

  function restart(success: Element): string {
    if (!isProof(fromBase64(success.text), serverSignature)) return "bad-server-signature";
    stream.greet();
    return "";
  }

  function resumeOrBind(features: Element): string {
    isManaged = !!childOf(features, "sm");
    if (!isManaged || !resumption.id) return bind();
    state = State.Resuming;
    const received = attribute("h", "" + resumption.received);
    return qualified("resume", MANAGEMENT, "", received + attribute("previd", resumption.id));
  }

  function bind(): string {
    const wanted = resource && element("resource", escapeText(resource));
    state = State.Binding;
    return element("iq", qualified("bind", "bind", wanted), " id='bind' type='set'");
  }

  function finish(answer: Element): string {
    const jid = textOf(childOf(answer, "bind"), "jid");
    const { attributes } = answer;
    if (attributes["id"]! + attributes["type"]! !== "bindresult" || !jid)
      return "bind-refused:" + conditionsOf(childOf(answer, "error"));
    if (isManaged) stream.write(qualified("enable", MANAGEMENT, "", " resume='true'"));
    onBound(jid, 0);
    return "";
  }

  function resume({ attributes }: Element): string {
    onBound("", parseInt(attributes["h"] || "0", 10));
    return "";
  }

  /** RFC 6120 section 6.5: some failures pass. */
  function fail(failure: Element): void {
    const passes = childOf(failure, "temporary-auth-failure");
    stream.end("login-refused:" + conditionsOf(failure), passes ? 0 : WRONG_PASSWORD_RETRY_MS);
  }

  /** What the server has to say next, by state. */
  const expected = ["features", "challenge", "success", "features", "iq", "resumed"];
  const steps = [begin, answerChallenge, restart, resumeOrBind, finish, resume];
  return function (stanza) {
    const { name } = stanza;
    if (name === "failure") fail(stanza);
    else if (name === "failed" && state === State.Resuming) stream.write(bind());
    else if (name === expected[state]) {
      const said = steps[state++](stanza);
      if (said[0] === "<") stream.write(said);
      else if (said) stream.end(said, REFUSED_RETRY_MS);
    } else stream.reject("unsupported-stanza-type");
  };
}
