// The nodes of a PubSub service, as many as it takes.
import { type NodeConfiguration, openConfiguration } from "./configuration.js";
import { type Outcome, refuse } from "./faults.js";
import { PubSubNode } from "./node.js";
import type { PubSubSettings } from "./options.js";

/** What RFC 7622 gives a resource, which a node's name can be: XEP-0060 section 4.6.1. */
const MAX_NAME_BYTES = 1023;

export const isTooLong = (name: string) => Buffer.byteLength(name) > MAX_NAME_BYTES;

export class Nodes {
  private readonly nodes = new Map<string, PubSubNode>();

  constructor(private readonly settings: PubSubSettings) {}

  get names(): readonly string[] {
    return [...this.nodes.keys()];
  }

  find(name: string | undefined): Outcome<PubSubNode> {
    if (!name) return refuse("nodeid-required");
    const node = this.nodes.get(name);
    return node === undefined ? refuse("node-unknown") : { value: node };
  }

  /** One that is there, or that nobody owns. */
  findOrCreate(name: string | undefined): Outcome<PubSubNode> {
    const found = this.find(name);
    const isMissing = "fault" in found && found.fault === "node-unknown";
    if (!name || !isMissing || !this.settings.autoCreate) return found;
    return this.create(name, openConfiguration(this.settings.maxItems));
  }

  create(name: string, configuration: NodeConfiguration, owner?: string): Outcome<PubSubNode> {
    const { maxNodes, maxSubscribers } = this.settings;
    if (isTooLong(name)) return refuse("name-too-long");
    if (this.nodes.has(name)) return refuse("node-exists");
    if (this.nodes.size >= maxNodes) return refuse("too-many-nodes");
    const node = new PubSubNode(name, configuration, owner, maxSubscribers);
    this.nodes.set(name, node);
    return { value: node };
  }

  /** From every node. */
  unsubscribe(jid: string): void {
    for (const node of this.nodes.values()) node.unsubscribe(jid);
  }
}
