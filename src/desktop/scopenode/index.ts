// The ScopeNode's public names.

export { startScopeNode } from "./scopenode.js";
export type { Refusal, ScopeNode, ScopeNodeOptions } from "./scopenode.js";
export type { Report } from "./queries.js";
export type { Entry } from "./report.js";
export type { AcceptedCertifier, BoundCertifier } from "../openspime/certifiers.js";
export type { Condition } from "../openspime/conditions.js";
export { defaultScope } from "./scope.js";
export type { Range, Scope } from "./scope.js";
export { Database } from "./database.js";
export type { DatabaseBounds, StoredEntry } from "./database.js";
export type { Seek, SeekOutcome } from "./seeking.js";
export type { PubsubPlace } from "./pubsub-place.js";
