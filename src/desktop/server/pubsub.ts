// A PubSub service inside the server: XEP-0060 1.30, as much of it as SpimeSeek takes (OpenSpime v0.9 section
// 1.2.0), with subscribing (6.1), unsubscribing (6.2), retrieving items (6.5), publishing (7.1) and creating
// nodes (8.1). What Prosody 0.12's mod_pubsub does otherwise:
//
//   - A publisher who named the item gets an empty result here, as the document prints it, and the id once more
//     from Prosody; 7.1.2 allows both.
//   - The result comes before the events here, after them from Prosody.
//   - Nodes that are made by the way are open here. Prosody makes them by the way too if told to, but lets
//     only administrators publish to them and create any: a node for all has to be created with
//     publish_model "open" by one of those first.
//   - A node has to have a name here (8.1.1); Prosody thinks of one.
//   - Events are of type "headline" from Prosody, and have none here, as the document prints it.
//   - Whoever subscribes another gets invalid-jid here (6.1.3.1), forbidden from Prosody, that unsubscribes an
//     address that was not with an error of type "modify" instead of "cancel" (6.2.3.2), and says
//     bad-request for an item without payload without payload-required (7.1.3.6).
//   - An address that bounces an event is unsubscribed here (12.4), and stays subscribed at Prosody.
import type { Element } from "./element.js";
import { bareOf, formatJid, parseJid } from "./jid.js";
import { NS } from "./namespaces.js";
import { answerDiscoInfo, answerDiscoItems } from "./pubsub/discovery.js";
import { type Fault, faultReply, type Outcome, refuse } from "./pubsub/faults.js";
import { ownersConfiguration, readConfiguration } from "./pubsub/configuration.js";
import { Nodes } from "./pubsub/nodes.js";
import { type PubSubOptions, pubsubSettingsOf, type PubSubSettings } from "./pubsub/options.js";
import { eventsOf, readPublication } from "./pubsub/publication.js";
import { published, retrieved, subscription } from "./pubsub/replies.js";
import { featureOf, ownerFeatureOf } from "./pubsub/unsupported.js";
import type { LocalService } from "./router.js";
import { isRequest, resultFor } from "./stanza.js";

/** The result's children, and what is sent after it. */
interface Answer {
  readonly result: readonly Element[];
  readonly events?: readonly Element[];
}

/** `domain` is folded. */
export function pubsubService(domain: string, options: PubSubOptions = {}): LocalService {
  const service = new PubSubService(domain, pubsubSettingsOf(options));
  return (stanza, send) => {
    if (isRequest(stanza)) service.answer(stanza).forEach(send);
    else service.onBounce(stanza);
  };
}

class PubSubService {
  private readonly nodes: Nodes;

  constructor(
    private readonly domain: string,
    private readonly settings: PubSubSettings,
  ) {
    this.nodes = new Nodes(settings);
  }

  /** The reply, then what else there is to send. */
  answer(request: Element): Element[] {
    const outcome = this.outcomeOf(request);
    if ("fault" in outcome) return [faultReply(request, outcome.fault)];
    const { result, events = [] } = outcome.value;
    return [resultFor(request, ...result), ...events];
  }

  /** Section 12.4: who cannot be reached for good is no subscriber any more. */
  onBounce(stanza: Element): void {
    const type = stanza.child("error", NS.client)?.get("type");
    const isBounce = stanza.name === "message" && stanza.get("type") === "error";
    if (isBounce && type === "cancel") this.nodes.unsubscribe(stanza.get("from") ?? "");
  }

  private outcomeOf(request: Element): Outcome<Answer> {
    if (request.get("to") !== this.domain) return refuse("no-such-address");
    const [query] = request.elements();
    if (query.namespace === NS.pubsub && query.name === "pubsub") return this.act(request, query);
    if (query.is("pubsub", NS.pubsubOwner)) return this.refuseOwner(query);
    return request.get("type") === "get" ? this.discover(query) : refuse("service-unavailable");
  }

  private discover(query: Element): Outcome<Answer> {
    if (query.is("ping", NS.ping)) return { value: { result: [] } };
    if (query.is("query", NS.discoInfo)) {
      return only(answerDiscoInfo(query, this.nodes, this.settings.autoCreate));
    }
    if (query.is("query", NS.discoItems)) {
      return only(answerDiscoItems(query, this.nodes, this.domain));
    }
    return refuse("service-unavailable");
  }

