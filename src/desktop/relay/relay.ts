// A relay between two PubSub services, OpenSpime v0.9 section 1.2.0: "Another SpimeSeek service MAY be subscriber
// of this list, and it therefore MAY publish it to another PubSub service, propagating the request." It is an
// XMPP component that subscribes to a node of the one and publishes to a node of the other.
//
// What it has published it does not publish again, so that relays in a circle end.

import type { Element, Entity } from "@xmpp/component";
import { isSameAddress, parseAddress } from "../openspime/address.js";
import { BoundedMap } from "../openspime/bounded-map.js";
import { itemsOf, publishQuery } from "../openspime/pubsub.js";
import type { PublishedItem } from "../openspime/pubsub.js";
import { connectComponent, disconnect } from "../scopenode/connection.js";
import { createNode, faultOf, readPlace, subscribe } from "../scopenode/pubsub-place.js";
import type { Asks, PubsubPlace } from "../scopenode/pubsub-place.js";
import { conditionsOf, Questions } from "../scopenode/questions.js";
import type { Reply } from "../scopenode/questions.js";
import { answerQuery } from "./answers.js";
import { identityOf, keyOf } from "./identity.js";
import type { ItemIdentity } from "./identity.js";
import { standingAlone } from "./standing-alone.js";

export interface RelayOptions {
  /** xmpp://127.0.0.1:5347 */
  readonly service: string;
  readonly domain: string;
  readonly secret: string;
  /** Who the relay is, of its domain; default: the domain itself. */
  readonly jid?: string;
  /** Where it subscribes, and where it publishes. */
  readonly from: PubsubPlace;
  readonly to: PubsubPlace;
  readonly onRelayed?: (identity: ItemIdentity) => void;
  /** What was not relayed and why, and lost connections: it reconnects and subscribes again by itself. */
  readonly onError?: (error: Error) => void;
  /** How many items it remembers; default 10,000. One that it has forgotten is relayed once more. */
  readonly memory?: number;
  /** How many may wait for the other service's answer; default 100. One more is not relayed. */
  readonly maxWaiting?: number;
  /** How long a service may take to answer; default 10,000. */
  readonly timeoutMs?: number;
  /** After a reconnection it tries to subscribe again so often; default 10,000. */
  readonly retryMs?: number;
}

export interface Relay {
  readonly jid: string;
  stop(): Promise<void>;
}

type Settings = Required<Omit<RelayOptions, "from" | "to">> & {
  readonly from: Required<PubsubPlace>;
  readonly to: Required<PubsubPlace>;
};

/**
 * Resolves once it has subscribed; rejects with the reason, and its `code`, if it cannot connect, and with a
 * `RelayFault` if one of the services does not want it. Throws a TypeError that names a wrong option.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const running = new RunningRelay(settingsOf(options));
  await running.start();
  return running;
}

/** One of the PubSub services cannot be used. */
export class RelayFault extends Error {
  constructor(
    readonly place: "from" | "to",
    message: string,
  ) {
    super(message);
  }
}

function settingsOf(options: RelayOptions): Settings {
  const { service, domain, secret, jid = domain } = options;
  const { onRelayed = () => {}, onError = () => {} } = options;
  const { memory = 10_000, maxWaiting = 100, timeoutMs = 10_000, retryMs = 10_000 } = options;
  const [from, to] = [readPlace("from", options.from), readPlace("to", options.to)];
  if (parseAddress(jid).domain !== domain.toLowerCase()) {
    throw new TypeError(`jid: not of ${domain}`);
  }
  if (isSameAddress(from.service, to.service) && from.node === to.node) {
    throw new TypeError("to: the same node as from");
  }
  const numbers = { memory, maxWaiting, timeoutMs, retryMs };
  return { service, domain, secret, jid, from, to, onRelayed, onError, ...numbers };
}

