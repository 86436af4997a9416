// What XEP-0060 has and this service has not, by the names of its features (section 10): an answer of
// feature-not-implemented says which.

type Names = Readonly<Record<string, string | undefined>>;

/** Elements in <pubsub/>. */
const entityFeatures: Names = {
  affiliations: "retrieve-affiliations",
  default: "retrieve-default-sub",
  options: "subscription-options",
  "publish-options": "publish-options",
  retract: "delete-items",
  subscriptions: "retrieve-subscriptions",
};

/** Elements in the <pubsub/> of owners. */
const ownerFeatures: Names = {
  affiliations: "modify-affiliations",
  configure: "config-node",
  default: "retrieve-default",
  delete: "delete-nodes",
  purge: "purge-nodes",
  subscriptions: "manage-subscriptions",
};

export const featureOf = (name: string): string | undefined => entityFeatures[name];

export const ownerFeatureOf = (name: string): string | undefined => ownerFeatures[name];