  private refuseOwner(query: Element): { readonly fault: Fault } {
    const feature = ownerFeatureOf(query.elements()[0]?.name ?? "");
    return refuse(feature === undefined ? "bad-request" : { unsupported: feature });
  }

  private act(request: Element, pubsub: Element): Outcome<Answer> {
    const [action, second] = pubsub.elements();
    if (action === undefined) return refuse("bad-request");
    const name = `${request.get("type")} ${action.name}`;
    if (name === "set create") return this.create(request, action, second);
    // What would change the meaning is not passed over: <options/>, <publish-options/>.
    const unknown = featureOf((second ?? action).name);
    if (unknown !== undefined) return refuse({ unsupported: unknown });
    if (second !== undefined) return refuse("bad-request");
    if (name === "set publish") return this.publish(request, action);
    if (name === "set subscribe") return this.subscribe(request, action);
    if (name === "set unsubscribe") return this.unsubscribe(request, action);
    return name === "get items" ? this.retrieve(action) : refuse("bad-request");
  }

  private create(request: Element, create: Element, configure?: Element): Outcome<Answer> {
    const name = create.get("node");
    if (!name) return refuse("no-instant-node");
    if (configure && !configure.is("configure", NS.pubsub)) return refuse("bad-request");
    const { maxItems } = this.settings;
    const configuration = configure
      ? readConfiguration(configure, maxItems)
      : { value: ownersConfiguration(maxItems) };
    if ("fault" in configuration) return configuration;
    const created = this.nodes.create(name, configuration.value, bareSender(request));
    return "fault" in created ? created : { value: { result: [] } };
  }

  private publish(request: Element, publish: Element): Outcome<Answer> {
    const publication = readPublication(publish, this.settings.maxPayloadBytes);
    if ("fault" in publication) return publication;
    const found = this.nodes.findOrCreate(publish.get("node"));
    if ("fault" in found) return found;
    const { value: node } = found;
    const { value: item } = publication;
    if (!node.mayPublish(sender(request), bareSender(request))) return refuse("not-a-publisher");
    node.keep(item);
    const events = eventsOf(node, item, this.domain, request.get("xml:lang"));
    return { value: { result: item.isNamed ? [] : [published(node, item)], events } };
  }

  private subscribe(request: Element, subscribe: Element): Outcome<Answer> {
    const jid = ownAddress(request, subscribe);
    if (jid === undefined) return refuse("invalid-jid");
    const found = this.nodes.findOrCreate(subscribe.get("node"));
    if ("fault" in found) return found;
    if (!found.value.subscribe(jid)) return refuse("too-many-subscriptions");
    return { value: { result: [subscription(found.value, jid, "subscribed")] } };
  }

  private unsubscribe(request: Element, unsubscribe: Element): Outcome<Answer> {
    const jid = ownAddress(request, unsubscribe);
    if (jid === undefined) return refuse("invalid-jid");
    const found = this.nodes.find(unsubscribe.get("node"));
    if ("fault" in found) return found;
    if (!found.value.unsubscribe(jid)) return refuse("not-subscribed");
    return { value: { result: [subscription(found.value, jid, "none")] } };
  }

  /** Section 6.5: all, the last few, or those that are named and there. */
  private retrieve(request: Element): Outcome<Answer> {
    const found = this.nodes.find(request.get("node"));
    if ("fault" in found) return found;
    const node = found.value;
    const count = Number(request.get("max_items") ?? this.settings.maxItems);
    if (!Number.isInteger(count) || count < 1) return refuse("bad-request");
    // Each once, however often it is asked for: the answer is no longer than the node.
    const ids = new Set(request.elements().map((item) => item.get("id") ?? ""));
    const named = [...ids].flatMap((id) => node.find(id) ?? []);
    const items = ids.size > 0 ? named : node.all().slice(-count);
    return { value: { result: [retrieved(node, items)] } };
  }
}

function only(outcome: Outcome<Element>): Outcome<Answer> {
  return "fault" in outcome ? outcome : { value: { result: [outcome.value] } };
}

/** The router has checked it. */
const sender = (request: Element) => request.get("from") ?? "";

const bareSender = (request: Element) => bareText(sender(request));

function bareText(text: string): string {
  const jid = parseJid(text);
  return jid === undefined ? "" : formatJid(bareOf(jid));
}

/** Section 6.1.3.1: an address of who asks, with any resource or none. */
function ownAddress(request: Element, query: Element): string | undefined {
  const jid = parseJid(query.get("jid") ?? "");
  if (jid === undefined || formatJid(bareOf(jid)) !== bareSender(request)) return undefined;
  return formatJid(jid);
}
