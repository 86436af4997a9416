// A session that comes back: connects, reconnects with back-off, asks questions and answers those of
// others (RFC 6120 section 8.2.3: every iq get or set gets a reply).

import { toBase64 } from "../bytes.js";
import type { Account } from "../configuration.js";
import type { ByteString, Clock, Log } from "../platform.js";
import { attribute } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { bareJid } from "./jid.js";
import { coreElement, OPENSPIME_ERRORS, PING } from "./namespaces.js";
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
   * Sends an iq to a full JID, with `payload` as XML; its id. `onAnswer` gets `undefined` when no answer
   * came in time, after which the link counts as dead and is opened anew; at once when there is no link.
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
  onOnline(): void;
  /** The payload of an iq of type set; false when it is of no kind that it knows. */
  onRequest(payload: Element, from: ByteString, answer: AnswerQuery): boolean;
  onMessage(message: Element, from: ByteString): void;
}

const QUERIES_WAITING = 4;
const ANSWER_TIMEOUT_MS = 30000;
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
  const queries = createQueries(around.timer, QUERIES_WAITING);
  let state = State.Stopped;
  let stream: Stream;
  let ownJid = account.jid;
  let retryTimer = 0;
  let failures = 0;
  let onlineSinceMs = Infinity;
  let idPrefix = "";
  let asked = 0;

  function send(id: string, to: string | undefined, type: string, payload: string): void {
    const address = to ? attribute("to", to) : "";
    // In pieces: a report of two kilobytes is not copied once more.
    stream.write("<iq" + attribute("id", id) + address + ' type="' + type + '">');
    stream.write(payload);
    stream.write("</iq>");
  }

  /** An answer goes over the link that the query came by, or not at all. */
  function answering(id: string, from: string | undefined): AnswerQuery {
    const link = stream;
    return function (error, payload) {
      if (link !== stream) return;
      send(id, from, error ? "error" : "result", error ? errorOf(error) : payload || "");
    };
  }

  function answerQuery(query: Element, from: string | undefined, isGet: boolean): void {
    const child = query.children[0];
    // Not the query itself: what an answer needs is kept until it is there.
    const answer = answering(query.attributes["id"] || "", from);
    if (!child) answer("modify  bad-request");
    else if (isGet && child.name === "ping" && child.namespace === PING) answer("");
    else if (isGet || !events.onRequest(child, from || "", answer))
      answer("cancel  service-unavailable");
  }

  function onStanza(stanza: Element): void {
    const type = stanza.attributes["type"];
    const from = stanza.attributes["from"];
    const isGet = type === "get";
    if (stanza.name === "message") events.onMessage(stanza, from || "");
    if (stanza.name !== "iq") return;
    if (isGet || type === "set") answerQuery(stanza, from, isGet);
    // Without a sender it is our own server that speaks for our account (RFC 6120 section 8.1.2.1).
    else if (type === "result" || type === "error") queries.settle(stanza, from || bareJid(ownJid));
  }

  function retryDelayMs(isRefused: boolean): number {
    const doublings = isRefused ? 9 : Math.min(failures, 9);
    const capped = Math.min(FIRST_RETRY_MS << doublings, LAST_RETRY_MS);
    // Half of it by chance, lest a city of boards return in the same second.
    return ((capped / 2) * (1 + around.entropy.bytes(1).charCodeAt(0) / 255)) | 0;
  }

  function onClose(reason: string, isRefused: boolean): void {
    if (around.clock.monotonicMs() - onlineSinceMs > STABLE_MS) failures = 0;
    onlineSinceMs = Infinity;
    if (state !== State.Stopped) state = State.Waiting;
    queries.abandon();
    if (state === State.Stopped) return;
    const delayMs = retryDelayMs(isRefused);
    failures++;
    around.log.write("warn", "offline reason=" + oneWord(reason) + " retryMs=" + delayMs);
    retryTimer = around.timer.start(delayMs, connect);
  }

  function connect(): void {
    state = State.LoggingIn;
    around.log.write("info", "connecting server=" + account.host + ":" + account.port);
    stream = openStream(around, account, {
      onOnline: function (jid) {
        state = State.Online;
        ownJid = jid;
        onlineSinceMs = around.clock.monotonicMs();
        idPrefix = toBase64(around.entropy.bytes(6)) + "-";
        around.log.write("info", "online jid=" + oneWord(jid));
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
      around.timer.stop(retryTimer);
      stream.close("stopped");
    },
    isOnline: function () {
      return state === State.Online;
    },
    jid: function () {
      return ownJid;
    },
    ask: function (to, type, payload, onAnswer) {
      const id = idPrefix + ++asked;
      // Into a login nothing is written but what belongs to it.
      if (state !== State.Online) {
        onAnswer(undefined, false);
        return id;
      }
      queries.add(id, to, ANSWER_TIMEOUT_MS, function (answer, isResult) {
        onAnswer(answer, isResult);
        if (!answer && state === State.Online) stream.close("no-answer");
      });
      send(id, to, type, payload);
      return id;
    },
  };
}
