// A session that comes back: connects, reconnects with back-off, goes on where it was (XEP-0198), notices a link
// that is dead (XEP-0199), asks questions and answers those of others (RFC 6120 section 8.2.3: every iq get or
// set gets a reply).

import { toBase64 } from "../bytes.js";
import type { Account } from "../configuration.js";
import type { ByteString, Clock, Log, Timer } from "../platform.js";
import { attribute, element } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { discoInfo, PRESENCE } from "./discovery.js";
import { bareJid, domainOf, foldJid } from "./jid.js";
import { createLogin } from "./login.js";
import type { LoginSurroundings } from "./login.js";
import { DISCO_INFO, MANAGEMENT, OPENSPIME_ERRORS, PING, qualified } from "./namespaces.js";
import { openStream } from "./stream.js";
import type { Stream, StreamSurroundings } from "./stream.js";

export interface SessionSurroundings extends LoginSurroundings, StreamSurroundings {
  clock: Clock;
  timer: Timer;
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
   * time or the question got lost with a link; at once when there is no link, or six questions wait already.
   */
  ask(to: ByteString, type: "get" | "set", payload: ByteString, onAnswer: AnswerHandler): string;
}

/** The answer, a result or an error; `undefined` when none came in time or the link is gone. */
export type AnswerHandler = (answer: Element | undefined, isResult: boolean) => void;

/** A question that waits for its answer. */
interface Query {
  id: string;
  /** Folded; only its answer counts. */
  sender: ByteString;
  onAnswer: AnswerHandler;
  /** Which stanza of the session it was, from 1. */
  number: number;
  timer: number;
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
  /** The payload of an iq, of type get or set; false when it is of no kind that it knows. */
  onRequest(payload: Element, from: ByteString, answer: AnswerQuery, isGet: boolean): boolean;
  onMessage(message: Element, from: ByteString): void;
  /** Whether messages are for anybody now; while not, they come with nothing inside. */
  awaitsMessage(): boolean;
}

const QUERIES_WAITING = 6;
const ANSWER_TIMEOUT_MS = 30000;
const LINK_TIMEOUT_S = 60;
const LOGIN_TIMEOUT_MS = 60000;
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
  const detail = own && qualified(own, OPENSPIME_ERRORS);
  const defined = qualified(condition || "undefined-condition", "stanzas");
  return element("error", defined + detail, attribute("type", type));
}

