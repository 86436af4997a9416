// A node of XEP-0060: who owns it, who has subscribed, and the last items.
import type { Element } from "../element.js";
import type { NodeConfiguration } from "./configuration.js";

export interface Item {
  readonly id: string;
  readonly payload: Element;
}

export class PubSubNode {
  private readonly subscribers = new Set<string>();
  private readonly items = new Map<string, Item>();

  constructor(
    readonly name: string,
    readonly configuration: NodeConfiguration,
    /** Bare JID; a node that was made by the way has none. */
    private readonly owner: string | undefined,
    private readonly maxSubscribers: number,
  ) {}

  /** The addresses that get its events. */
  get addresses(): readonly string[] {
    return [...this.subscribers];
  }

  /** False at the bound. Who has subscribed already stays subscribed, once: section 6.1.6. */
  subscribe(jid: string): boolean {
    if (!this.subscribers.has(jid) && this.subscribers.size >= this.maxSubscribers) return false;
    this.subscribers.add(jid);
    return true;
  }

  /** False if it was not subscribed. */
  unsubscribe(jid: string): boolean {
    return this.subscribers.delete(jid);
  }

  mayPublish(jid: string, bareJid: string): boolean {
    const { publishModel } = this.configuration;
    if (publishModel === "open" || bareJid === this.owner) return true;
    const isSubscribed = this.subscribers.has(jid) || this.subscribers.has(bareJid);
    return publishModel === "subscribers" && isSubscribed;
  }

  /** Section 7.1.2: one with the same id is written over. */
  keep(item: Item): void {
    this.items.delete(item.id);
    this.items.set(item.id, item);
    for (const oldest of this.items.keys()) {
      if (this.items.size <= this.configuration.keptItems) return;
      this.items.delete(oldest);
    }
  }

  find(id: string): Item | undefined {
    return this.items.get(id);
  }

  /** In the order in which they were published. */
  all(): Item[] {
    return [...this.items.values()];
  }
}
