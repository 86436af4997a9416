// The errors that ScopeNode and certification service answer with: OpenSpime v0.9 conditions, and the RFC 6120 section 8.3.3
// condition that stands beside each (section 1.0.0 of the document shows both in one <error/>).

import { CORE_ERROR, DATA_ERROR } from "./namespaces.js";

interface ConditionRow {
  readonly type: "auth" | "cancel" | "modify" | "wait";
  /** Defined condition of RFC 6120, in urn:ietf:params:xml:ns:xmpp-stanzas. */
  readonly defined: string;
  /** Namespace of the OpenSpime condition; absent when the defined condition says it all. */
  readonly xmlns?: string;
}

const rows = {
  // The example of section 1.0.0.
  "inconsistent-data-with-scope": { type: "modify", defined: "bad-request", xmlns: DATA_ERROR },
  // 8.3.3.1: "XML that does not conform to the appropriate schema".
  "xml-malformed-transport-node": { type: "modify", defined: "bad-request", xmlns: CORE_ERROR },
  // 8.3.3.3: the feature "is not implemented by the intended recipient", so do not send it again.
  "decryption-not-enabled": {
    type: "cancel",
    defined: "feature-not-implemented",
    xmlns: CORE_ERROR,
  },
  "signature-not-enabled": {
    type: "cancel",
    defined: "feature-not-implemented",
    xmlns: CORE_ERROR,
  },
  // The same for everything that can go wrong in a decryption: it is no oracle.
  "decryption-error": { type: "modify", defined: "bad-request", xmlns: CORE_ERROR },
  // 8.3.3.10: nobody may do it with this certification service, or with this signature.
  "signature-error-invalid-cert-auth": {
    type: "cancel",
    defined: "not-allowed",
    xmlns: CORE_ERROR,
  },
  "signature-error-public-key-corrupted": {
    type: "cancel",
    defined: "not-allowed",
    xmlns: CORE_ERROR,
  },
  "no-available-public-key": { type: "cancel", defined: "item-not-found", xmlns: CORE_ERROR },
  // RFC 6120 would cancel; OpenSpime keeps the `wait` of RFC 3920: retry later.
  "internal-server-error": { type: "wait", defined: "internal-server-error" },
  "bad-request": { type: "modify", defined: "bad-request" },
  "feature-not-implemented": { type: "cancel", defined: "feature-not-implemented" },
  // 8.3.3.4: reporting in another's name takes that entity's signature.
  forbidden: { type: "auth", defined: "forbidden" },
  "item-not-found": { type: "cancel", defined: "item-not-found" },
  "service-unavailable": { type: "cancel", defined: "service-unavailable" },
} as const satisfies Record<string, ConditionRow>;

export type Condition = keyof typeof rows;

export const conditions: Readonly<Record<Condition, ConditionRow>> = rows;

/** Why a request was refused. The text is for the operator: it never goes on the wire. */
export interface Fault {
  readonly condition: Condition;
  readonly text: string;
}

export type Parsed<T> = { readonly value: T } | { readonly fault: Fault };

/** What somebody else wrote, short enough for such a text. */
export function clip(text: string, most = 80): string {
  return JSON.stringify(text.slice(0, most));
}

export function refuse(condition: Condition, text: string): { readonly fault: Fault } {
  return { fault: { condition, text } };
}
