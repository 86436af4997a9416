// The domain of an external component, connected or not: XEP-0114.
import type { Element } from "./element.js";
import type { Destination, Router } from "./router.js";

export interface ComponentLink {
  deliver(stanza: Element): void;
}

export class ComponentDomain implements Destination {
  private link: ComponentLink | undefined;

  constructor(
    private readonly router: Router,
    readonly domain: string,
    readonly secret: string,
  ) {}

  /** One link at a time: the one that is there stays. */
  attach(link: ComponentLink): boolean {
    if (this.link !== undefined) return false;
    this.link = link;
    return true;
  }

  detach(link: ComponentLink): void {
    if (this.link === link) this.link = undefined;
  }

  deliver(stanza: Element): void {
    if (this.link !== undefined) this.link.deliver(stanza);
    else this.router.bounce(stanza, "service-unavailable", "wait");
  }
}