export function createSession(
  around: SessionSurroundings,
  account: Account,
  events: SessionEvents,
): Session {
  const { clock, timer, log, entropy } = around;
  const halfTimeoutMs = (account.linkTimeoutS || LINK_TIMEOUT_S) * 500;
  /** What the server has to be told when the session goes on over another link; no id: it cannot. */
  const resumption = { id: "", received: 0 };
  let waiting: Query[] = [];
  let isStarted = false;
  let isOnline = false;
  let stream: Stream;
  /** Who gets the stanzas: the login, then the session. */
  let take: (stanza: Element) => void;
  let ownJid = account.jid;
  /** Of the back-off, the login, or `watch`; 0: of none. */
  let timerHandle = 0;
  let retryMs = FIRST_RETRY_MS;
  /** NaN: it is not. */
  let onlineSinceMs = NaN;
  let heardMs = 0;
  let idPrefix = "";
  let asked = 0;
  /** Stanzas of this session. */
  let sent = 0;
  /** The last link ended because of what came over it: the next session is without presence (discovery.ts). */
  let isShy = false;

  function send(id: string, to: string | undefined, type: string, payload: string): void {
    // Into a login nothing is written but what belongs to it.
    if (!isOnline) return;
    sent++;
    // In pieces: a report of two kilobytes is not copied once more.
    stream.write("<iq" + attribute("id", id) + attribute("to", to) + attribute("type", type) + ">");
    stream.write(payload);
    stream.write("</iq>");
  }

  /** The session's one timer starts anew, or not again. */
  function wait(delayMs: number, next?: () => void): void {
    if (timerHandle) timer.stop(timerHandle);
    timerHandle = 0;
    if (next) {
      timerHandle = timer.start(delayMs, function () {
        timerHandle = 0;
        next();
      });
    }
  }

  function finish(query: Query, answer: Element | undefined, isResult: boolean): void {
    if (query.timer) timer.stop(query.timer);
    waiting = waiting.filter((other) => other !== query);
    query.onAnswer(answer, isResult);
  }

  /** Of our stanzas only so many have arrived: nobody will answer a later one. */
  function abandon(handled: number): void {
    waiting.forEach(function (query) {
      if (query.number > handled) finish(query, undefined, false);
    });
  }

  /** By the id alone anybody could answer (CVE-2015-8688, CVE-2024-46957). */
  function settle(answer: Element, from: ByteString): void {
    const { attributes } = answer;
    waiting.forEach(function (query) {
      if (query.id === attributes["id"] && query.sender === foldJid(from))
        finish(query, answer, attributes["type"] === "result");
    });
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
    const kind = isGet && child && child.namespace;
    if (!child) answer("modify  bad-request");
    else if (kind === PING) answer("");
    else if (kind === DISCO_INFO) answer("", discoInfo(child.attributes["node"]));
    else if (!events.onRequest(child, from || "", answer, isGet))
      answer("cancel  service-unavailable");
  }

  /** XEP-0198: that the session can go on, or that the server wants to know what has arrived. */
  function manage({ name, attributes }: Element): void {
    if (name === "enabled") {
      resumption.id = attributes["id"] || "";
      resumption.received = 0;
    } else if (name === "r") {
      stream.write(qualified("a", MANAGEMENT, "", attribute("h", "" + resumption.received)));
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
    else if (type === "result" || type === "error") settle(stanza, from || bareJid(ownJid));
  }

  /** In a login everything; then neither presence nor what nobody waits for. */
  function isWanted({ name, attributes }: Element): boolean {
    if (!isOnline) return true;
    if (name === "iq") return waiting.length > 0 || attributes["type"] !== "result";
    return name === "message" && events.awaitsMessage();
  }

  /** When nothing has come for half the time, the server is asked; then anything that comes is an answer. */
  function watch(): void {
    // What comes is held, and may be there.
    if (around.isShort && around.isShort()) heardMs = clock.monotonicMs();
    const quietMs = clock.monotonicMs() - heardMs;
    const isQuiet = quietMs >= halfTimeoutMs;
    const leftMs = halfTimeoutMs - quietMs + (isQuiet ? halfTimeoutMs : 0);
    if (leftMs <= 0) {
      stream.cut("silent");
      return;
    }
    if (isQuiet) {
      send(idPrefix + ++asked, domainOf(ownJid), "get", qualified("ping", PING));
      if (resumption.id) stream.write(qualified("r", MANAGEMENT));
    }
    // Whole milliseconds: less than a clock can tell would be no time at all.
    wait(Math.ceil(leftMs), watch);
  }

  function onClose(reason: string, leastRetryMs: number): void {
    if (clock.monotonicMs() - onlineSinceMs > STABLE_MS) retryMs = FIRST_RETRY_MS;
    onlineSinceMs = NaN;
    isOnline = false;
    isShy = !reason.indexOf("bad-stream");
    wait(0);
    // What may still be answered when the session goes on is waited for.
    if (!resumption.id) abandon(0);
    if (!isStarted) return;
    // Half of it by chance, lest a city of boards return in the same second.
    const chance = 1 + entropy.bytes(1).charCodeAt(0) / 255;
    const delayMs = ((Math.max(retryMs, leastRetryMs) / 2) * chance) | 0;
    retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    log.write("warn", "offline reason=" + oneWord(reason) + " retryMs=" + delayMs);
    wait(delayMs, connect);
  }

  function begin(jid: ByteString): void {
    ownJid = jid;
    idPrefix = toBase64(entropy.bytes(6)) + "-";
    resumption.id = "";
    sent = isShy ? 0 : 1;
    if (sent) stream.write(PRESENCE);
  }

  function onBound(jid: ByteString, handled: number): void {
    if (jid) begin(jid);
    else sent = handled;
    abandon(handled);
    take = onStanza;
    isOnline = true;
    heardMs = onlineSinceMs = clock.monotonicMs();
    log.write("info", (jid ? "online jid=" : "resumed jid=") + oneWord(ownJid));
    watch();
    events.onOnline();
  }

  function connect(): void {
    log.write("info", "connecting server=" + account.host + ":" + account.port);
    wait(LOGIN_TIMEOUT_MS, function () {
      stream.cut("login-timeout");
    });
    stream = openStream(
      around,
      account,
      domainOf(account.jid),
      function (stanza) {
        take(stanza);
      },
      isWanted,
      onClose,
    );
    take = createLogin(around, account, resumption, stream, onBound);
  }

  return {
    start: function () {
      if (isStarted) return;
      isStarted = true;
      connect();
    },
    stop: function () {
      if (!isStarted) return;
      isStarted = false;
      wait(0);
      stream.cut("stopped");
    },
    isOnline: function () {
      return isOnline;
    },
    jid: function () {
      return ownJid;
    },
    ask: function (to, type, payload, onAnswer) {
      const id = idPrefix + ++asked;
      if (isOnline && waiting.length < QUERIES_WAITING) {
        const query = { id, sender: foldJid(to), onAnswer, number: sent + 1, timer: 0 };
        query.timer = timer.start(ANSWER_TIMEOUT_MS, function () {
          query.timer = 0;
          finish(query, undefined, false);
        });
        waiting.push(query);
        send(id, to, type, payload);
      } else onAnswer(undefined, false);
      return id;
    },
  };
}
