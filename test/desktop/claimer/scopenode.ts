// A ScopeNode's part in SpimeSeek, OpenSpime v0.9 section 1.2.1, as far as a seeker sees it: it subscribes,
// verifies what it gets in the document's order, and says what the test wants.

import assert from "node:assert/strict";
import { xml } from "@xmpp/component";
import type { Element, Entity } from "@xmpp/component";
import { randomUUID } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { canonicalForms } from "../../../src/desktop/openspime/canonical.js";
import { openClaimKey } from "../../../src/desktop/openspime/claim-key.js";
import type { ClaimKey } from "../../../src/desktop/openspime/claim-key.js";
import { childrenNamed, textOf } from "../../../src/desktop/openspime/element.js";
import type { XmlElement } from "../../../src/desktop/openspime/element.js";
import { parseEnvelope } from "../../../src/desktop/openspime/envelope.js";
import { CORE, SPIMESEEK } from "../../../src/desktop/openspime/namespaces.js";
import {
  createQuery,
  itemsOf,
  SEEK_NODE,
  subscribeQuery,
} from "../../../src/desktop/openspime/pubsub.js";
import { parseSeekRequest, seekResponse } from "../../../src/desktop/openspime/seek.js";
import type { SeekRequest } from "../../../src/desktop/openspime/seek.js";
import { isSignatureOf, sign } from "../../../src/desktop/openspime/signature.js";
import { encryptTransport } from "../../../src/desktop/openspime/transport.js";
import { connectComponent, disconnect } from "../../../src/desktop/scopenode/connection.js";
import { KeyQueries } from "../../../src/desktop/scopenode/key-queries.js";
import { Questions } from "../../../src/desktop/scopenode/questions.js";
import type { TestServer } from "../../support/servers.js";
import { OWNER_JID, PUBSUB, SECRET } from "./world.js";

/** A request that has verified. */
export interface Call {
  readonly request: SeekRequest;
  readonly openspime: XmlElement;
  /** Who asked, and the key that its certification service has. */
  readonly osid: string;
  readonly key: KeyObject;
  /** What the claim key says, where there is one. */
  readonly claim?: ClaimKey;
}

/** The contents of the messages that answer. */
export type Answering = (call: Call) => Element[];

export class StandInScopeNode {
  answering: Answering = () => [];
  readonly calls: Call[] = [];
  private entity!: Entity;
  private readonly questions: Questions;
  private readonly keys: KeyQueries;
  /** The first thing that went wrong. */
  fault: unknown;

  private constructor(readonly jid: string) {
    const asking = { jid, timeoutMs: 5000, send: (iq: Element) => this.entity.send(iq) };
    this.questions = new Questions(asking);
    this.keys = new KeyQueries(asking);
  }

  static async start(server: TestServer, domain: string): Promise<StandInScopeNode> {
    const node = new StandInScopeNode(`775b-f2c2-2b3765f4@${domain}/co2`);
    node.entity = await connectComponent({
      service: `xmpp://${server.host}:${server.componentPort}`,
      ...{ domain, secret: SECRET },
      onStanza: (stanza) => node.take(stanza),
      onError: (error) => (node.fault ??= error),
    });
    await node.subscribe(domain);
    return node;
  }

  /** The domain may create a node (test/support/prosody.ts); whoever comes second finds it there. */
  private async subscribe(domain: string): Promise<void> {
    const create = xml("iq", { type: "set", id: "create", from: domain, to: PUBSUB });
    create.children.push(createQuery(SEEK_NODE));
    await this.entity.send(create);
    const reply = await this.questions.ask(PUBSUB, "set", subscribeQuery(SEEK_NODE, this.jid));
    assert.ok("result" in reply, "error" in reply ? String(reply.error) : "no answer");
  }

  stop(): Promise<void> {
    return disconnect(this.entity);
  }

