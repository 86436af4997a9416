// The two PubSub nodes of a relay, made ready: XEP-0060 sections 6.1 (subscribe) and 8.1.3 (create and configure).

import { foldAddress, isAddress } from "../openspime/address.js";
import { createQuery, SEEK_NODE, subscribeQuery } from "../openspime/pubsub.js";
import { conditionsOf } from "../scopenode/questions.js";
import type { Questions, Reply } from "../scopenode/questions.js";

export interface Place {
  /** Address of the PubSub service. */
  readonly service: string;
  /** Default `spimeseek`. */
  readonly node?: string;
}

/** Throws a TypeError that names the option. */
export function readPlace(option: string, { service, node = SEEK_NODE }: Place): Required<Place> {
  if (!isAddress(service)) throw new TypeError(`${option}.service: ${JSON.stringify(service)}`);
  if (node === "") throw new TypeError(`${option}.node: empty`);
  return { service, node };
}

export type Asks = Pick<Questions, "ask">;

/** It is there already, or somebody else is to create it: whether it is there will show. */
const HARMLESS = ["conflict", "forbidden", "feature-not-implemented"];

/** So that it is open to all where the service leaves that to who creates it. Why it cannot be, or undefined. */
export async function createNode(asks: Asks, { service, node }: Required<Place>) {
  const reply = await asks.ask(service, "set", createQuery(node));
  const conditions = "error" in reply ? conditionsOf(reply.error) : [];
  return conditions.some((name) => HARMLESS.includes(name)) ? undefined : faultOf(reply);
}

/** Why it cannot be, or undefined. Servers compare addresses as they are written: it is folded. */
export async function subscribeTo(asks: Asks, { service, node }: Required<Place>, jid: string) {
  const query = subscribeQuery(node, foldAddress(jid));
  return faultOf(await asks.ask(service, "set", query));
}

/** Why it is no result, or undefined. */
export function faultOf(reply: Reply): string | undefined {
  if ("silence" in reply) return reply.silence;
  if ("error" in reply) return conditionsOf(reply.error).join(" + ") || "an error";
  return undefined;
}
