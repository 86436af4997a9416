// The relay's public names.

export { RelayFault, startRelay } from "./relay.js";
export type { Relay, RelayOptions } from "./relay.js";
export type { ItemIdentity } from "./identity.js";
export type { PubsubPlace } from "../scopenode/pubsub-place.js";
