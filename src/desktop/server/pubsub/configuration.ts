// A node's configuration: the form (XEP-0004) of XEP-0060 sections 8.1.3 and 16.4.4, as far as this service
// can do what it says. Fields that it does not know are ignored; what it knows and cannot do is refused.
import type { Element } from "../element.js";
import { NS } from "../namespaces.js";
import { type Outcome, refuse } from "./faults.js";

const PUBLISH_MODELS = ["open", "publishers", "subscribers"] as const;

export type PublishModel = (typeof PUBLISH_MODELS)[number];

export interface NodeConfiguration {
  /** Who may publish: anybody, the owner, or who has subscribed. */
  readonly publishModel: PublishModel;
  /** Events hold what was published, not only its id. */
  readonly deliversPayloads: boolean;
  /** How many of the last items are kept for who asks for them. */
  readonly keptItems: number;
}

/** As Prosody has it: who creates a node says whether others may publish to it. */
export const ownersConfiguration = (maxItems: number): NodeConfiguration => ({
  publishModel: "publishers",
  deliversPayloads: true,
  keptItems: maxItems,
});

/** Of a node that nobody owns. */
export const openConfiguration = (maxItems: number): NodeConfiguration => ({
  ...ownersConfiguration(maxItems),
  publishModel: "open",
});

type Fields = ReadonlyMap<string, string>;

export function readConfiguration(
  configure: Element,
  maxItems: number,
): Outcome<NodeConfiguration> {
  const form = configure.child("x", NS.dataForms);
  // Section 8.1.2: an empty <configure/> asks for the defaults.
  if (form === undefined) return { value: ownersConfiguration(maxItems) };
  const fields = fieldsOf(form);
  if (form.get("type") !== "submit" || fields.get("FORM_TYPE") !== `${NS.pubsub}#node_config`) {
    return refuse("bad-request");
  }
  return configurationOf(fields, maxItems);
}

function configurationOf(fields: Fields, maxItems: number): Outcome<NodeConfiguration> {
  const defaults = ownersConfiguration(maxItems);
  const publishModel = modelOf(fields.get("pubsub#publish_model") ?? defaults.publishModel);
  const deliversPayloads = booleanOf(fields.get("pubsub#deliver_payloads"));
  const delivers = booleanOf(fields.get("pubsub#deliver_notifications"));
  const keptItems = keptItemsOf(fields, maxItems);
  const isOpen = (fields.get("pubsub#access_model") ?? "open") === "open";
  if (publishModel && deliversPayloads !== undefined && keptItems !== undefined) {
    if (isOpen && delivers) return { value: { publishModel, deliversPayloads, keptItems } };
  }
  return refuse("configuration-not-acceptable");
}

function fieldsOf(form: Element): Fields {
  const fields = form.elements().filter((child) => child.is("field", NS.dataForms));
  return new Map(
    fields.map((field) => [
      field.get("var") ?? "",
      field.child("value", NS.dataForms)?.text().trim() ?? "",
    ]),
  );
}

function modelOf(text: string): PublishModel | undefined {
  return PUBLISH_MODELS.find((model) => model === text);
}

/** XEP-0004 section 3.3; absent it is true, the default of the fields that are read here. */
function booleanOf(text = "1"): boolean | undefined {
  if (["1", "true"].includes(text)) return true;
  return ["0", "false"].includes(text) ? false : undefined;
}

function keptItemsOf(fields: Fields, maxItems: number): number | undefined {
  const isPersistent = booleanOf(fields.get("pubsub#persist_items"));
  const text = fields.get("pubsub#max_items") ?? "max";
  const count = text === "max" ? maxItems : Number(text);
  const isPossible = Number.isInteger(count) && count >= 1 && count <= maxItems;
  if (isPersistent === undefined || !isPossible) return undefined;
  return isPersistent ? count : 0;
}
