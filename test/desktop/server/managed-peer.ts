// What a client with stream management (XEP-0198) says, and ways to read past what the server says of it.
import assert from "node:assert/strict";
import type { Element } from "../../../src/desktop/server/element.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import { isStanza } from "../../../src/desktop/server/stanza.js";
import { bindAs, connect, DOMAIN, type Login, type RawPeer, scram } from "./peers.js";

const SM = NS.streamManagement;

export const enable = (attributes = "resume='true'") => `<enable xmlns='${SM}' ${attributes}/>`;
export const resume = (id: string, h: number | string) =>
  `<resume xmlns='${SM}' previd='${id}' h='${h}'/>`;
export const acknowledge = (h: number | string) => `<a xmlns='${SM}' h='${h}'/>`;
export const request = `<r xmlns='${SM}'/>`;
export const ping = (id: string, to = DOMAIN) =>
  `<iq type='get' id='${id}' to='${to}'><ping xmlns='${NS.ping}'/></iq>`;
export const note = (id: string, to: string) => `<message id='${id}' to='${to}'/>`;

/** What comes next, requests for a count passed over. */
export async function nextOf(peer: RawPeer): Promise<Element> {
  for (;;) {
    const element = await peer.next();
    if (!element.is("r", SM)) return element;
  }
}

/** The ids of the next stanzas; anything else that comes fails. */
export async function nextIds(peer: RawPeer, count: number): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  while (ids.length < count) {
    const stanza = await nextOf(peer);
    assert.ok(isStanza(stanza), stanza.name);
    ids.push(stanza.get("id"));
  }
  return ids;
}

/** Whatever is under way comes before the answer to a ping: returns the ids of it. */
export async function idsUntilPong(peer: RawPeer): Promise<(string | undefined)[]> {
  peer.write(ping("fence"));
  const ids: (string | undefined)[] = [];
  for (let id; id !== "fence"; ids.push(id)) [id] = await nextIds(peer, 1);
  return ids.slice(0, -1);
}

/** Asks the server for its count. */
export async function handledBy(peer: RawPeer): Promise<number> {
  peer.write(request);
  const answer = await nextOf(peer);
  assert.ok(answer.is("a", SM), answer.name);
  return Number(answer.get("h"));
}

/** Up to where a resource is bound, or a session resumed. Returns the features. */
export async function loggedIn(port: number, login: Login = {}): Promise<[RawPeer, Element]> {
  const peer = await connect(port);
  await peer.open();
  assert.equal((await scram(peer, login)).name, "success");
  return [peer, await peer.reopen()];
}

export async function boundAt(port: number, resource: string, login?: Login): Promise<RawPeer> {
  const peer = await connect(port);
  await bindAs(peer, resource, login);
  return peer;
}

export interface ManagedPeer {
  readonly peer: RawPeer;
  readonly id: string;
  readonly enabled: Element;
}

export async function managed(
  port: number,
  resource: string,
  login?: Login,
  attributes?: string,
): Promise<ManagedPeer> {
  const peer = await boundAt(port, resource, login);
  const enabled = await peer.ask(enable(attributes));
  assert.ok(enabled.is("enabled", SM), enabled.name);
  return { peer, id: enabled.get("id") ?? "", enabled };
}

/** A new connection that asks to go on with the session; returns the answer. */
export async function resuming(
  port: number,
  id: string,
  h: number,
  login?: Login,
): Promise<[RawPeer, Element]> {
  const [peer] = await loggedIn(port, login);
  return [peer, await peer.ask(resume(id, h))];
}

/** The condition of a refusal. */
export function refusalOf(answer: Element): string {
  assert.ok(answer.is("failed", SM), answer.name);
  const [condition] = answer.elements();
  assert.equal(condition.namespace, NS.stanzaErrors);
  return condition.name;
}

/** Without a footer, as when the link is gone. */
export async function lose(peer: RawPeer): Promise<void> {
  peer.socket.destroy();
  await peer.closed;
}
