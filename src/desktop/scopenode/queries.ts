// What a ScopeNode says to each iq: every get and set has an answer (RFC 6120 section 8.2.3).

import type { Element } from "@xmpp/component";
import { isSameAddress, isServedBy, parseAddress } from "../openspime/address.js";
import type { Address } from "../openspime/address.js";
import { refuse } from "../openspime/conditions.js";
import type { Fault } from "../openspime/conditions.js";
import { childElements, isNamed, isOpenSpime } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { CORE, DATA, DISCO_INFO, PING } from "../openspime/namespaces.js";
import { discoInfo } from "../openspime/replies.js";
import { parseReport } from "./report.js";
import type { Entry } from "./report.js";
import { describeMisfit, findMisfit } from "./scope.js";
import type { Scope } from "./scope.js";

export interface Report {
  /** Full JID of the spime, as the server shows it. */
  readonly osid: string;
  readonly iqId: string;
  readonly entries: readonly Entry[];
  readonly receivedAt: Date;
}

export interface QueryContext {
  readonly address: Address;
  readonly scope: Scope;
  readonly now: () => Date;
  /** A rejection is answered with internal-server-error. */
  readonly accept: (report: Report) => Promise<void>;
}

/** The children of the result, or why there is none. */
export type Answer = { readonly result: readonly Element[] } | { readonly fault: Fault };

export async function answerQuery(iq: XmlElement, context: QueryContext): Promise<Answer> {
  const [query, second] = childElements(iq);
  const { type, to = "" } = iq.attrs;
  if ((type !== "get" && type !== "set") || query === undefined || second !== undefined) {
    return refuse("bad-request", "not one get or set of one element");
  }
  const address = parseAddress(to);
  if (!isKnown(address, context.address)) return refuse("item-not-found", `nobody at ${to}`);
  if (isOpenSpime(query, "openspime", CORE)) return answerOpenSpime(iq, query, context);
  return type === "get" ? answerGet(query) : unavailable(query);
}

/** The component's own domain answers pings and discovery beside the ScopeNode. */
function isKnown(to: Address, node: Address): boolean {
  return isServedBy(node, to) || (to.local === "" && to.domain === node.domain);
}

function answerGet(query: XmlElement): Answer {
  if (isNamed(query, "ping", PING)) return { result: [] };
  if (isNamed(query, "query", DISCO_INFO)) return answerDisco(query);
  return unavailable(query);
}

function answerDisco(query: XmlElement): Answer {
  const { node } = query.attrs;
  if (node !== undefined) return refuse("item-not-found", `no disco node ${node}`);
  return { result: [discoInfo([DISCO_INFO, PING, CORE, DATA])] };
}

function unavailable(query: XmlElement): Answer {
  return refuse("service-unavailable", `<${query.name} xmlns='${query.getNS()}'/>`);
}

async function answerOpenSpime(
  iq: XmlElement,
  openspime: XmlElement,
  context: QueryContext,
): Promise<Answer> {
  const { to = "", type } = iq.attrs;
  if (!isServedBy(context.address, parseAddress(to))) {
    return refuse("item-not-found", `no ScopeNode at ${to}`);
  }
  // The document reports with a set and reads nothing from a ScopeNode with a get.
  if (type === "get") return refuse("bad-request", "a report is a set, not a get");
  return answerReport(iq, openspime, context);
}

async function answerReport(
  iq: XmlElement,
  openspime: XmlElement,
  { scope, now, accept }: QueryContext,
): Promise<Answer> {
  const { from = "", id = "" } = iq.attrs;
  const parsed = parseReport(openspime);
  if ("fault" in parsed) return parsed;
  const { originator = from, entries } = parsed.value;
  // Without a signature the server's `from` is all there is to trust (CVE-2017-5589 is what follows else).
  if (!isSameAddress(originator, from)) return refuse("forbidden", `unsigned, for ${originator}`);
  const receivedAt = now();
  const misfit = findMisfit(entries, scope, receivedAt);
  if (misfit) return refuse("inconsistent-data-with-scope", describeMisfit(misfit));
  return deliver(accept({ osid: from, iqId: id, entries, receivedAt }));
}

async function deliver(accepted: Promise<void>): Promise<Answer> {
  try {
    await accepted;
    return { result: [] };
  } catch (error) {
    return refuse("internal-server-error", String(error));
  }
}
