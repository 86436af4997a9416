// The ScopeNode: the service that spimes report data to (OpenSpime v0.9 application examples,
// section 1.0), as an XMPP component on any server that speaks XEP-0114.

import type { Element, Entity } from "@xmpp/component";
import { parseAddress } from "../openspime/address.js";
import type { Address } from "../openspime/address.js";
import type { Condition, Fault } from "../openspime/conditions.js";
import { connectComponent, disconnect } from "./connection.js";
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
}

export interface ScopeNode {
  readonly jid: string;
  readonly status: "online" | "reconnecting" | "stopped";
  stop(): Promise<void>;
}

/** Resolves once the component is online; rejects with the reason, and its `code`, if it cannot be. */
export async function startScopeNode(options: ScopeNodeOptions): Promise<ScopeNode> {
  const { service, domain, secret, jid = domain, onError = () => {} } = options;
  const context = makeContext(options, jid);
  const entity: Entity = await connectComponent({
    service,
    domain,
    secret,
    onError,
    onStanza: (stanza) => {
      handleStanza(stanza, entity, context, options).catch(onError);
    },
  });
  return makeHandle(entity, jid);
}

function makeHandle(entity: Entity, jid: string): ScopeNode {
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
      await disconnect(entity);
    },
  };
}

const REPORT_TIMEOUT_MS = 10_000;

function makeContext(options: ScopeNodeOptions, jid: string): QueryContext {
  const { domain, scope, onReport, reportTimeoutMs = REPORT_TIMEOUT_MS } = options;
  return {
    address: addressIn(domain, jid),
    scope: makeScope(scope),
    now: options.now ?? (() => new Date()),
    accept: (report) => within(reportTimeoutMs, async () => onReport(report)),
  };
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
