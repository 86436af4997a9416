// Stream management: XEP-0198 version 1.6. What of it concerns one stream; the counts and the right to resume
// belong to the session and go over from one stream to the next.
//
// What Prosody 0.12's mod_smacks does otherwise:
//
//   - It asks after every stanza, and at once after resuming; here after five or when there was a pause.
//   - A stream that another one takes over is closed there without the stream error of section 5.
//   - A second <enable/> is only refused there; here it ends the stream, as section 3 has it.
//   - Messages and presence that are sent again say there since when they have been under way (XEP-0203).
//   - It has no handled-count-too-high, and answers a <resume/> with too high an h with <failed/> before that.
//   - What nobody acknowledged comes back as an error of type "cancel", here "wait": RFC 6120 section 8.3.3.13.
import type { StanzaCondition } from "./conditions.js";
import { AckRequests } from "./ack-requests.js";
import { type Element, element } from "./element.js";
import type { Jid } from "./jid.js";
import { Ledger } from "./ledger.js";
import { NS } from "./namespaces.js";
import type { Holder, Resumptions } from "./resumptions.js";
import type { Router } from "./router.js";
import type { Closure, Stream } from "./stream.js";

const MAX_UNACKNOWLEDGED_BYTES = 512 * 1024;
const MAX_COUNT = 0xffff_ffff;

export type ManagementState =
  | "off" // nothing is counted
  | "counting" // <enabled/> or <resumed/> is out
  | "hibernating" // the stream was lost; what is for the client waits
  | "over"; // the session has ended, or another stream has it

/** The session around the stream. */
export interface ManagedSession {
  readonly jid: Jid;
  readonly isBound: boolean;
  /** Takes the full JID that the session has had. */
  resume(jid: Jid): void;
  /** Gives the full JID up. */
  leave(): void;
}

export interface ManagementContext {
  readonly router: Router;
  readonly resumptions: Resumptions;
  /** False: it is neither offered nor understood. */
  readonly streamManagement: boolean;
  /** For one stanza more the session ends. */
  readonly maxUnacknowledged: number;
}

function countOf(command: Element): number | undefined {
  const text = command.get("h") ?? "";
  return /^\d{1,10}$/.test(text) && Number(text) <= MAX_COUNT ? Number(text) : undefined;
}

const isTrue = (text: string | undefined) => text === "true" || text === "1";

/** What a client wishes for in seconds, in milliseconds. */
function wishOf(command: Element): number {
  const seconds = Number(command.get("max"));
  return seconds > 0 ? seconds * 1000 : Infinity;
}

export class StreamManagement implements Holder {
  ledger = new Ledger();
  private state: ManagementState = "off";
  private id: string | undefined;
  private requests: AckRequests;

  constructor(
    private readonly stream: Stream,
    private readonly session: ManagedSession,
    private readonly context: ManagementContext,
  ) {
    this.requests = this.newRequests();
  }

  private newRequests(): AckRequests {
    const ask = () => this.stream.send(element("r", NS.streamManagement));
    return new AckRequests(this.ledger, ask, this.stream.timers);
  }

  get jid(): Jid {
    return this.session.jid;
  }

  features(): Element[] {
    return this.context.streamManagement ? [element("sm", NS.streamManagement)] : [];
  }

  understands(received: Element): boolean {
    return this.context.streamManagement && received.namespace === NS.streamManagement;
  }

  receive(command: Element): void {
    const { isBound } = this.session;
    if (command.name === "resume" && !isBound) return this.onResume(command);
    if (command.name === "enable" && isBound) return this.onEnable(command);
    if (command.name === "r" && this.state === "counting") return this.sendCount();
    if (command.name === "a" && this.state === "counting") return this.onCount(command);
    if (["enable", "resume"].includes(command.name)) return this.refuse("unexpected-request");
    this.stream.fail("unsupported-stanza-type");
  }

  /** Section 6. */
  private refuse(condition: StanzaCondition, h?: number): void {
    const reason = element(condition, NS.stanzaErrors);
    this.stream.send(element("failed", NS.streamManagement, { h: h?.toString() }, reason));
  }

  private onEnable(command: Element): void {
    // Section 3: there is one attempt.
    if (this.state !== "off") return this.stream.fail("policy-violation");
    this.state = "counting";
    const attributes = isTrue(command.get("resume")) ? this.grant(command) : {};
    this.stream.send(element("enabled", NS.streamManagement, attributes));
  }

