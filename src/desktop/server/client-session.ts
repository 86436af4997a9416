// A client's stream from header to footer: RFC 6120 sections 4.3 (negotiation), 6.4 (SASL),
// 7.6 and 7.7 (resource binding) and 8.1 (stanza attributes). With stream management (XEP-0198) the session may
// outlive it.
import { randomBytes } from "node:crypto";
import type { AccountDomain, Resource } from "./account-domain.js";
import { Element, element, type Node } from "./element.js";
import { bareOf, foldDomain, foldResource, formatJid, type Jid, parseJid } from "./jid.js";
import { NS } from "./namespaces.js";
import type { Registration } from "./registration.js";
import type { SaslNegotiation, SaslStep } from "./sasl.js";
import { errorFor, isProper, isRequest, isStanza, resultFor } from "./stanza.js";
import type { Closure, Stream, StreamHeader, StreamListener } from "./stream.js";
import {
  type ManagedSession,
  type ManagementContext,
  StreamManagement,
} from "./stream-management.js";

/** RFC 6120 section 6.4.5 recommends two to five. */
const MAX_LOGIN_ATTEMPTS = 3;
/** A question and two tries, twice. Each account made costs the server two key derivations. */
const MAX_REGISTRATIONS = 6;
const RESOURCE_BYTES = 8;

export type ClientState =
  | "opening" // waits for the first stream header
  | "authenticating" // SASL
  | "reopening" // waits for the header of the authenticated stream
  | "binding" // waits for the resource
  | "bound"
  | "hibernating" // has lost the stream and waits for another one
  | "closed";

export interface ClientContext extends ManagementContext {
  readonly domain: string;
  readonly accountDomain: AccountDomain;
}

export class ClientSession implements StreamListener, Resource, ManagedSession {
  state: ClientState = "opening";
  jid: Jid;
  private readonly management: StreamManagement;
  private failedLogins = 0;
  private registrations = 0;
  private lang = "en";

  constructor(
    private readonly stream: Stream,
    private readonly sasl: SaslNegotiation,
    private readonly registration: Registration | undefined,
    private readonly context: ClientContext,
  ) {
    this.jid = { local: "", domain: context.domain, resource: "" };
    this.management = new StreamManagement(stream, this, context);
    stream.listen(this);
  }

  onHeader({ element: header }: StreamHeader): void {
    if (foldDomain(header.get("to") ?? "") !== this.context.domain) {
      return this.stream.fail("host-unknown");
    }
    if (!/^[1-9]\d*\.\d+$/.test(header.get("version") ?? "")) {
      return this.stream.fail("unsupported-version");
    }
    this.lang = header.get("xml:lang") ?? this.lang;
    this.open(header.get("from"));
  }

  private open(from: string | undefined): void {
    const peer = from === undefined ? undefined : parseJid(from);
    const to = peer === undefined ? undefined : formatJid(bareOf(peer));
    this.stream.open({ from: this.context.domain, version: "1.0", to });
    const authenticated = this.state === "reopening";
    this.state = authenticated ? "binding" : "authenticating";
    this.offer(...(authenticated ? this.bindFeatures() : this.loginFeatures()));
  }

  private offer(...features: Element[]): void {
    this.stream.send(element("features", NS.streams, {}, ...features));
  }

  private loginFeatures(): Element[] {
    return [this.mechanisms(), ...(this.registration ? [this.registration.feature()] : [])];
  }

  private mechanisms(): Element {
    const offers = this.sasl.offers().map((name) => element("mechanism", NS.sasl, {}, name));
    return element("mechanisms", NS.sasl, {}, ...offers);
  }

  /** The session feature is for clients of RFC 3921; RFC 6121 appendix has it optional. */
  private bindFeatures(): Element[] {
    const optional = element("optional", NS.session);
    const session = element("session", NS.session, {}, optional);
    return [element("bind", NS.bind), session, ...this.management.features()];
  }

  onElement(received: Element): void {
    const mayManage = this.state === "binding" || this.state === "bound";
    if (mayManage && this.management.understands(received)) this.management.receive(received);
    else this.onOther(received);
  }

  private onOther(received: Element): void {
    switch (this.state) {
      case "authenticating":
        return this.onNegotiation(received);
      case "binding":
        return this.onBindRequest(received);
      case "bound":
        return this.onStanza(received);
    }
  }

  private onNegotiation(received: Element): void {
    if (isStanza(received)) this.onEarlyStanza(received);
    else if (received.namespace !== NS.sasl) this.stream.fail("unsupported-stanza-type");
    else this.onSaslStep(this.sasl.receive(received));
  }

  /** RFC 6120 section 6.3.2, but for XEP-0077. */
  private onEarlyStanza(stanza: Element): void {
    if (!this.registration?.isRegistration(stanza)) return this.stream.fail("not-authorized");
    if (++this.registrations > MAX_REGISTRATIONS) return this.stream.fail("policy-violation");
    this.stream.send(this.unaddressed(this.registration.answer(stanza)));
  }

