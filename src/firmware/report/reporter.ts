// Delivers samples: oldest first, several in one report, one report under way at a time. A sample
// leaves the queue when the ScopeNode has answered for it, and not before.

import { dataReport } from "../openspime/report.js";
import type { SealedHandler } from "../openspime/sealing.js";
import type { ByteString, Clock, Log, Timer } from "../platform.js";
import { formatDate } from "../time.js";
import { childOf } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import type { Session } from "../xmpp/session.js";
import { conditionsOf } from "../xmpp/login.js";
import { placeForLog } from "./place.js";
import { Settled } from "../store/flash-log.js";
import type { Sample } from "./sample.js";
import type { BoardQueue } from "./board-queue.js";

export interface ReporterSurroundings {
  clock: Clock;
  timer: Timer;
  log: Log;
  session: Session;
  queue: BoardQueue;
  /**
   * Puts a report into its envelope (openspime/sealing.ts). `isKeyWrong`: the ScopeNode could not read the
   * one before, its key may be another now.
   */
  seal(content: ByteString, isKeyWrong: boolean, onDone: SealedHandler): void;
}

export interface Reporter {
  /** Sends what waits, if the link is up and nothing is under way. */
  send(): void;
}

/** A report that is under way. */
interface Sent {
  /** Of what is in it. */
  places: number[];
  /** For the log. */
  text: string;
  /** When its sealing began. */
  startMs: number;
}

const ENTRIES_PER_REPORT = 5;
const RETRY_MS = 30000;
/** Where the ScopeNode is gone, or does not want the board: somebody has to see to it, and then it goes on. */
const LONGEST_RETRY_MS = 600000;

function describe(samples: Sample[]): string {
  const last = samples[samples.length - 1];
  // All that waited were damaged.
  if (!last) return " entries=0";
  const time = " time=" + formatDate(last.timeMs);
  return " entries=" + samples.length + time + placeForLog(last) + " ppm=" + last.co2Ppm;
}

/** `exposure` as in the configuration. */
export function createReporter(
  around: ReporterSurroundings,
  scopenode: ByteString,
  exposure: string,
): Reporter {
  const { clock, log, queue, session } = around;
  let isUnderWay = false;
  let isPaused = false;
  let isKeyWrong = false;
  let entriesPerReport = ENTRIES_PER_REPORT;
  let retryMs = RETRY_MS;

  function pause(): void {
    isPaused = true;
    around.timer.start(retryMs, function () {
      isPaused = false;
      send();
    });
  }

  /** What an error says (RFC 6120 section 8.3.2): modify, the data is wrong; wait and others, not now. */
  function takeError(answer: Element, places: number[], id: string): void {
    const error = childOf(answer, "error");
    const type = (error && error.attributes["type"]) || "";
    isKeyWrong = !!childOf(error, "decryption-error");
    const isRefused = type === "modify" && !isKeyWrong;
    const level = type === "wait" ? "warn" : "error";
    log.write(level, "refused id=" + id + " type=" + type + " condition=" + conditionsOf(error));
    if (!isRefused) {
      pause();
      if (type !== "wait") retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    } else if (places.length > 1) entriesPerReport = 1;
    else queue.open().remove(places, Settled.Refused);
  }

  function takeResult(places: number[], id: string, sentMs: number): void {
    const { remove, size } = queue.open();
    remove(places, Settled.Delivered);
    retryMs = RETRY_MS;
    if (!size()) entriesPerReport = ENTRIES_PER_REPORT;
    const tookMs = Math.round(clock.monotonicMs() - sentMs);
    log.write("info", "acknowledged id=" + id + " ms=" + tookMs + " waiting=" + size());
  }

  function takeAnswer(
    answer: Element | undefined,
    isResult: boolean,
    sent: Sent,
    id: string,
    sentMs: number,
  ): void {
    isUnderWay = false;
    if (isResult) takeResult(sent.places, id, sentMs);
    else if (answer) takeError(answer, sent.places, id);
    else {
      log.write("warn", "unanswered id=" + id);
      // Otherwise the next link sends it.
      if (session.isOnline()) pause();
    }
    if (answer) send();
  }

  function deliver(payload: ByteString, sent: Sent): void {
    const sentMs = clock.monotonicMs();
    const sealMs = Math.round(sentMs - sent.startMs);
    const id = session.ask(scopenode, "set", payload, function (answer, isResult) {
      queue.whenRoom(function () {
        takeAnswer(answer, isResult, sent, id, sentMs);
      });
    });
    log.write("info", "report id=" + id + sent.text + " sealMs=" + sealMs);
  }

  /** By itself: what it needs is not kept while the report is sealed. */
  function contentOf(sent: Sent): ByteString {
    const { oldest, sampleAt } = queue.open();
    sent.places = oldest(entriesPerReport);
    const samples = sent.places.map(sampleAt);
    sent.text = describe(samples);
    return dataReport(samples, exposure);
  }

  function begin(): void {
    const sent: Sent = { places: [], text: "", startMs: clock.monotonicMs() };
    around.seal(contentOf(sent), isKeyWrong, function (payload, reason) {
      isUnderWay = isKeyWrong = false;
      if (!payload) {
        log.write("error", "unsealed reason=" + reason.replace(/ +/g, "-"));
        pause();
      } else if (session.isOnline()) {
        // Otherwise the samples wait for the next link.
        isUnderWay = true;
        deliver(payload, sent);
      }
    });
  }

  function send(): void {
    if (isUnderWay || isPaused || !session.isOnline() || !queue.hasSamples()) return;
    isUnderWay = true;
    queue.whenRoom(begin);
  }

  return { send: send };
}
