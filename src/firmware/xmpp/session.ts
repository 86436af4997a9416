// A session that comes back: connects, reconnects with back-off, goes on where it was (XEP-0198), notices a link
// that is dead (XEP-0199), asks questions and answers those of others (RFC 6120 section 8.2.3: every iq get or
// set gets a reply).

import { toBase64 } from "../bytes.js";
import type { Account } from "../configuration.js";
import type { ByteString, Clock, Log } from "../platform.js";
import { attribute } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { discoInfo, presence } from "./discovery.js";
import { bareJid, domainOf } from "./jid.js";
import { coreElement, DISCO_INFO, MANAGEMENT, OPENSPIME_ERRORS, PING } from "./namespaces.js";
import { createQueries } from "./queries.js";
import type { AnswerHandler } from "./queries.js";
import { openStream } from "./stream.js";
import type { Stream, StreamSurroundings } from "./stream.js";

export interface SessionSurroundings extends StreamSurroundings {
  clock: Clock;
  log: Log;
}

export interface Session {
  /** Connects, and keeps connecting until `stop`. */
  start(): void;
  stop(): void;
  isOnline(): boolean;
  /** The full JID that the server has bound, or the configured one before it has. */
  jid(): ByteString;
  /**
   * Sends an iq to a full JID, with `payload` as XML; its id. `onAnswer` gets `undefined` when no answer came in
   * time or the question got lost with a link; at once when there is no link.
   */
  ask(to: ByteString, type: "get" | "set", payload: ByteString, onAnswer: AnswerHandler): string;
}

/**
 * Answers an iq, once, later or at once: with the words of an error (openspime/conditions.ts), or with ""
 * for a result and what is in it.
 */
export type AnswerQuery = (error: string, payload?: ByteString) => void;

/** What comes in beside the answers to our own questions. */
export interface SessionEvents {
  /** A new session, or one that goes on. */
  onOnline(): void;
  /** The payload of an iq of type set; false when it is of no kind that it knows. */
  onRequest(payload: Element, from: ByteString, answer: AnswerQuery): boolean;
  onMessage(message: Element, from: ByteString): void;
}

const QUERIES_WAITING = 6;
const ANSWER_TIMEOUT_MS = 30000;
const LINK_TIMEOUT_S = 60;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 300000;
/** A link that held for this long counts as good, and the back-off begins anew. */
const STABLE_MS = 60000;

/** What others wrote must not look like a line of the log, nor like a value in it. */
export function oneWord(text: ByteString): ByteString {
  return text.replace(/[ \n\r]/g, "-");
}

/** An error from its type and OpenSpime's condition, or its type, nothing, and one of RFC 6120. */
function errorOf(words: string): ByteString {
  const [type, own, condition] = words.split(" ");
  const detail = own && "<" + own + " xmlns='" + OPENSPIME_ERRORS + "'/>";
  const defined = coreElement(condition || "undefined-condition", "stanzas", "");
  return "<error type='" + type + "'>" + defined + detail + "</error>";
}

const enum State {
  Stopped,
  /** Until the back-off has passed. */
  Waiting,
  LoggingIn,
  Online,
}

