// The stream of an external component: XEP-0114 section 3.
import { createHash, timingSafeEqual } from "node:crypto";
import type { ComponentDomain, ComponentLink } from "./component-domain.js";
import { type Element, element } from "./element.js";
import { foldDomain, formatJid, parseJid } from "./jid.js";
import { NS } from "./namespaces.js";
import type { Router } from "./router.js";
import { isProper, isStanza } from "./stanza.js";
import type { Stream, StreamHeader, StreamListener } from "./stream.js";

export type ComponentState =
  | { readonly name: "opening" } // waits for the stream header
  | { readonly name: "shaking-hands"; readonly component: ComponentDomain; readonly id: string }
  | { readonly name: "connected"; readonly component: ComponentDomain }
  | { readonly name: "closed" };

/** XEP-0114 section 3, step 3: the hash over the stream id and the secret, in lower-case hex. */
export function handshakeDigest(streamId: string, secret: string): string {
  return createHash("sha1")
    .update(streamId + secret)
    .digest("hex");
}

function sameText(left: string, right: string): boolean {
  const [given, expected] = [Buffer.from(left), Buffer.from(right)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export class ComponentSession implements StreamListener, ComponentLink {
  private current: ComponentState = { name: "opening" };

  constructor(
    private readonly stream: Stream,
    private readonly components: readonly ComponentDomain[],
    private readonly router: Router,
  ) {
    stream.listen(this);
  }

  get state(): ComponentState["name"] {
    return this.current.name;
  }

  onHeader({ element: header }: StreamHeader): void {
    const domain = foldDomain(header.get("to") ?? "");
    const component = this.components.find((candidate) => candidate.domain === domain);
    if (component === undefined) return this.stream.fail("host-unknown");
    const id = this.stream.open({ from: component.domain });
    this.current = { name: "shaking-hands", component, id };
  }

  onElement(received: Element): void {
    if (this.current.name === "shaking-hands") this.onHandshake(received, this.current);
    else if (this.current.name === "connected") this.onStanza(received, this.current.component);
  }

  private onHandshake(
    received: Element,
    { component, id }: ComponentState & { name: "shaking-hands" },
  ): void {
    const expected = handshakeDigest(id, component.secret);
    if (!received.is("handshake", NS.client) || !sameText(received.text(), expected)) {
      return this.stream.fail("not-authorized");
    }
    if (!component.attach(this)) return this.stream.fail("conflict");
    this.current = { name: "connected", component };
    this.stream.clearDeadline();
    this.stream.send(element("handshake", NS.client));
  }

  private onStanza(stanza: Element, component: ComponentDomain): void {
    if (!isStanza(stanza)) return this.stream.fail("unsupported-stanza-type");
    const [from, to] = [stanza.get("from"), stanza.get("to")];
    // As between servers, both addresses are required: RFC 6120 section 8.1.
    if (from === undefined || to === undefined) return this.stream.fail("improper-addressing");
    const sender = parseJid(from);
    if (sender?.domain !== component.domain) return this.stream.fail("invalid-from");
    stanza.set("from", formatJid(sender));
    if (isProper(stanza)) this.router.route(stanza);
    else this.router.bounce(stanza, "bad-request", "modify");
  }

  deliver(stanza: Element): void {
    this.stream.send(stanza);
  }

  onClosed(): void {
    if (this.current.name === "connected") this.current.component.detach(this);
    this.current = { name: "closed" };
  }
}
