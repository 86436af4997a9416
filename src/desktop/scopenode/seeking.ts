// The ScopeNode's side of SpimeSeek, OpenSpime v0.9 sections 1.2.0 and 1.2.1. A request that is not to be
// answered is ignored: nobody but the operator hears of it.

import type { Element } from "@xmpp/component";
import type { KeyObject } from "node:crypto";
import { isSameAddress } from "../openspime/address.js";
import type { XmlElement } from "../openspime/element.js";
import type { Security } from "../openspime/opening.js";
import { itemsOf } from "../openspime/pubsub.js";
import type { PublishedItem } from "../openspime/pubsub.js";
import type { Database } from "./database.js";
import { fitAnswer } from "./seek-answer.js";
import { authorize } from "./seek-authority.js";
import type { Denial } from "./seek-authority.js";
import { readSeekCall } from "./seek-call.js";
import type { SeekCall } from "./seek-call.js";
import { seekId } from "./treated-seeks.js";

/** What became of a request; only the first sends anything. */
export type SeekOutcome =
  | "answered"
  | "nothing-found"
  /** Not even one entry fits into a message. */
  | "too-large"
  | "malformed"
  /** Same osid and id as one before. */
  | "already-treated"
  | "expired"
  | Denial
  /** As many as there may be are under way. */
  | "busy";

export interface Seek {
  readonly outcome: SeekOutcome;
  /** For the operator. */
  readonly text: string;
  /** Address of the PubSub service that it came from. */
  readonly service: string;
  /** Who asks, by its own word and folded; like the next two it is absent from what is malformed. */
  readonly osid?: string;
  readonly requestId?: string;
  /** Folded. */
  readonly spimeId?: string;
  /** How many were sent. */
  readonly entries: number;
}

export interface SeekingOptions {
  /** Who answers. */
  readonly jid: string;
  readonly database: Pick<Database, "newest" | "seeks">;
  readonly security: Security;
  readonly now: () => Date;
  readonly send: (message: Element) => Promise<void>;
  /** Entries in an answer. */
  readonly maxEntries: number;
  /** Requests under way at once. */
  readonly maxSeeks: number;
  readonly isSubscribed: (service: string, node: string) => boolean;
  readonly onSeek: (seek: Seek) => void;
  readonly onError: (error: Error) => void;
}

type Verdict = Pick<Seek, "outcome" | "text"> & { readonly entries?: number };

export class Seeking {
  private count = 0;

  constructor(private readonly options: SeekingOptions) {}

  /** Resolves when every request in the message has been treated; never rejects. */
  async onMessage(message: XmlElement): Promise<void> {
    const { from = "", type } = message.attrs;
    if (type === "error") return;
    const items = itemsOf(message).filter(({ node }) => this.options.isSubscribed(from, node));
    await Promise.all(items.map((item) => this.treat(item, from)));
  }

  private async treat({ payload }: PublishedItem, service: string): Promise<void> {
    const { onSeek, onError } = this.options;
    const call = readSeekCall(payload);
    try {
      if ("fault" in call) {
        onSeek({ outcome: "malformed", text: call.fault.text, service, entries: 0 });
        return;
      }
      const { osid, request } = call.value;
      const verdict = await this.admit(call.value);
      const { id: requestId, spimeId } = request;
      onSeek({ entries: 0, ...verdict, service, osid, requestId, spimeId });
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private async admit(call: SeekCall): Promise<Verdict> {
    const { maxSeeks } = this.options;
    if (this.count >= maxSeeks) return ignore("busy", `${this.count} requests are under way`);
    this.count += 1;
    try {
      return await this.judge(call);
    } finally {
      this.count -= 1;
    }
  }

  /** The document's order. */
  private async judge(call: SeekCall): Promise<Verdict> {
    const { database, security, now } = this.options;
    const { osid, request } = call;
    const id = seekId(osid, request.id);
    if (database.seeks.has(id)) return alreadyTreated;
    if (request.expiresAt <= now()) return ignore("expired", request.expiresAt.toISOString());
    const authority = await authorize(call, security, now());
    if ("denial" in authority) return ignore(authority.denial, authority.text);
    // It may have come from two services at once. Not remembered before it is verified: who forges a request
    // must not be able to use up somebody's identifiers.
    if (database.seeks.has(id)) return alreadyTreated;
    database.seeks.add(id, request.expiresAt, now());
    return this.answer(call, authority.key);
  }

  private async answer({ osid, request }: SeekCall, key: KeyObject): Promise<Verdict> {
    const { jid, database, maxEntries, send } = this.options;
    const entries = database.newest(request.spimeId, maxEntries);
    if (entries.length === 0) return ignore("nothing-found", `no data of ${request.spimeId}`);
    const encryption = request.isEncryptionRequired ? { key } : {};
    const isForBoard = isSameAddress(osid, request.spimeId);
    const answer = {
      from: jid,
      to: osid,
      requestId: request.id,
      entries,
      isForBoard,
      ...encryption,
    };
    const fitted = fitAnswer(answer);
    if (fitted === undefined)
      return ignore("too-large", "no entry fits beside such long addresses");
    await send(fitted.message);
    const { count } = fitted;
    return { outcome: "answered", text: `${count} of ${entries.length}`, entries: count };
  }
}

const alreadyTreated = ignore("already-treated", "its osid and id were there before");

function ignore(outcome: SeekOutcome, text: string): Verdict {
  return { outcome, text };
}
