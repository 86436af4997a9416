// Errors of OpenSpime v0.9 that an agent answers with: the type (RFC 6120 section 8.3.2), that RFC's
// condition (section 8.3.3), the document's own. The desktop's conditions.ts says why these.

export const MALFORMED_TRANSPORT = "modify bad-request xml-malformed-transport-node";
export const DECRYPTION_ERROR = "modify bad-request decryption-error";
export const DECRYPTION_NOT_ENABLED = "cancel feature-not-implemented decryption-not-enabled";
export const SIGNATURE_NOT_ENABLED = "cancel feature-not-implemented signature-not-enabled";
export const INVALID_CERTIFIER = "cancel not-allowed signature-error-invalid-cert-auth";
export const CORRUPTED_KEY = "cancel not-allowed signature-error-public-key-corrupted";
export const NO_PUBLIC_KEY = "cancel item-not-found no-available-public-key";
export const INTERNAL_ERROR = "wait internal-server-error";
/** Another envelope is being opened. */
export const BUSY = "wait resource-constraint";
/** It was opened, and what is inside means nothing here. */
export const UNKNOWN_CONTENT = "cancel feature-not-implemented";
