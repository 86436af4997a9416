// The server's own domain: its accounts, their connected resources, and the server itself.
// RFC 6121 section 8.5, but a connected resource counts as available before it says so.
import type { Accounts } from "./accounts.js";
import { type Element, element } from "./element.js";
import type { Jid } from "./jid.js";
import { NS } from "./namespaces.js";
import type { Destination, Router } from "./router.js";
import { isRequest, mayBeAnswered, resultFor } from "./stanza.js";

/** The session of a bound client stream. */
export interface Resource {
  readonly jid: Jid;
  /** False while the session waits for another stream: XEP-0198 section 5. */
  readonly isBound: boolean;
  deliver(stanza: Element): void;
  /** Another stream took the same full JID. */
  displace(): void;
  cut(): void;
}

export class AccountDomain implements Destination {
  private readonly resources = new Map<string, Map<string, Resource>>();

  constructor(
    private readonly router: Router,
    private readonly accounts: Accounts,
  ) {}

  /** RFC 6120 section 7.7.2.2, third way: the newer stream wins. */
  bind(resource: Resource): void {
    const { local, resource: name } = resource.jid;
    this.find(resource.jid)?.displace();
    const ofAccount = this.resources.get(local) ?? new Map<string, Resource>();
    this.resources.set(local, ofAccount.set(name, resource));
  }

  unbind(resource: Resource): void {
    if (this.find(resource.jid) !== resource) return;
    const ofAccount = this.resources.get(resource.jid.local);
    ofAccount?.delete(resource.jid.resource);
    if (ofAccount?.size === 0) this.resources.delete(resource.jid.local);
  }

  find(jid: Jid): Resource | undefined {
    return this.resources.get(jid.local)?.get(jid.resource);
  }

  all(): Resource[] {
    return [...this.resources.values()].flatMap((ofAccount) => [...ofAccount.values()]);
  }

  deliver(stanza: Element, to: Jid): void {
    if (to.local === "") this.deliverToServer(stanza);
    else if (to.resource === "") this.deliverToAccount(stanza, to);
    else this.deliverToResource(stanza, to);
  }

  private deliverToServer(stanza: Element): void {
    if (isRequest(stanza)) this.answer(stanza, { category: "server", type: "im" });
  }

  private deliverToAccount(stanza: Element, to: Jid): void {
    if (stanza.name === "iq") return this.deliverIqToAccount(stanza, to);
    if (stanza.name === "presence") return;
    const ofAccount = [...(this.resources.get(to.local)?.values() ?? [])];
    ofAccount.forEach((resource) => resource.deliver(stanza));
    if (ofAccount.length === 0) this.router.bounce(stanza, "service-unavailable");
  }

  /** RFC 6121 section 8.5.2.1.3: the server answers on behalf of the account, never a resource. */
  private deliverIqToAccount(stanza: Element, to: Jid): void {
    const own = stanza.get("from")?.startsWith(`${to.local}@${to.domain}/`) ?? false;
    if (!mayBeAnswered(stanza)) return;
    if (own && this.accounts.has(to.local)) {
      this.answer(stanza, { category: "account", type: "registered" });
    } else this.router.bounce(stanza, "service-unavailable");
  }

  private deliverToResource(stanza: Element, to: Jid): void {
    const resource = this.find(to);
    if (resource !== undefined) return resource.deliver(stanza);
    // RFC 6121 section 8.5.3.2.1: only a chat may go on to another resource.
    if (stanza.name === "message" && stanza.get("type") === "chat") {
      return this.deliverToAccount(stanza, to);
    }
    this.router.bounce(stanza, "service-unavailable");
  }

  /** XEP-0199, and as much of XEP-0030 as is true. */
  private answer(request: Element, identity: { category: string; type: string }): void {
    const payload = request.elements()[0];
    const isGet = request.get("type") === "get";
    if (isGet && payload.is("ping", NS.ping)) return this.router.route(resultFor(request));
    if (!isGet || !payload.is("query", NS.discoInfo)) {
      return this.router.bounce(request, "service-unavailable");
    }
    const features = [NS.discoInfo, NS.ping].map((name) =>
      element("feature", NS.discoInfo, { var: name }),
    );
    const who = element("identity", NS.discoInfo, identity);
    this.router.route(resultFor(request, element("query", NS.discoInfo, {}, who, ...features)));
  }
}
