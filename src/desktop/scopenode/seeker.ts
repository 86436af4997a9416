// A ScopeNode's SpimeSeek put together: subscriptions, and the requests that come through them.

import type { Element } from "@xmpp/component";
import { isServedBy, parseAddress } from "../openspime/address.js";
import type { XmlElement } from "../openspime/element.js";
import type { Security } from "../openspime/opening.js";
import type { Database } from "./database.js";
import { Questions } from "./questions.js";
import type { ScopeNodeOptions } from "./scopenode.js";
import { Seeking } from "./seeking.js";
import { readPlaces, Subscriptions } from "./subscriptions.js";

export interface Seeker {
  onMessage(message: XmlElement): void;
  /** Takes an iq of type result or error. */
  onReply(iq: XmlElement): void;
  /** To be called whenever the component has come online; resolves when each node has been tried. */
  subscribe(): Promise<void>;
  close(): void;
}

export interface SeekerParts {
  readonly database: Database;
  readonly security: Security;
  readonly send: (stanza: Element) => Promise<void>;
}

const PUBSUB_TIMEOUT_MS = 5_000;
const PUBSUB_RETRY_MS = 30_000;
const MAX_ENTRIES = 10;
const MAX_SEEKS = 100;

/** Undefined without `pubsub`. Throws a TypeError that names the option. */
export function makeSeeker(options: ScopeNodeOptions, parts: SeekerParts): Seeker | undefined {
  const { pubsub, domain, jid = domain, pubsubTimeoutMs: timeoutMs = PUBSUB_TIMEOUT_MS } = options;
  if (pubsub === undefined) return undefined;
  const questions = new Questions({ jid, timeoutMs, send: parts.send });
  const subscriptions = new Subscriptions({
    places: readPlaces(pubsub),
    jid,
    questions,
    retryMs: options.pubsubRetryMs ?? PUBSUB_RETRY_MS,
    onError: options.onError ?? (() => {}),
  });
  const seeking = makeSeeking(options, parts, subscriptions);
  const address = parseAddress(jid);
  return {
    onMessage(message) {
      const isOurs = isServedBy(address, parseAddress(message.attrs.to ?? ""));
      if (isOurs) void seeking.onMessage(message);
    },
    onReply: (iq) => questions.onReply(iq),
    subscribe: () => subscriptions.subscribe(),
    close() {
      subscriptions.close();
      questions.close();
    },
  };
}

function makeSeeking(
  options: ScopeNodeOptions,
  parts: SeekerParts,
  subscriptions: Subscriptions,
): Seeking {
  const { domain, jid = domain, maxSeekEntries = MAX_ENTRIES, maxSeeks = MAX_SEEKS } = options;
  for (const [name, bound] of Object.entries({ maxSeekEntries, maxSeeks })) {
    if (!(bound >= 1)) throw new TypeError(`${name}: less than 1`);
  }
  return new Seeking({
    ...parts,
    jid,
    now: options.now ?? (() => new Date()),
    maxEntries: maxSeekEntries,
    maxSeeks,
    isSubscribed: (service, node) => subscriptions.includes(service, node),
    onSeek: options.onSeek ?? (() => {}),
    onError: options.onError ?? (() => {}),
  });
}
