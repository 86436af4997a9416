// Errors of OpenSpime v0.9 that an agent answers with, as words: the type (RFC 6120 section 8.3.2) and the
// document's condition, beside which stands that RFC's `undefined-condition` (section 8.3.3.21); or the
// type, nothing, and a condition of the RFC.

export const MALFORMED_TRANSPORT = "modify xml-malformed-transport-node";
export const DECRYPTION_ERROR = "modify decryption-error";
/** After `decryption` or `signature`. */
export const NOT_ENABLED = "-not-enabled";
export const INVALID_CERTIFIER = "cancel signature-error-invalid-cert-auth";
export const CORRUPTED_KEY = "cancel signature-error-public-key-corrupted";
export const NO_PUBLIC_KEY = "cancel no-available-public-key";
export const INTERNAL_ERROR = "wait  internal-server-error";
/** Too much is waiting, or there is no room. */
export const BUSY = "wait  resource-constraint";
export const BAD_REQUEST = "modify  bad-request";
export const FORBIDDEN = "auth  forbidden";
export const ITEM_NOT_FOUND = "cancel  item-not-found";
/** Of an update (update.ts): not for this board. */
export const NOT_ACCEPTABLE = "modify  not-acceptable";
/** An older version. */
export const NOT_ALLOWED = "cancel  not-allowed";
/** Its signature is not right. */
export const NOT_AUTHORIZED = "auth  not-authorized";
/** The board's own files would have too little room. */
export const NO_ROOM = "cancel  policy-violation";
/** What has come is not what was signed. */
export const CONFLICT = "cancel  conflict";
/** Nothing was announced, or not since the last start. */
export const UNEXPECTED = "wait  unexpected-request";
/** It was opened, and what is inside means nothing here. */
export const UNKNOWN_CONTENT = "cancel  feature-not-implemented";