export function createSession(
  around: SessionSurroundings,
  account: Account,
  events: SessionEvents,
): Session {
  const { clock, timer, log, entropy } = around;
  const queries = createQueries(timer, QUERIES_WAITING);
  const halfTimeoutMs = (account.linkTimeoutS || LINK_TIMEOUT_S) * 500;
  /** What the server has to be told when the session goes on over another link; no id: it cannot. */
  const resumption = { id: "", received: 0 };
  let state = State.Stopped;
  let stream: Stream;
  let ownJid = account.jid;
  /** Of the back-off, or of `watch`. */
  let timerHandle = 0;
  let failures = 0;
  let onlineSinceMs = Infinity;
  let heardMs = 0;
  let idPrefix = "";
  let asked = 0;
  /** Stanzas of this session. */
  let sent = 0;

  function send(id: string, to: string | undefined, type: string, payload: string): void {
    const address = to ? attribute("to", to) : "";
    // Into a login nothing is written but what belongs to it.
    if (state !== State.Online) return;
    sent++;
    // In pieces: a report of two kilobytes is not copied once more.
    stream.write("<iq" + attribute("id", id) + address + ' type="' + type + '">');
    stream.write(payload);
    stream.write("</iq>");
  }

  /** An answer goes over the session that the query came by, or not at all. */
  function answering(id: string, from: string | undefined): AnswerQuery {
    const session = idPrefix;
    return function (error, payload) {
      if (session !== idPrefix) return;
      send(id, from, error ? "error" : "result", error ? errorOf(error) : payload || "");
    };
  }

  function answerQuery(query: Element, from: string | undefined, isGet: boolean): void {
    const child = query.children[0];
    // Not the query itself: what an answer needs is kept until it is there.
    const answer = answering(query.attributes["id"] || "", from);
    const kind = child && isGet ? child.name + " " + child.namespace : "";
    if (!child) answer("modify  bad-request");
    else if (kind === "ping " + PING) answer("");
    else if (kind === "query " + DISCO_INFO) answer("", discoInfo(child.attributes["node"]));
    else if (isGet || !events.onRequest(child, from || "", answer))
      answer("cancel  service-unavailable");
  }

  /** XEP-0198: that the session can go on, or that the server wants to know what has arrived. */
  function manage({ name, attributes }: Element): void {
    if (name === "enabled") {
      resumption.id = attributes["id"] || "";
      resumption.received = 0;
    } else if (name === "r") {
      const { received } = resumption;
      stream.write("<a" + attribute("xmlns", MANAGEMENT) + attribute("h", "" + received) + "/>");
    }
  }

  function onStanza(stanza: Element): void {
    const { name, attributes } = stanza;
    const type = attributes["type"];
    const from = attributes["from"];
    const isGet = type === "get";
    heardMs = clock.monotonicMs();
    if (stanza.namespace === MANAGEMENT) {
      manage(stanza);
      return;
    }
    resumption.received++;
    if (name === "message") events.onMessage(stanza, from || "");
    if (name !== "iq") return;
    if (isGet || type === "set") answerQuery(stanza, from, isGet);
    // Without a sender it is our own server that speaks for our account (RFC 6120 section 8.1.2.1).
    else if (type === "result" || type === "error") queries.settle(stanza, from || bareJid(ownJid));
  }

  function nextId(): string {
    return idPrefix + ++asked;
  }

  /** When nothing has come for half the time, the server is asked; then anything that comes is an answer. */
  function watch(): void {
    const quietMs = clock.monotonicMs() - heardMs;
    const isQuiet = quietMs >= halfTimeoutMs;
    const leftMs = halfTimeoutMs - quietMs + (isQuiet ? halfTimeoutMs : 0);
    if (leftMs <= 0) {
      stream.cut("silent");
      return;
    }
    if (isQuiet) {
      send(nextId(), domainOf(ownJid), "get", "<ping" + attribute("xmlns", PING) + "/>");
      if (resumption.id) stream.write("<r" + attribute("xmlns", MANAGEMENT) + "/>");
    }
    // Whole milliseconds: less than a clock can tell would be no time at all.
    timerHandle = timer.start(Math.ceil(leftMs), watch);
  }

  function onClose(reason: string, leastRetryMs: number): void {
    if (clock.monotonicMs() - onlineSinceMs > STABLE_MS) failures = 0;
    onlineSinceMs = Infinity;
    timer.stop(timerHandle);
    if (state !== State.Stopped) state = State.Waiting;
    // What may still be answered when the session goes on is waited for.
    if (!resumption.id) queries.abandon(0);
    if (state === State.Stopped) return;
    const backOffMs = FIRST_RETRY_MS << Math.min(failures, 9);
    const longestMs = Math.max(Math.min(backOffMs, LAST_RETRY_MS), leastRetryMs);
    // Half of it by chance, lest a city of boards return in the same second.
    const delayMs = ((longestMs / 2) * (1 + entropy.bytes(1).charCodeAt(0) / 255)) | 0;
    failures++;
    log.write("warn", "offline reason=" + oneWord(reason) + " retryMs=" + delayMs);
    timerHandle = timer.start(delayMs, connect);
  }

  function begin(jid: ByteString): void {
    ownJid = jid;
    idPrefix = toBase64(entropy.bytes(6)) + "-";
    resumption.id = "";
    queries.abandon(0);
    stream.write(presence());
    sent = 1;
  }

  function connect(): void {
    state = State.LoggingIn;
    log.write("info", "connecting server=" + account.host + ":" + account.port);
    stream = openStream(around, account, resumption, {
      onOnline: function (jid, handled) {
        if (jid) begin(jid);
        else {
          queries.abandon(handled);
          sent = handled;
        }
        state = State.Online;
        heardMs = onlineSinceMs = clock.monotonicMs();
        log.write("info", (jid ? "online jid=" : "resumed jid=") + oneWord(ownJid));
        watch();
        events.onOnline();
      },
      onStanza: onStanza,
      onClose: onClose,
    });
  }

  return {
    start: function () {
      if (state === State.Stopped) connect();
    },
    stop: function () {
      if (state === State.Stopped) return;
      state = State.Stopped;
      timer.stop(timerHandle);
      stream.cut("stopped");
    },
    isOnline: function () {
      return state === State.Online;
    },
    jid: function () {
      return ownJid;
    },
    ask: function (to, type, payload, onAnswer) {
      const id = nextId();
      if (state === State.Online) {
        queries.add(id, to, sent + 1, ANSWER_TIMEOUT_MS, onAnswer);
        send(id, to, type, payload);
      } else onAnswer(undefined, false);
      return id;
    },
  };
}