class RunningRelay implements Relay {
  private readonly relayed: BoundedMap<string, true>;
  private readonly questions: Questions;
  private entity: Entity | undefined;
  private waiting = 0;
  private retry: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly settings: Settings) {
    const { jid, timeoutMs, memory } = settings;
    this.relayed = new BoundedMap(memory);
    this.questions = new Questions({ jid, timeoutMs, send: (stanza) => this.send(stanza) });
  }

  get jid(): string {
    return this.settings.jid;
  }

  async start(): Promise<void> {
    const { service, domain, secret, onError } = this.settings;
    const onStanza = (stanza: Element) => this.onStanza(stanza);
    const login = { service, domain, secret, title: "relay", onStanza, onError };
    this.entity = await connectComponent(login);
    try {
      await makeReady(this.questions, this.settings);
    } catch (error) {
      await this.stop();
      throw error;
    }
    // The service may have forgotten it meanwhile.
    this.entity.on("online", () => void this.subscribeAgain());
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    clearTimeout(this.retry);
    this.questions.close();
    if (this.entity) await disconnect(this.entity);
  }

  private async subscribeAgain(): Promise<void> {
    const { onError, retryMs } = this.settings;
    clearTimeout(this.retry);
    try {
      await makeReady(this.questions, this.settings);
    } catch (error) {
      if (this.isStopped) return;
      onError(error as RelayFault);
      clearTimeout(this.retry);
      this.retry = setTimeout(() => void this.subscribeAgain(), retryMs);
    }
  }

  private async send(stanza: Element): Promise<void> {
    await this.entity?.send(stanza);
  }

  private onStanza(stanza: Element): void {
    const { name, attrs } = stanza;
    const isReply = attrs.type === "result" || attrs.type === "error";
    if (name === "message" && !isReply) this.onMessage(stanza);
    else if (name === "iq" && isReply) this.questions.onReply(stanza);
    else if (name === "iq") this.send(answerQuery(stanza)).catch(this.settings.onError);
  }

  private onMessage(message: Element): void {
    const { from } = this.settings;
    if (!isSameAddress(message.attrs.from ?? "", from.service)) return;
    for (const item of itemsOf(message)) {
      if (item.node === from.node) this.relay(item).catch(this.settings.onError);
    }
  }

  /** What could not be published is forgotten: should it come again, it is tried again. */
  private async relay({ id, payload }: PublishedItem): Promise<void> {
    if (payload === undefined) return this.leaveOut(id, "the service sends no payloads");
    // What itemsOf gives is out of the stanza.
    const alone = standingAlone(payload as Element);
    const identity = identityOf(id, alone);
    if (identity === undefined) return this.leaveOut(id, "it has no canonical form");
    const key = keyOf(identity);
    if (this.relayed.get(key)) return;
    if (this.waiting >= this.settings.maxWaiting) return this.leaveOut(id, BUSY);
    this.relayed.set(key, true);
    const fault = await this.publish(id, alone);
    if (fault === undefined) return this.settings.onRelayed(identity);
    this.relayed.delete(key);
    if (!this.isStopped) this.leaveOut(id, `${this.settings.to.service}: ${fault}`);
  }

  private async publish(itemId: string, payload: Element): Promise<string | undefined> {
    const { to } = this.settings;
    this.waiting++;
    const query = publishQuery(to.node, itemId, payload);
    const fault = faultOf(await this.questions.ask(to.service, "set", query));
    this.waiting--;
    return fault;
  }

  private leaveOut(itemId: string, why: string): void {
    this.settings.onError(new Error(`item ${itemId} is not relayed: ${why}`));
  }
}

const BUSY = "too many wait for the other service";

async function makeReady(asks: Asks, { from, to, jid }: Settings): Promise<void> {
  const [createdFrom, createdTo] = await Promise.all([
    createNode(asks, from),
    createNode(asks, to),
  ]);
  const fault = await subscribe(asks, from, jid, createdFrom);
  if (fault !== undefined) throw new RelayFault("from", fault);
  const creating = faultOf(createdTo);
  if (creating !== undefined && !isHarmless(createdTo)) {
    throw new RelayFault("to", `cannot publish to ${to.node} of ${to.service}: ${creating}`);
  }
}

/** It is there already, or somebody else is to create it: publishing will show. */
const HARMLESS = ["conflict", "forbidden", "feature-not-implemented"];

function isHarmless(created: Reply): boolean {
  return "error" in created && conditionsOf(created.error).some((name) => HARMLESS.includes(name));
}
