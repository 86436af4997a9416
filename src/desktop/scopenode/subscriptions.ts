// A ScopeNode's subscriptions to the PubSub nodes where SpimeSeek requests are published: OpenSpime v0.9
// section 1.2.0, XEP-0060 sections 6.1 (subscribe) and 8.1.3 (create and configure a node).
//
// Prosody 0.12 compares the bare address of who asks with that of `jid`, as they are written, and sends the
// events to `jid`: both are folded here, and with the resource. It lets its administrators create a node and
// answers everybody else with forbidden, which is no fault where the node is there.

import { foldAddress, isAddress, isSameAddress } from "../openspime/address.js";
import { childElements, isNamed } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { PUBSUB } from "../openspime/namespaces.js";
import { createQuery, SEEK_NODE, subscribeQuery } from "../openspime/pubsub.js";
import { conditionsOf } from "./questions.js";
import type { Questions, Reply } from "./questions.js";

export interface PubsubPlace {
  /** Address of the PubSub service. */
  readonly service: string;
  /** Default `spimeseek`. */
  readonly node?: string;
}

export interface SubscriptionsOptions {
  readonly places: readonly Required<PubsubPlace>[];
  /** Who subscribes and gets the events. */
  readonly jid: string;
  readonly questions: Pick<Questions, "ask">;
  /** A node that cannot be subscribed to is tried again after this, until it can. */
  readonly retryMs: number;
  readonly onError: (error: Error) => void;
}

export class Subscriptions {
  private retry: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly options: SubscriptionsOptions) {}

  /** Resolves when each has been tried. What fails is told to onError and tried again. */
  async subscribe(places = this.options.places): Promise<void> {
    clearTimeout(this.retry);
    const tried = await Promise.all(
      places.map(async (place) => ((await this.subscribeTo(place)) ? [] : [place])),
    );
    const failed = tried.flat();
    if (failed.length === 0 || this.isClosed) return;
    this.retry = setTimeout(() => void this.subscribe(failed), this.options.retryMs);
  }

  /**
   * Whether items from there are to be read. A service may send them before it has answered, for a
   * subscription of an earlier run.
   */
  includes(service: string, node: string): boolean {
    return this.options.places.some(
      (place) => place.node === node && isSameAddress(place.service, service),
    );
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
  }

  private async subscribeTo({ service, node }: Required<PubsubPlace>): Promise<boolean> {
    const { questions, jid, onError } = this.options;
    const created = await questions.ask(service, "set", createQuery(node));
    const query = subscribeQuery(node, foldAddress(jid));
    const subscribed = await questions.ask(service, "set", query);
    const fault = faultOf(subscribed);
    if (fault === undefined || this.isClosed) return true;
    const creating = faultOf(created);
    const why = creating === undefined ? fault : `${fault}; creating it: ${creating}`;
    onError(new Error(`cannot subscribe to ${node} of ${service}: ${why}`));
    return false;
  }
}

/** Throws a TypeError that names the option. */
export function readPlaces(
  pubsub: PubsubPlace | readonly PubsubPlace[],
): readonly Required<PubsubPlace>[] {
  const places = "service" in pubsub ? [pubsub] : pubsub;
  return places.map(({ service, node = SEEK_NODE }) => {
    if (!isAddress(service)) throw new TypeError(`pubsub.service: ${JSON.stringify(service)}`);
    if (node === "") throw new TypeError("pubsub.node: empty");
    return { service, node };
  });
}

function faultOf(reply: Reply): string | undefined {
  if ("silence" in reply) return reply.silence;
  if ("error" in reply) return conditionsOf(reply.error).join(" + ") || "an error";
  const state = stateIn(reply.result);
  // Section 6.1: an owner may have to approve (pending), or options may be needed (unconfigured).
  return state === undefined || state === "subscribed" ? undefined : state;
}

function stateIn(iq: XmlElement): string | undefined {
  const [pubsub] = childElements(iq).filter((child) => isNamed(child, "pubsub", PUBSUB));
  const children = pubsub ? childElements(pubsub) : [];
  return children.find((child) => isNamed(child, "subscription", PUBSUB))?.attrs.subscription;
}
