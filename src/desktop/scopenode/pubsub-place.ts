// A node of a PubSub service, and what a component does to be told what is published there: XEP-0060 sections
// 6.1 (subscribe) and 8.1.3 (create and configure a node).
//
// Prosody 0.12 compares the bare address of who asks with that of `jid`, as they are written, and sends the
// events to `jid`: both are folded here, and with the resource. It lets its administrators create a node and
// answers everybody else with forbidden, which is no fault where the node is there.

import { foldAddress, isAddress } from "../openspime/address.js";
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

/** Throws a TypeError that names the option. */
export function readPlace(
  option: string,
  { service, node = SEEK_NODE }: PubsubPlace,
): Required<PubsubPlace> {
  if (!isAddress(service)) throw new TypeError(`${option}.service: ${JSON.stringify(service)}`);
  if (node === "") throw new TypeError(`${option}.node: empty`);
  return { service, node };
}

export type Asks = Pick<Questions, "ask">;

/** So that it is open to all where the service leaves that to who creates it. */
export function createNode(asks: Asks, { service, node }: Required<PubsubPlace>): Promise<Reply> {
  return asks.ask(service, "set", createQuery(node));
}

/** Why it cannot be, or undefined; `created` is the reply to creating the node. */
export async function subscribe(
  asks: Asks,
  { service, node }: Required<PubsubPlace>,
  jid: string,
  created: Reply,
): Promise<string | undefined> {
  const query = subscribeQuery(node, foldAddress(jid));
  const reply = await asks.ask(service, "set", query);
  const fault = faultOf(reply) ?? ("result" in reply ? stateFault(reply.result) : undefined);
  if (fault === undefined) return undefined;
  const creating = faultOf(created);
  const why = creating === undefined ? fault : `${fault}; creating it: ${creating}`;
  return `cannot subscribe to ${node} of ${service}: ${why}`;
}

/** Why it is no result, or undefined. */
export function faultOf(reply: Reply): string | undefined {
  if ("silence" in reply) return reply.silence;
  if ("error" in reply) return conditionsOf(reply.error).join(" + ") || "an error";
  return undefined;
}

/** Section 6.1: an owner may have to approve (pending), or options may be needed (unconfigured). */
function stateFault(iq: XmlElement): string | undefined {
  const [pubsub] = childElements(iq).filter((child) => isNamed(child, "pubsub", PUBSUB));
  const children = pubsub ? childElements(pubsub) : [];
  const state = children.find((child) => isNamed(child, "subscription", PUBSUB))?.attrs
    .subscription;
  return state === "subscribed" ? undefined : state;
}
