// The ScopeNode: the service that spimes report data to (OpenSpime v0.9 application examples,
// section 1.0) and that answers for them when they are sought (section 1.2), as an XMPP component on any server that speaks XEP-0114.

import type { Element, Entity } from "@xmpp/component";
import { parseAddress } from "../openspime/address.js";
import type { Address } from "../openspime/address.js";
import type { AcceptedCertifier } from "../openspime/certifiers.js";
import type { Condition, Fault } from "../openspime/conditions.js";
import { connectComponent, disconnect } from "./connection.js";
import { makeAcceptance } from "./acceptance.js";
import { Database } from "./database.js";
import type { DatabaseBounds } from "./database.js";
import { KeyQueries } from "./key-queries.js";
import { SPIMESEEK } from "../openspime/namespaces.js";
import type { Security } from "../openspime/opening.js";
import { ReplayGuard } from "./replay-guard.js";
import { answerQuery } from "./queries.js";
import type { QueryContext, Report } from "./queries.js";
import { errorOf, isQuery, isReply, resultOf } from "../openspime/replies.js";
import { watchStanzas } from "../openspime/watching.js";
import type { OnStanza } from "../openspime/watching.js";
import { makeScope } from "./scope.js";
import type { Scope } from "./scope.js";
import { makeSecurity } from "./security.js";
import { makeSeeker } from "./seeker.js";
import type { Seek } from "./seeking.js";
import type { PubsubPlace } from "./pubsub-place.js";

export interface Refusal {
  readonly from: string;
  readonly condition: Condition;
  readonly text: string;
}

export interface ScopeNodeOptions {
  /** xmpp://127.0.0.1:5347 */
  readonly service: string;
  readonly domain: string;
  readonly secret: string;
  /** Who the ScopeNode is, of its domain, with or without a resource; default: the domain itself. */
  readonly jid?: string;
  readonly scope?: Partial<Scope>;
  /** The spime gets its empty result once this has returned or its promise has resolved. */
  readonly onReport: (report: Report) => void | Promise<void>;
  readonly onRefused?: (refusal: Refusal) => void;
  /** Lost connections (it reconnects by itself), subscriptions that fail, and what a handler throws. */
  readonly onError?: (error: Error) => void;
  /** After it a report is answered with internal-server-error; default 10,000. */
  readonly reportTimeoutMs?: number;
  readonly now?: () => Date;
  /** PEM of an RSA key of 1024 to 4096 bits; without it encrypted reports are refused. */
  readonly key?: string;
  /**
   * The certification services to believe, each with the domains that it is believed about; without it signed
   * reports are refused. One by its address alone is believed about everybody if there is no other, and else about
   * its own domain.
   */
  readonly acceptedCertifiers?: readonly AcceptedCertifier[];
  /**
   * Whether reports in the suite of docs/nacl.md are taken beside the document's; it takes `key` and `acceptedCertifiers`.
   * Default true.
   */
  readonly nacl?: boolean;
  /** How long a certification service may take to answer; default 5,000. */
  readonly certifierTimeoutMs?: number;
  /** A signed report that was handed on before: it was answered again, and goes nowhere. */
  readonly onReplay?: (report: Report) => void;
  /**
   * Where reports are stored before they are answered: the path of a SQLite file, which one process has open
   * at a time, or `:memory:`.
   */
  readonly database?: string;
  readonly databaseBounds?: DatabaseBounds;
  /** Where SpimeSeek requests are published; it takes `database` and `acceptedCertifiers` to treat them. */
  readonly pubsub?: PubsubPlace | readonly PubsubPlace[];
  /** How long a PubSub service may take to answer; default 5,000. */
  readonly pubsubTimeoutMs?: number;
  /** When a subscription that failed is tried again; default 30,000. */
  readonly pubsubRetryMs?: number;
  /** The newest entries that a SpimeSeek request is answered with, if they fit in 3,500 octets; default 10. */
  readonly maxSeekEntries?: number;
  /** SpimeSeek requests under way at once, more are ignored; default 100. */
  readonly maxSeeks?: number;
  /** What became of each SpimeSeek request: to who asks, no answer says why there is none. */
  readonly onSeek?: (seek: Seek) => void;
  /** Each stanza as it goes over the component's stream, from the ScopeNode's point of view. */
  readonly onStanza?: OnStanza;
  /** A key that is short for today; by default it is Node's own kind of warning. */
  readonly onWarning?: (text: string) => void;
}

