// The ScopeNode: the service that spimes report data to (OpenSpime v0.9 application examples,
// section 1.0), as an XMPP component on any server that speaks XEP-0114.

import type { Element, Entity } from "@xmpp/component";
import type { KeyObject } from "node:crypto";
import { isAddress, parseAddress } from "../openspime/address.js";
import type { Address } from "../openspime/address.js";
import type { Condition, Fault } from "../openspime/conditions.js";
import { connectComponent, disconnect } from "./connection.js";
import { bitsOf, readPrivateKey, SAFE_KEY_BITS } from "../openspime/keys.js";
import { KeyQueries } from "./key-queries.js";
import { KeyRing } from "../openspime/key-ring.js";
import type { Security } from "../openspime/opening.js";
import { ReplayGuard } from "./replay-guard.js";
import { answerQuery } from "./queries.js";
import type { QueryContext, Report } from "./queries.js";
import { errorOf, resultOf } from "../openspime/replies.js";
import { makeScope } from "./scope.js";
import type { Scope } from "./scope.js";

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
  /** Lost connections (it reconnects by itself), and what onRefused throws. */
  readonly onError?: (error: Error) => void;
  /** After it a report is answered with internal-server-error; default 10,000. */
  readonly reportTimeoutMs?: number;
  readonly now?: () => Date;
  /** PEM of an RSA key of 1024 to 4096 bits; without it encrypted reports are refused. */
  readonly key?: string;
  /** Addresses of the certification services to believe; without it signed reports are refused. */
  readonly acceptedCertifiers?: readonly string[];
  /** How long a certification service may take to answer; default 5,000. */
  readonly certifierTimeoutMs?: number;
  /** A signed report that was handed on before: it was answered again, and goes nowhere. */
  readonly onReplay?: (report: Report) => void;
  /** A key that is short for today; by default it is Node's own kind of warning. */
  readonly onWarning?: (text: string) => void;
}

export interface ScopeNode {
  readonly jid: string;
  readonly status: "online" | "reconnecting" | "stopped";
  stop(): Promise<void>;
}

/** Resolves once the component is online; rejects with the reason, and its `code`, if it cannot be. */
export async function startScopeNode(options: ScopeNodeOptions): Promise<ScopeNode> {
  const { service, domain, secret, jid = domain, onError = () => {} } = options;
  const keyQueries = new KeyQueries({
    jid,
    timeoutMs: options.certifierTimeoutMs ?? CERTIFIER_TIMEOUT_MS,
    send: (stanza) => entity.send(stanza),
  });
  const context = makeContext(options, jid, keyQueries);
  const entity: Entity = await connectComponent({
    service,
    domain,
    secret,
    onError,
    onStanza: (stanza) => {
      if (isReply(stanza)) keyQueries.onReply(stanza);
      else handleStanza(stanza, entity, context, options).catch(onError);
    },
  });
  return makeHandle(entity, jid, keyQueries);
}

function makeHandle(entity: Entity, jid: string, keyQueries: KeyQueries): ScopeNode {
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
      keyQueries.close();
      await disconnect(entity);
    },
  };
}

const REPORT_TIMEOUT_MS = 10_000;
const CERTIFIER_TIMEOUT_MS = 5_000;

function makeContext(options: ScopeNodeOptions, jid: string, keys: KeyQueries): QueryContext {
  const { domain, scope, onReport, reportTimeoutMs = REPORT_TIMEOUT_MS, onReplay } = options;
  return {
    address: addressIn(domain, jid),
    scope: makeScope(scope),
    now: options.now ?? (() => new Date()),
    accept: (report) => within(reportTimeoutMs, async () => onReport(report)),
    security: makeSecurity(options, keys),
    replays: new ReplayGuard(),
    onReplay,
  };
}

function makeSecurity(options: ScopeNodeOptions, keyQueries: KeyQueries): Security {
  const { key, acceptedCertifiers: certifiers, onWarning = warn } = options;
  const privateKey = key === undefined ? undefined : readScopeNodeKey(key, onWarning);
  certifiers?.forEach((jid) => {
    if (!isAddress(jid)) throw new TypeError(`acceptedCertifiers: ${JSON.stringify(jid)}`);
  });
  const keys = new KeyRing({
    fetchKey: (certifier, osid) => keyQueries.ask(certifier, osid),
    nowMs: () => performance.now(),
  });
  return {
    ...(privateKey && { privateKey }),
    ...(certifiers && { verification: { certifiers, keys } }),
  };
}

function readScopeNodeKey(pem: string, onWarning: (text: string) => void): KeyObject {
  const key = readPrivateKey("key", pem);
  if (bitsOf(key) < SAFE_KEY_BITS) {
    onWarning(`ScopeNode key: ${bitsOf(key)} bits are weak, use ${SAFE_KEY_BITS}`);
  }
  return key;
}

function warn(text: string): void {
  process.emitWarning(text);
}

function addressIn(domain: string, jid: string): Address {
  const address = parseAddress(jid);
  if (address.domain !== domain.toLowerCase()) throw new TypeError(`jid: not of ${domain}`);
  return address;
}

/** A handler that hangs must not leave the spime without a reply. */
async function within(ms: number, task: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`onReport took more than ${ms} ms`)), ms);
  });
  try {
    await Promise.race([task(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function isReply({ name, attrs }: Element): boolean {
  return name === "iq" && (attrs.type === "result" || attrs.type === "error");
}

/** Messages, presence and replies ask for no answer; an answer to an error would loop. */
function isQuery({ name, attrs }: Element): boolean {
  return name === "iq" && attrs.type !== "result" && attrs.type !== "error";
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
