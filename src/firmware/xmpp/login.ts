// The login of a client stream (RFC 6120 sections 6 and 7), from the first features to the bound resource, or to
// the session that goes on (XEP-0198): SCRAM, restart, resumption or resource binding. PLAIN is not implemented, so that no server can ask for the password.
// Once online nothing of this is needed any more, and its memory is free for others.

import type { Account } from "../configuration.js";
import type { Hash } from "../crypto/hash.js";
import type { Entropy } from "../crypto/random.js";
import { fromBase64, toBase64 } from "../bytes.js";
import type { ByteString } from "../platform.js";
import { attribute, childOf, escapeText, textOf } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { bareJid } from "./jid.js";
import { coreElement, MANAGEMENT } from "./namespaces.js";
import { createScramLogin, mechanismOf } from "./scram.js";
import type { ScramLogin } from "./scram.js";

/** What the login needs of its stream. */
export interface LoginStream {
  write(bytes: ByteString): void;
  /** Closes; the next try comes after `leastRetryMs` at the earliest. */
  refuse(reason: string, leastRetryMs: number): void;
  /** Closes with a stream error. */
  reject(condition: string): void;
  /** Opens the stream anew. */
  greet(): void;
  /** It is done: StreamEvents.onOnline. */
  onBound(jid: ByteString, handled: number): void;
}

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

/** Takes the stanzas of a stream until it is online. `hashes`: preferred first. */
export function createLogin(
  hashes: Hash[],
  entropy: Entropy,
  account: Account,
  resumption: Resumption,
  stream: LoginStream,
): (stanza: Element) => void {
  const bare = bareJid(account.jid);
  const resource = account.jid.slice(bare.length + 1);
  let state = State.Greeting;
  let scram: ScramLogin;
  let isManaged = false;

  /** Offers the mechanism of the first hash that the server has too. */
  function begin(features: Element): void {
    const offered = childOf(features, "mechanisms");
    const names = (offered ? offered.children : []).map((mechanism) => mechanism.text);
    const hash = hashes.filter(function (one) {
      const name = mechanismOf(one);
      return names.indexOf(name) >= 0 && (account.mechanism || name) === name;
    })[0];
    if (!hash) {
      stream.refuse("no-scram-offered:" + names.join(","), REFUSED_RETRY_MS);
      return;
    }
    const nonce = toBase64(entropy.bytes(18));
    scram = createScramLogin(hash, account, nonce);
    const tag = "auth mechanism='" + mechanismOf(hash) + "'";
    state = State.Challenging;
    stream.write(coreElement(tag, "sasl", toBase64(scram.first)));
  }

  function answerChallenge(challenge: Element): void {
    const answer = scram.answer(fromBase64(challenge.text));
    if (!answer) {
      stream.refuse(answer === "" ? "scram-keys-outdated" : "bad-challenge", REFUSED_RETRY_MS);
      return;
    }
    state = State.Proving;
    stream.write(coreElement("response", "sasl", toBase64(answer)));
  }

  function restart(success: Element): void {
    if (scram.verify(fromBase64(success.text))) {
      state = State.Restarting;
      stream.greet();
    } else stream.refuse("bad-server-signature", REFUSED_RETRY_MS);
  }

  function resumeOrBind(features: Element): void {
    isManaged = !!childOf(features, "sm");
    if (!isManaged || !resumption.id) {
      bind();
      return;
    }
    const names = attribute("xmlns", MANAGEMENT) + attribute("previd", resumption.id);
    state = State.Resuming;
    stream.write("<resume" + names + attribute("h", "" + resumption.received) + "/>");
  }

  function resume({ attributes }: Element): void {
    stream.onBound("", parseInt(attributes["h"] || "0", 10));
  }

  function bind(): void {
    const wanted = resource && "<resource>" + escapeText(resource) + "</resource>";
    state = State.Binding;
    stream.write("<iq id='bind' type='set'>" + coreElement("bind", "bind", wanted) + "</iq>");
  }

  function finish(answer: Element): void {
    const jid = textOf(childOf(answer, "bind"), "jid");
    const { attributes } = answer;
    if (attributes["id"]! + attributes["type"]! !== "bindresult" || !jid) {
      stream.refuse("bind-refused:" + conditionsOf(childOf(answer, "error")), REFUSED_RETRY_MS);
    } else {
      if (isManaged) stream.write("<enable" + attribute("xmlns", MANAGEMENT) + " resume='true'/>");
      stream.onBound(jid, 0);
    }
  }

  /** RFC 6120 section 6.5: some failures pass. */
  function fail(failure: Element): void {
    const passes = childOf(failure, "temporary-auth-failure");
    stream.refuse("login-refused:" + conditionsOf(failure), passes ? 0 : WRONG_PASSWORD_RETRY_MS);
  }

  /** What the server has to say next, by state. */
  const expected = ["features", "challenge", "success", "features", "iq", "resumed"];
  const steps = [begin, answerChallenge, restart, resumeOrBind, finish, resume];
  return function (stanza) {
    if (stanza.name === "failure") fail(stanza);
    else if (stanza.name === "failed" && state === State.Resuming) bind();
    else if (stanza.name === expected[state]) steps[state](stanza);
    else stream.reject("unsupported-stanza-type");
  };
}
