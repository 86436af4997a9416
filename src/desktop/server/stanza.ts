// Stanzas and their error replies: RFC 6120 section 8.
import type { StanzaCondition, StanzaErrorType } from "./conditions.js";
import { type Element, element } from "./element.js";
import { NS } from "./namespaces.js";

export const STANZA_NAMES = ["iq", "message", "presence"];

const IQ_TYPES = ["get", "set", "result", "error"];

export function isStanza(candidate: Element): boolean {
  return candidate.namespace === NS.client && STANZA_NAMES.includes(candidate.name);
}

export function isRequest(stanza: Element): boolean {
  return stanza.name === "iq" && ["get", "set"].includes(stanza.get("type") ?? "");
}

/** RFC 6120 section 8.2.3: the rules an iq must keep before anybody looks inside. */
export function isProper(stanza: Element): boolean {
  if (stanza.name !== "iq") return true;
  if (!IQ_TYPES.includes(stanza.get("type") ?? "") || stanza.get("id") === undefined) return false;
  return !isRequest(stanza) || stanza.elements().length === 1;
}

/** Errors are never answered, nor are results: RFC 6120 sections 8.3.1 and 8.2.3. */
export function mayBeAnswered(stanza: Element): boolean {
  const type = stanza.get("type");
  return type !== "error" && !(stanza.name === "iq" && type === "result");
}

const replyAttributes = (request: Element, type: string) => ({
  type,
  id: request.get("id"),
  from: request.get("to"),
  to: request.get("from"),
});

export function resultFor(request: Element, ...payload: Element[]): Element {
  return element("iq", NS.client, replyAttributes(request, "result"), ...payload);
}

/** `details` stand beside the defined condition: RFC 6120 section 8.3.4. */
export function errorFor(
  stanza: Element,
  condition: StanzaCondition,
  type: StanzaErrorType = "cancel",
  ...details: Element[]
): Element {
  const defined = element(condition, NS.stanzaErrors);
  const reason = element("error", NS.client, { type }, defined, ...details);
  return element(stanza.name, NS.client, replyAttributes(stanza, "error"), reason);
}