  private grant(command: Element): Record<string, string | undefined> {
    const { id, timeoutMs } = this.context.resumptions.grant(this, wishOf(command));
    this.id = id;
    const seconds = Math.floor(timeoutMs / 1000);
    return { id, resume: "true", max: seconds > 0 ? `${seconds}` : undefined };
  }

  private sendCount(): void {
    this.stream.send(element("a", NS.streamManagement, { h: `${this.ledger.handled}` }));
  }

  private onCount(command: Element): void {
    const count = countOf(command);
    if (count === undefined) this.stream.fail("invalid-xml");
    else if (this.ledger.acknowledge(count)) this.requests.onAnswer();
    else this.failForCount(count);
  }

  /** Section 4: whoever has handled more than there was cannot be counted with. */
  private failForCount(count: number): void {
    const counts = { h: `${count}`, "send-count": `${this.ledger.sent}` };
    const tooHigh = element("handled-count-too-high", NS.streamManagement, counts);
    this.stream.fail("undefined-condition", tooHigh);
  }

  /** Section 5. A refusal leaves the client where it was, and it may bind a resource. */
  private onResume(command: Element): void {
    const [id, count] = [command.get("previd"), countOf(command)];
    if (id === undefined || count === undefined) return this.refuse("bad-request");
    const { resumptions } = this.context;
    const former = resumptions.claim(id, this);
    if (former !== undefined) return this.goOn(id, former, count);
    this.refuse("item-not-found", resumptions.handledBefore(id, this.jid.local));
  }

  private goOn(id: string, former: Holder, count: number): void {
    this.state = "counting";
    this.id = id;
    this.ledger = former.ledger;
    this.requests = this.newRequests();
    this.session.resume(former.jid);
    if (!this.ledger.acknowledge(count)) return this.failForCount(count);
    const attributes = { previd: id, h: `${this.ledger.handled}` };
    this.stream.send(element("resumed", NS.streamManagement, attributes));
    this.ledger.unacknowledged.forEach((stanza) => this.stream.send(stanza));
    this.requests.ask();
  }

  /** The client sent a stanza. */
  onStanza(): void {
    if (this.state === "counting") this.ledger.onHandled();
  }

  /** Sends a stanza to the client, now or when it is back. */
  send(stanza: Element): void {
    if (this.state === "off") return this.stream.send(stanza);
    if (this.state === "over") return;
    this.ledger.onSent(stanza);
    if (this.isFull()) return this.overflow();
    // Neither does anything while there is no stream.
    this.stream.send(stanza);
    this.requests.onSent();
  }

  private isFull(): boolean {
    const { unacknowledged, unacknowledgedBytes } = this.ledger;
    const { maxUnacknowledged } = this.context;
    return (
      unacknowledged.length > maxUnacknowledged || unacknowledgedBytes > MAX_UNACKNOWLEDGED_BYTES
    );
  }

  /** A client that acknowledges nothing must not fill our memory. */
  private overflow(): void {
    this.stream.fail("resource-constraint");
    this.finish();
  }

  /** Section 7: the last chance to tell what was handled. */
  onEnding(): void {
    if (this.state === "counting") this.sendCount();
  }

  /** Only a stream that was not closed by either side leaves a session behind: section 7. */
  onClosed(how: Closure): void {
    this.requests.stop();
    if (how === "ended" || this.state !== "counting" || this.id === undefined) return this.finish();
    this.state = "hibernating";
    this.context.resumptions.hibernate(this.id);
  }

  /** Section 5: the stream may still stand, and then learns of the conflict. */
  surrender(): void {
    this.state = "over";
    this.requests.stop();
    this.session.leave();
    this.stream.fail("conflict");
  }

  end(): void {
    this.stream.fail("conflict");
    this.finish();
  }

  /** What nobody acknowledged may be lost, and who asked must not wait for an answer. */
  private finish(): void {
    if (this.state === "over") return;
    this.state = "over";
    if (this.id !== undefined) this.context.resumptions.revoke(this.id);
    this.session.leave();
    const { router } = this.context;
    for (const stanza of this.ledger.unacknowledged) {
      router.bounce(stanza, "recipient-unavailable", "wait");
    }
  }
}
