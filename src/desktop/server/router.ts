// Who gets a stanza: RFC 6120 section 10. The router knows domains only; what is behind one, the
// accounts, a component or a local service, decides about its own addresses.
import type { StanzaCondition, StanzaErrorType } from "./conditions.js";
import type { Element } from "./element.js";
import { type Jid, formatJid, parseJid } from "./jid.js";
import { errorFor, isRequest, mayBeAnswered } from "./stanza.js";

export interface Destination {
  /** `to` is the address of the stanza, parsed and folded. */
  deliver(stanza: Element, to: Jid): void;
}

/**
 * A service inside the server, such as PubSub. It must answer every iq request; `send` routes
 * what it says, whose `from` it sets itself.
 */
export type LocalService = (stanza: Element, send: (stanza: Element) => void) => void;

export class Router {
  private readonly destinations = new Map<string, Destination>();

  register(domain: string, destination: Destination): void {
    if (this.destinations.has(domain)) throw new RangeError(`domain ${domain} is already served`);
    this.destinations.set(domain, destination);
  }

  registerService(domain: string, service: LocalService): void {
    this.register(domain, { deliver: (stanza) => this.serve(service, stanza) });
  }

  /** The stanza must have a `from` that was checked, and a `to`. */
  route(stanza: Element): void {
    const to = parseJid(stanza.get("to") ?? "");
    if (to === undefined) return this.bounce(stanza, "jid-malformed", "modify");
    // Servers show every address folded.
    stanza.set("to", formatJid(to));
    const destination = this.destinations.get(to.domain);
    if (destination === undefined) return this.bounce(stanza, "remote-server-not-found");
    destination.deliver(stanza, to);
  }

  bounce(stanza: Element, condition: StanzaCondition, type?: StanzaErrorType): void {
    // Nobody waits for an answer to presence.
    if (stanza.name === "presence" || !mayBeAnswered(stanza)) return;
    this.route(errorFor(stanza, condition, type));
  }

  private serve(service: LocalService, stanza: Element): void {
    try {
      service(stanza, (reply) => this.route(reply));
    } catch {
      if (isRequest(stanza)) this.bounce(stanza, "internal-server-error", "wait");
    }
  }
}