  private onSaslStep(step: SaslStep): void {
    if (step.kind === "failure") return this.onLoginFailed(element(step.condition, NS.sasl));
    const data = Buffer.from(step.data).toString("base64");
    const content: Node[] = data === "" ? [] : [data];
    this.stream.send(element(step.kind, NS.sasl, {}, ...content));
    if (step.kind === "challenge") return;
    this.jid = { ...this.jid, local: step.local };
    this.state = "reopening";
    this.stream.restart();
  }

  private onLoginFailed(condition: Element): void {
    this.failedLogins++;
    this.stream.send(element("failure", NS.sasl, {}, condition));
    if (this.failedLogins >= MAX_LOGIN_ATTEMPTS) this.stream.fail("policy-violation");
  }

  /** RFC 6120 section 7.1: no stanza is processed before the resource is bound. */
  private onBindRequest(received: Element): void {
    if (!isStanza(received)) return this.stream.fail("unsupported-stanza-type");
    const request = received.child("bind", NS.bind);
    if (request === undefined || received.get("type") !== "set" || !isProper(received)) {
      return this.stream.fail("not-authorized");
    }
    const wanted = request.child("resource", NS.bind)?.text() ?? "";
    const resource = wanted === "" ? this.inventResource() : foldResource(wanted);
    if (resource !== undefined) return this.bind(received, resource);
    this.stream.send(errorFor(this.unaddressed(received), "bad-request", "modify"));
  }

  private inventResource(): string {
    return randomBytes(RESOURCE_BYTES).toString("hex");
  }

  private bind(request: Element, resource: string): void {
    this.take({ ...this.jid, resource });
    const jid = element("jid", NS.bind, {}, formatJid(this.jid));
    this.stream.send(resultFor(this.unaddressed(request), element("bind", NS.bind, {}, jid)));
  }

  private take(jid: Jid): void {
    this.jid = jid;
    this.state = "bound";
    this.stream.clearDeadline();
    this.context.accountDomain.bind(this);
  }

  get isBound(): boolean {
    return this.state === "bound";
  }

  resume(jid: Jid): void {
    this.take(jid);
  }

  /** Answers of the stream itself carry no addresses. */
  private unaddressed(request: Element): Element {
    const kept = [...request.attributes].filter(([name]) => name !== "from" && name !== "to");
    return new Element(request.name, request.namespace, new Map(kept), request.children);
  }

  private onStanza(stanza: Element): void {
    if (!isStanza(stanza)) return this.stream.fail("unsupported-stanza-type");
    this.management.onStanza();
    this.stamp(stanza);
    if (stanza.get("to") === undefined) this.onUnaddressed(stanza);
    else this.route(stanza);
  }

  /** RFC 6120 section 8.1.2.1: whatever `from` the client wrote, the real one replaces it. */
  private stamp(stanza: Element): void {
    stanza.set("from", formatJid(this.jid));
    const { lang } = this.stream.style.manners;
    if (lang && stanza.get("xml:lang") === undefined) stanza.set("xml:lang", this.lang);
  }

  /** RFC 6120 section 10.3: without `to` a stanza is meant for the account. */
  private onUnaddressed(stanza: Element): void {
    // Initial presence: accepted, and nobody is subscribed to it. A server with rosters, such as Prosody, sends it
    // back to its sender too: RFC 6121 section 4.2.2.
    if (stanza.name === "presence") return;
    if (isRequest(stanza) && stanza.child("session", NS.session) !== undefined) {
      return this.management.send(resultFor(this.unaddressed(stanza)));
    }
    if (isRequest(stanza) && stanza.child("bind", NS.bind) !== undefined) {
      return this.management.send(errorFor(this.unaddressed(stanza), "not-allowed"));
    }
    stanza.set("to", formatJid(bareOf(this.jid)));
    this.route(stanza);
  }

  private route(stanza: Element): void {
    if (isProper(stanza)) this.context.router.route(stanza);
    else this.context.router.bounce(stanza, "bad-request", "modify");
  }

  deliver(stanza: Element): void {
    this.management.send(this.hidesFrom(stanza) ? this.withoutFrom(stanza) : stanza);
  }

  private hidesFrom(stanza: Element): boolean {
    const ownAccount = stanza.get("from") === formatJid(bareOf(this.jid));
    const isAnswer = stanza.name === "iq" && !isRequest(stanza);
    const { manners, random } = this.stream.style;
    return isAnswer && ownAccount && manners.absentFrom && random.coin();
  }

  private withoutFrom(stanza: Element): Element {
    const kept = [...stanza.attributes].filter(([name]) => name !== "from");
    return new Element(stanza.name, stanza.namespace, new Map(kept), stanza.children);
  }

  displace(): void {
    this.management.end();
  }

  cut(): void {
    this.stream.cut();
  }

  onEnding(): void {
    this.management.onEnding();
  }

  onClosed(how: Closure): void {
    if (this.state === "bound") this.state = "hibernating";
    this.management.onClosed(how);
  }

  leave(): void {
    this.context.accountDomain.unbind(this);
    this.state = "closed";
  }
}