  /** To anybody, from this ScopeNode. */
  say(to: string, content: Element): Promise<void> {
    return this.entity.send(xml("message", { from: this.jid, to, id: randomUUID() }, content));
  }

  private take(stanza: Element): void {
    this.questions.onReply(stanza);
    this.keys.onReply(stanza);
    const [item] = itemsOf(stanza);
    if (item?.payload) this.treat(item.payload).catch((error) => (this.fault ??= error));
  }

  private async treat(openspime: XmlElement): Promise<void> {
    const envelope = parseEnvelope(openspime, { decrypts: false, verifies: true });
    assert.ok("value" in envelope && "payload" in envelope.value.content, "no envelope");
    const { osid = "", signature, content } = envelope.value;
    const request = parseSeekRequest(content.payload);
    assert.ok(request && signature && request.expiresAt > new Date(), "no signed request");
    const claim = await this.claimIn(openspime, request);
    const key = await this.keyOf(signature.certifier, osid);
    assert.ok(isSignatureOf(content.payload, signature.text, key), "does not verify");
    const call = { request, openspime, osid, key, ...(claim && { claim }) };
    this.calls.push(call);
    for (const answer of this.answering(call)) await this.say(osid, answer);
  }

  private async claimIn(openspime: XmlElement, { spimeId }: SeekRequest) {
    const [originator] = childrenNamed(openspime, "originator", CORE);
    const [claimKey] = originator ? childrenNamed(originator, "claimkey", CORE) : [];
    if (claimKey === undefined) return undefined;
    const { cert = "", claims = "" } = claimKey.attrs;
    assert.equal(claims, spimeId);
    const opened = openClaimKey(textOf(claimKey), await this.keyOf(cert, claims));
    assert.ok(opened, "the claim key does not open");
    return opened;
  }

  private async keyOf(certifier: string, osid: string): Promise<KeyObject> {
    const fetched = await this.keys.ask(certifier, osid);
    return "value" in fetched ? fetched.value : assert.fail(fetched.fault.text);
  }
}

/** An entry as the document prints it, without a measurement. */
export function printedEntry(): Element {
  const fields = { date: "2008-04-02T17:54:22+01:00", exposure: "outdoor" };
  const place = { lat: "45.475841199050905", lon: "9.172725677490234" };
  return xml(
    "entry",
    {},
    ...Object.entries({ ...fields, ...place }).map(([name, text]) => xml(name, {}, text)),
    xml("ele", { unit: "m" }, "120.0"),
  );
}

export function measuredEntry(ppm: string): Element {
  const entry = printedEntry();
  entry.children.push(xml("ppm", {}, ppm));
  return entry;
}

export function plainAnswer(id: string, entries: Element[], origin: Element[] = []): Element {
  return inOpenspime(xml("transport", {}, seekResponse(id, entries)), origin);
}

/** In the name of the owner, whose key the certification service has. */
export function signedAnswer(id: string, key: KeyObject, cert: string): Element {
  const payload = seekResponse(id, [printedEntry()]);
  const signature = xml("sign", {}, sign(payload, key));
  const originator = xml("originator", { cert, osid: OWNER_JID }, signature);
  return plainAnswer(id, [printedEntry()], [originator]);
}

export function encryptedAnswer(id: string, entries: Element[], key: KeyObject): Element {
  const [canonical = ""] = canonicalForms(seekResponse(id, entries));
  const { transportKey, text } = encryptTransport(canonical, key);
  const attributes = { "content-type": "x-openspime/aes-base64", "transport-key": transportKey };
  return inOpenspime(xml("transport", attributes, text));
}

/** Something else of SpimeSeek's namespace. */
export const nonsense = () =>
  inOpenspime(xml("transport", {}, xml("spimeseek", { xmlns: SPIMESEEK })));

function inOpenspime(transport: Element, origin: Element[] = []): Element {
  return xml("openspime", { xmlns: CORE, version: "0.9" }, ...origin, transport);
}