export interface ScopeNode {
  readonly jid: string;
  readonly status: "online" | "reconnecting" | "stopped";
  stop(): Promise<void>;
}

/**
 * Resolves once the component is online and has tried to subscribe; rejects with the reason, and its `code`,
 * if it cannot be online.
 */
export async function startScopeNode(options: ScopeNodeOptions): Promise<ScopeNode> {
  checkSeeking(options);
  const database = options.database === undefined ? undefined : openDatabase(options);
  try {
    return await startWith(withHarmlessReplays(options), database);
  } catch (error) {
    database?.close();
    throw error;
  }
}

function openDatabase({ database = "", databaseBounds }: ScopeNodeOptions): Database {
  return new Database(database, databaseBounds);
}

/** What was taken is answered, whatever becomes of telling of it: RFC 6120 section 8.2.3. */
function withHarmlessReplays(options: ScopeNodeOptions): ScopeNodeOptions {
  const { onReplay, onError = () => {} } = options;
  if (onReplay === undefined) return options;
  const tell = async (report: Report) => onReplay(report);
  return { ...options, onReplay: (report) => void tell(report).catch(onError) };
}

async function startWith(
  options: ScopeNodeOptions,
  database: Database | undefined,
): Promise<ScopeNode> {
  const { service, domain, secret, jid = domain, onError = () => {} } = options;
  const send = (stanza: Element) => entity.send(stanza);
  const { certifierTimeoutMs: timeoutMs = CERTIFIER_TIMEOUT_MS } = options;
  const keyQueries = new KeyQueries({ jid, timeoutMs, send });
  const security = makeSecurity(options, keyQueries);
  const seeker = database && makeSeeker(options, { database, security, send });
  const context = makeContext(options, security, database);
  const entity: Entity = await connectComponent({
    service,
    domain,
    secret,
    onError,
    onStanza: (stanza) => {
      if (isReply(stanza)) [keyQueries, seeker].forEach((asking) => asking?.onReply(stanza));
      else if (stanza.name === "message") void seeker?.onMessage(stanza);
      else handleStanza(stanza, entity, context, options).catch(onError);
    },
  });
  if (options.onStanza) watchStanzas(entity, options.onStanza);
  entity.on("online", () => void seeker?.subscribe());
  await seeker?.subscribe();
  return makeHandle(entity, jid, async () => {
    keyQueries.close();
    seeker?.close();
    await disconnect(entity).finally(() => database?.close());
  });
}

function makeHandle(entity: Entity, jid: string, close: () => Promise<void>): ScopeNode {
  let stopped = false;
  return {
    jid,
    get status() {
      if (stopped) return "stopped";
      return entity.status === "online" ? "online" : "reconnecting";
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      await close();
    },
  };
}

const CERTIFIER_TIMEOUT_MS = 5_000;

function makeContext(
  options: ScopeNodeOptions,
  security: Security,
  database: Database | undefined,
): QueryContext {
  const { domain, jid = domain, scope, onReplay, pubsub } = options;
  return {
    address: addressIn(domain, jid),
    scope: makeScope(scope),
    now: options.now ?? (() => new Date()),
    accept: makeAcceptance(options, database),
    security,
    replays: new ReplayGuard(),
    onReplay,
    ...(pubsub && { extensions: [SPIMESEEK] }),
  };
}

/** What nobody signed is not answered, and without a database there is nothing to answer with. */
function checkSeeking({ pubsub, database, acceptedCertifiers }: ScopeNodeOptions): void {
  if (pubsub === undefined) return;
  if (database === undefined) throw new TypeError("pubsub: takes a database");
  if (acceptedCertifiers === undefined) throw new TypeError("pubsub: takes acceptedCertifiers");
}

function addressIn(domain: string, jid: string): Address {
  const address = parseAddress(jid);
  if (address.domain !== domain.toLowerCase()) throw new TypeError(`jid: not of ${domain}`);
  return address;
}

async function handleStanza(
  stanza: Element,
  entity: Entity,
  context: QueryContext,
  { onRefused }: ScopeNodeOptions,
): Promise<void> {
  if (!isQuery(stanza)) return;
  const answer = await answerQuery(stanza, context);
  if ("result" in answer) {
    await entity.send(resultOf(stanza, ...answer.result));
    return;
  }
  await entity.send(errorOf(stanza, answer.fault.condition));
  onRefused?.(refusalOf(stanza, answer.fault));
}

function refusalOf({ attrs }: Element, { condition, text }: Fault): Refusal {
  return { from: attrs.from ?? "", condition, text };
}
