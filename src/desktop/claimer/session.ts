// The claimer's client session, RFC 6120: a login, questions by iq, messages. It does not reconnect: what was
// asked before a break would be answered to nobody.

import type { Element, Entity } from "@xmpp/client";
import type { KeyObject } from "node:crypto";
import { ExitCode, Failure } from "../failure.js";
import type { Parsed } from "../openspime/conditions.js";
import type { XmlElement } from "../openspime/element.js";
import { isReply } from "../openspime/replies.js";
import { KeyQueries } from "../scopenode/key-queries.js";
import { Questions } from "../scopenode/questions.js";
import type { Reply } from "../scopenode/questions.js";
import { logIn } from "./login.js";
import type { ClaimerAccount } from "./login.js";

const KEY_TIMEOUT_MS = 10_000;

export class Session {
  /** Rejects with a `Failure` when the connection breaks. */
  readonly lost: Promise<never>;
  private readonly keyQueries: KeyQueries;

  constructor(
    private readonly entity: Entity,
    /** Full, as the server shows it. */
    readonly jid: string,
  ) {
    this.lost = new Promise((_, reject) => entity.once("disconnect", () => reject(lostIt(jid))));
    // Also where nobody is waiting for it.
    this.lost.catch(() => {});
    this.keyQueries = new KeyQueries({
      jid,
      timeoutMs: KEY_TIMEOUT_MS,
      send: (iq) => entity.send(iq),
    });
    this.onReply((iq) => this.keyQueries.onReply(iq));
  }

  /** Rejects only if the connection breaks. */
  async ask(
    to: string,
    query: Element,
    timeoutMs: number,
    type: "get" | "set" = "set",
  ): Promise<Reply> {
    const send = (iq: Element) => this.entity.send(iq);
    const questions = new Questions({ jid: this.jid, timeoutMs, send });
    const stopListening = this.onReply((iq) => questions.onReply(iq));
    try {
      return await Promise.race([questions.ask(to, type, query), this.lost]);
    } finally {
      stopListening();
      questions.close();
    }
  }

  /** The public key that a certification service has for this address. */
  fetchKey(certifier: string, osid: string): Promise<Parsed<KeyObject>> {
    return Promise.race([this.keyQueries.ask(certifier, osid), this.lost]);
  }

  onMessage(take: (message: XmlElement) => void): void {
    this.entity.on("stanza", (stanza: Element) => stanza.name === "message" && take(stanza));
  }

  async close(): Promise<void> {
    this.keyQueries.close();
    await this.entity.stop();
  }

  private onReply(take: (iq: XmlElement) => void): () => void {
    const onStanza = (stanza: Element) => {
      if (isReply(stanza)) take(stanza);
    };
    this.entity.on("stanza", onStanza);
    return () => void this.entity.off("stanza", onStanza);
  }
}

/** The task's session ends with the task. Rejects with a `Failure` if there can be no session. */
export async function withSession<T>(
  account: ClaimerAccount,
  task: (session: Session) => Promise<T>,
): Promise<T> {
  const { entity, jid } = await logIn(account);
  const session = new Session(entity, jid);
  try {
    return await task(session);
  } finally {
    await session.close();
  }
}

function lostIt(jid: string): Failure {
  const advice = "Try again; and no other program may be logged in with the same full address.";
  return new Failure(ExitCode.network, `${jid} has lost its connection to the server.`, advice);
}
