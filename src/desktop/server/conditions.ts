// The defined conditions used here: RFC 6120 sections 4.9.3, 6.5 and 8.3.3.
export type StreamCondition =
  | "bad-format"
  | "bad-namespace-prefix"
  | "conflict"
  | "connection-timeout"
  | "host-unknown"
  | "improper-addressing"
  | "invalid-from"
  | "invalid-namespace"
  | "not-authorized"
  | "not-well-formed"
  | "policy-violation"
  | "restricted-xml"
  | "system-shutdown"
  | "unsupported-encoding"
  | "unsupported-stanza-type"
  | "unsupported-version";

export type SaslCondition =
  | "aborted"
  | "encryption-required"
  | "incorrect-encoding"
  | "invalid-authzid"
  | "invalid-mechanism"
  | "malformed-request"
  | "not-authorized";

export type StanzaErrorType = "cancel" | "modify" | "wait";

export type StanzaCondition =
  | "bad-request"
  | "internal-server-error"
  | "jid-malformed"
  | "not-allowed"
  | "remote-server-not-found"
  | "service-unavailable";
