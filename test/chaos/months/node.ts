// The ScopeNode without its connection: what it answers, checks and stores is its own code, and its database SQLite in
// memory. It is asked by elements of the server, and answers late where the run wants that.

import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { xml, type Element as XmppElement } from "@xmpp/client";
import { parseAddress } from "../../../src/desktop/openspime/address.js";
import { KeyRing } from "../../../src/desktop/openspime/key-ring.js";
import { errorOf, isQuery, resultOf } from "../../../src/desktop/openspime/replies.js";
import { makeAcceptance } from "../../../src/desktop/scopenode/acceptance.js";
import { Database } from "../../../src/desktop/scopenode/database.js";
import { answerQuery, type QueryContext } from "../../../src/desktop/scopenode/queries.js";
import { ReplayGuard } from "../../../src/desktop/scopenode/replay-guard.js";
import { makeScope } from "../../../src/desktop/scopenode/scope.js";
import { Element } from "../../../src/desktop/server/element.js";
import { readPrivateKey } from "../../../src/desktop/openspime/keys.js";
import { CERTIFIER } from "../../portable/toy-security.js";
import type { SteppedClock } from "../../support/stepped-clock.js";
import { SCOPE_DOMAIN, SPIME_JID } from "./service.js";

export const SCOPENODE_JID = `node@${SCOPE_DOMAIN}/co2`;
const MAX_ENTRIES = 1_000_000;

export const SPIME_KEY: KeyObject = readPrivateKey(
  "key",
  readFileSync("test/vectors/openspime/spime-1024.pem", "utf8"),
);
const SPIME_PUBLIC_KEY = createPublicKey(SPIME_KEY);

/** Any place and none, and of any age. */
const SCOPE = makeScope({ location: "optional", oldestPlaceS: 1e9 });

export interface NodeOptions {
  readonly clock: SteppedClock;
  /** Unix time. */
  readonly nowMs: () => number;
  readonly answerDelayMs: () => number;
  /** Takes an answer. */
  readonly route: (stanza: Element) => void;
  readonly isSigned: boolean;
}

export class MonthNode {
  /** Entries that came in, those that were there already too. */
  received = 0;
  /** Reports that were refused. */
  refused = 0;
  private readonly database = new Database(":memory:", { maxEntries: MAX_ENTRIES });
  private context: QueryContext;
  /** Its life, from start to stop. */
  private life = 0;
  private busy: Promise<void>[] = [];

  constructor(private readonly options: NodeOptions) {
    this.context = this.newContext();
  }

  take(stanza: Element): void {
    this.busy.push(this.answer(stanza));
  }

  /** Nothing of what it was to answer goes out; its database stays. */
  restart(): void {
    this.life += 1;
    this.context = this.newContext();
  }

  /** Until all that has come in is worked on. */
  async settled(): Promise<void> {
    while (this.busy.length > 0) await Promise.all(this.busy.splice(0));
  }

  get isBusy(): boolean {
    return this.busy.length > 0;
  }

  rows() {
    return this.database.newest(SPIME_JID, MAX_ENTRIES);
  }

  close(): void {
    this.database.close();
  }

  private async answer(stanza: Element): Promise<void> {
    const { life } = this;
    const { clock, answerDelayMs, route } = this.options;
    const iq = fromServer(stanza);
    if (!isQuery(iq)) return;
    const answer = await answerQuery(iq, this.context);
    if ("fault" in answer) this.refused += 1;
    const reply =
      "fault" in answer ? errorOf(iq, answer.fault.condition) : resultOf(iq, ...answer.result);
    clock.after(answerDelayMs(), () => {
      if (life === this.life) route(toServer(reply, "jabber:client"));
    });
  }

  private newContext(): QueryContext {
    const { nowMs, isSigned, clock } = this.options;
    const onReport = ({ entries }: { entries: readonly unknown[] }) =>
      void (this.received += entries.length);
    const onReplay = onReport;
    const keys = new KeyRing({
      fetchKey: async () => ({ value: SPIME_PUBLIC_KEY }),
      nowMs: () => clock.nowMs(),
    });
    return {
      address: parseAddress(SCOPENODE_JID),
      scope: SCOPE,
      now: () => new Date(nowMs()),
      accept: makeAcceptance({ onReport }, this.database),
      replays: new ReplayGuard(),
      onReplay,
      ...(isSigned && { security: { verification: { certifiers: [CERTIFIER], keys } } }),
    };
  }
}

function fromServer(stanza: Element, surrounding = ""): XmppElement {
  const { name, namespace, attributes, children } = stanza;
  const own = namespace === surrounding ? {} : { xmlns: namespace };
  return xml(
    name,
    { ...own, ...Object.fromEntries(attributes) },
    ...children.map((child) => (typeof child === "string" ? child : fromServer(child, namespace))),
  );
}

function toServer({ name, attrs, children }: XmppElement, surrounding: string): Element {
  const { xmlns = surrounding, ...others } = attrs;
  const present = Object.entries(others).filter((pair) => pair[1] !== undefined);
  return new Element(
    name,
    xmlns,
    new Map(present as [string, string][]),
    children.map((child) => (typeof child === "string" ? child : toServer(child, xmlns))),
  );
}
