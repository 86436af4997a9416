// The login of a client stream (RFC 6120 sections 6 and 7), from the first features to the bound resource:
// SCRAM, restart, resource binding. PLAIN is not implemented, so that no server can ask for the password.
// Once online nothing of this is needed any more, and its memory is free for others.

import type { Account } from "../configuration.js";
import type { Hash } from "../crypto/hash.js";
import type { Entropy } from "../crypto/random.js";
import { fromBase64, toBase64 } from "../bytes.js";
import type { ByteString } from "../platform.js";
import { childOf, escapeText } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { bareJid } from "./jid.js";
import { coreElement } from "./namespaces.js";
import { createScramLogin } from "./scram.js";
import type { ScramLogin } from "./scram.js";

/** What the login needs of its stream. */
export interface LoginStream {
  write(bytes: ByteString): void;
  /** Closes: it will not do better next time. */
  refuse(reason: string): void;
  /** Closes with a stream error. */
  reject(condition: string): void;
  /** Opens the stream anew. */
  greet(): void;
  /** It is done; `jid` is the full JID as the server writes it. */
  onBound(jid: ByteString): void;
}

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
}

/** What the server has to say next, by state. */
const EXPECTED = ["features", "challenge", "success", "features", "iq"];

/** The names of what an error holds: its condition, and that of the application if there is one. */
export function conditionsOf(error: Element | undefined): string {
  return error ? error.children.map((child) => child.name).join("+") : "none";
}

/** Takes the stanzas of a stream until it is online. `hashes`: preferred first. */
export function createLogin(
  hashes: Hash[],
  entropy: Entropy,
  account: Account,
  stream: LoginStream,
): (stanza: Element) => void {
  const bare = bareJid(account.jid);
  const resource = account.jid.slice(bare.length + 1);
  let state = State.Greeting;
  let scram: ScramLogin;

  /** Offers the mechanism of the first hash that the server has too. */
  function begin(features: Element): void {
    const offered = childOf(features, "mechanisms");
    const names = (offered ? offered.children : []).map((mechanism) => mechanism.text);
    const hash = hashes.filter((one) => names.indexOf("SCRAM-" + one.name) >= 0)[0];
    if (!hash) {
      stream.refuse("no-scram-offered:" + names.join(","));
      return;
    }
    const nonce = toBase64(entropy.bytes(18));
    scram = createScramLogin(hash, bare.split("@")[0], account.password, nonce);
    const tag = "auth mechanism='SCRAM-" + hash.name + "'";
    state = State.Challenging;
    stream.write(coreElement(tag, "sasl", toBase64(scram.first)));
  }

  function answerChallenge(challenge: Element): void {
    const answer = scram.answer(fromBase64(challenge.text));
    if (!answer) {
      stream.refuse("bad-challenge");
      return;
    }
    state = State.Proving;
    stream.write(coreElement("response", "sasl", toBase64(answer)));
  }

  function restart(success: Element): void {
    if (scram.verify(fromBase64(success.text))) {
      state = State.Restarting;
      stream.greet();
    } else stream.refuse("bad-server-signature");
  }

  function bind(): void {
    const wanted = resource && "<resource>" + escapeText(resource) + "</resource>";
    state = State.Binding;
    stream.write("<iq id='bind' type='set'>" + coreElement("bind", "bind", wanted) + "</iq>");
  }

  function finish(answer: Element): void {
    const bound = childOf(childOf(answer, "bind"), "jid");
    const { attributes } = answer;
    if (attributes["id"]! + attributes["type"]! !== "bindresult" || !bound) {
      stream.refuse("bind-refused:" + conditionsOf(childOf(answer, "error")));
    } else stream.onBound(bound.text);
  }

  const steps = [begin, answerChallenge, restart, bind, finish];
  return function (stanza) {
    if (stanza.name === "failure") stream.refuse("login-refused:" + conditionsOf(stanza));
    else if (stanza.name === EXPECTED[state]) steps[state](stanza);
    else stream.reject("unsupported-stanza-type");
  };
}
