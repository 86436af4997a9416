// What a ScopeNode says to each iq: every get and set has an answer (RFC 6120 section 8.2.3).

import type { Element } from "@xmpp/component";
import { foldAddress, isServedBy, parseAddress } from "../openspime/address.js";
import type { Address } from "../openspime/address.js";
import { refuse } from "../openspime/conditions.js";
import type { Fault, Parsed } from "../openspime/conditions.js";
import { isNamed, isOpenSpime } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { CORE, DATA, DISCO_INFO, PING } from "../openspime/namespaces.js";
import { discoInfo, questionIn } from "../openspime/replies.js";
import { parseEnvelope } from "../openspime/envelope.js";
import { isKeysQuery, NACL_CONTENT_TYPE } from "../openspime/nacl.js";
import { allAbilitiesOf, openEnvelope } from "../openspime/opening.js";
import type { Opened, Security } from "../openspime/opening.js";
import { signedKeys } from "./nacl-keys.js";
import type { ReplayGuard } from "./replay-guard.js";
import { parseData } from "./report.js";
import type { Entry } from "./report.js";
import { describeMisfit, findMisfit } from "./scope.js";
import type { Scope } from "./scope.js";

export interface Report {
  /** Full JID: of who signed, folded, or else of the sender, as the server shows it. */
  readonly osid: string;
  readonly iqId: string;
  readonly entries: readonly Entry[];
  readonly receivedAt: Date;
  /** By the osid, as a certification service on the accepted list has it. */
  readonly isSigned: boolean;
  readonly isEncrypted: boolean;
}

/** A fault: what the report says cannot be taken. */
export type Accepted = Parsed<undefined>;
export const ACCEPTED: Accepted = { value: undefined };

export interface QueryContext {
  readonly address: Address;
  readonly scope: Scope;
  readonly now: () => Date;
  /** A rejection is answered with internal-server-error. */
  readonly accept: (report: Report) => Promise<Accepted>;
  /** Without it only reports in the clear are taken. */
  readonly security?: Security;
  readonly replays?: ReplayGuard;
  readonly onReplay?: (report: Report) => void;
  /** Namespaces of what it does beside taking reports. */
  readonly extensions?: readonly string[];
}

const identity = {
  category: "component",
  // What the registry has for a component without a type of its own.
  type: "generic",
  name: "OpenSpime ScopeNode",
};

/** The children of the result, or why there is none. */
export type Answer = { readonly result: readonly Element[] } | { readonly fault: Fault };

export async function answerQuery(iq: XmlElement, context: QueryContext): Promise<Answer> {
  const query = questionIn(iq);
  const { type, to = "" } = iq.attrs;
  if (query === undefined) return refuse("bad-request", "not one get or set of one element");
  const address = parseAddress(to);
  if (!isKnown(address, context.address)) return refuse("item-not-found", `nobody at ${to}`);
  if (isOpenSpime(query, "openspime", CORE)) return answerOpenSpime(iq, query, context);
  return type === "get" ? answerGet(query, to, context) : unavailable(query);
}

/** The component's own domain answers pings and discovery beside the ScopeNode. */
function isKnown(to: Address, node: Address): boolean {
  return isServedBy(node, to) || (to.local === "" && to.domain === node.domain);
}

function answerGet(query: XmlElement, to: string, context: QueryContext): Answer {
  if (isNamed(query, "ping", PING)) return { result: [] };
  if (isNamed(query, "query", DISCO_INFO)) return answerDisco(query, context);
  if (isKeysQuery(query)) return answerKeys(query, to, context);
  return unavailable(query);
}

/** Nobody but the ScopeNode itself has keys: its domain has none. */
function answerKeys(query: XmlElement, to: string, context: QueryContext): Answer {
  const { cert } = query.attrs;
  const { address, security = {} } = context;
  if (!isServedBy(address, parseAddress(to))) return refuse("item-not-found", `no keys of ${to}`);
  if (!cert) return refuse("bad-request", "no certification service named");
  const keys = signedKeys(security, foldAddress(to), cert);
  return keys ? { result: [keys] } : unavailable(query);
}

function answerDisco(query: XmlElement, context: QueryContext): Answer {
  const { extensions = [], security } = context;
  const suites = security?.boxKey ? [NACL_CONTENT_TYPE] : [];
  const { node } = query.attrs;
  if (node !== undefined) return refuse("item-not-found", `no disco node ${node}`);
  return {
    result: [discoInfo(identity, [DISCO_INFO, PING, CORE, DATA, ...suites, ...extensions])],
  };
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
  context: QueryContext,
): Promise<Answer> {
  const { from = "" } = iq.attrs;
  const { scope, now, security = {} } = context;
  const envelope = parseEnvelope(openspime, allAbilitiesOf(security));
  if ("fault" in envelope) return envelope;
  const opened = await openEnvelope(envelope.value, from, security);
  if ("fault" in opened) return opened;
  const entries = parseData(opened.value.payload);
  if ("fault" in entries) return entries;
  const receivedAt = now();
  const misfit = findMisfit(entries.value, scope, receivedAt);
  if (misfit) return refuse("inconsistent-data-with-scope", describeMisfit(misfit));
  return deliver(handOn(reportOf(iq, opened.value, entries.value, receivedAt), context));
}

function reportOf(
  { attrs }: XmlElement,
  { signer, isEncrypted }: Opened,
  entries: readonly Entry[],
  receivedAt: Date,
): Report {
  const { from = "", id = "" } = attrs;
  const isSigned = signer !== undefined;
  return { osid: signer ?? from, iqId: id, entries, receivedAt, isSigned, isEncrypted };
}

/** What is signed once only: what is not says nothing that would tell a replay from a new report. */
async function handOn(
  report: Report,
  { accept, replays, onReplay }: QueryContext,
): Promise<Accepted> {
  if (!report.isSigned || !replays) return accept(report);
  const { isReplay, accepted } = replays.once(report, () => accept(report));
  const outcome = await accepted;
  if (isReplay && !("fault" in outcome)) onReplay?.(report);
  return outcome;
}

async function deliver(accepting: Promise<Accepted>): Promise<Answer> {
  try {
    const accepted = await accepting;
    return "fault" in accepted ? accepted : { result: [] };
  } catch (error) {
    return refuse("internal-server-error", String(error));
  }
}
