// Delivers samples: several in one report, one report under way at a time, when one is due. A sample
// leaves the queue when the ScopeNode has answered for it, and not before.

import type { ReportSettings } from "../configuration.js";
import { dataReport } from "../openspime/report.js";
import type { SealedHandler } from "../openspime/sealing.js";
import type { ByteString, Clock, Log, Platform, Timer } from "../platform.js";
import { formatDate } from "../time.js";
import { childOf } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { oneWord } from "../xmpp/session.js";
import type { Session } from "../xmpp/session.js";
import { conditionsOf } from "../xmpp/login.js";
import { placeForLog } from "./place.js";
import { isQuiet } from "./quiet-hours.js";
import { Settled } from "../store/flash-log.js";
import type { Sample } from "./sample.js";
import type { BoardQueue } from "./board-queue.js";

export interface ReporterSurroundings {
  clock: Clock;
  timer: Timer;
  log: Log;
  session: Pick<Session, "isOnline" | "ask">;
  queue: BoardQueue;
  /**
   * Puts a report into its envelope (openspime/sealing.ts). `isKeyWrong`: the ScopeNode could not read the
   * one before, its key may be another now.
   */
  seal(content: ByteString, isKeyWrong: boolean, onDone: SealedHandler): void;
  /** Has the light. */
  platform: Pick<Platform, "alarm">;
  /** Unix time of a moment of the monotonic clock; NaN while nobody knows. */
  timeMsAt(monotonicMs: number): number;
}

export interface Reporter {
  /** Sends what waits, if a report is due, the link up and nothing under way. */
  send(): void;
  /** The same for a sample that has just been kept. */
  onSample(co2Ppm: number): void;
  /** Since when a report is under way, on the monotonic clock; NaN when none is. */
  startMs: number;
}

/** A report that is under way. */
interface Sent {
  /** Of what is in it. */
  places: number[];
  /** For the log. */
  text: string;
}

const ENTRIES_PER_REPORT = 5;
const RETRY_S = 30;
/** Where the ScopeNode is gone, or does not want the board: somebody has to see to it, and then it goes on. */
const LONGEST_RETRY_MS = 600000;

function describe(samples: Sample[], last: Sample): string {
  const time = " time=" + formatDate(last.timeMs);
  return " entries=" + samples.length + time + placeForLog(last) + " ppm=" + last.co2Ppm;
}

/** `exposure` as in the configuration. */
export function createReporter(
  around: ReporterSurroundings,
  scopenode: ByteString,
  exposure: string,
  settings: ReportSettings,
): Reporter {
  const { clock, log, platform, queue, session } = around;
  const { entries = ENTRIES_PER_REPORT, retryS = RETRY_S } = settings;
  const firstRetryMs = retryS * 1000;
  let isPaused = false;
  let isKeyWrong = false;
  /** So many are sent one by one: one of those that were refused together is what was wrong. */
  let singles = 0;
  let retryMs = firstRetryMs;
  /** From then on a report is due that is not full; at once where the one before has not arrived. */
  let dueMs = 0;
  let hasChanged = false;
  let reportedPpm = NaN;

  function pause(delayMs: number, isAlarming?: boolean): void {
    isPaused = true;
    if (isAlarming && platform.alarm) platform.alarm(true);
    around.timer.start(delayMs, function () {
      isPaused = false;
      send();
    });
  }

  /** Also where the flash takes no mark: without a pause the same would be sent for ever. */
  function retryLater(isAlarming: boolean): void {
    pause(retryMs, isAlarming);
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
  }

  /** What an error says (RFC 6120 section 8.3.2): modify, the data is wrong; wait and others, not now. */
  function takeError(answer: Element, sent: Sent, id: string): void {
    const error = childOf(answer, "error");
    const type = (error && error.attributes["type"]) || "";
    isKeyWrong = !!childOf(error, "decryption-error");
    const isRefused = type === "modify" && !isKeyWrong;
    const level = type === "wait" ? "warn" : "error";
    const condition = conditionsOf(error);
    log.write(level, "refused id=" + id + " type=" + oneWord(type) + " condition=" + condition);
    if (!isRefused) retryLater(type !== "wait");
    else if (sent.places.length > 1) singles = sent.places.length;
    else {
      if (singles) singles--;
      const isGone = queue.refuse(sent.places, sent.text + " condition=" + condition);
      if (!isGone) retryLater(true);
    }
  }

  function takeResult(places: number[], id: string, sentMs: number): void {
    const { remove, size } = queue.open();
    const isGone = remove(places, Settled.Delivered);
    const tookMs = Math.round(clock.monotonicMs() - sentMs);
    log.write("info", "acknowledged id=" + id + " ms=" + tookMs + " waiting=" + size());
    if (!isGone) retryLater(true);
    else {
      if (platform.alarm) platform.alarm(false);
      retryMs = firstRetryMs;
      if (singles) singles--;
      // Those are sent at once.
      if (!singles) dueMs = sentMs + (settings.periodS || 0) * 1000;
      if (settings.restS) pause(settings.restS * 1000);
    }
  }

  function takeAnswer(
    answer: Element | undefined,
    isResult: boolean,
    sent: Sent,
    id: string,
    sentMs: number,
  ): void {
    reporter.startMs = NaN;
    if (isResult) takeResult(sent.places, id, sentMs);
    else if (answer) takeError(answer, sent, id);
    else {
      log.write("warn", "unanswered id=" + id);
      // Otherwise the next link sends it.
      if (session.isOnline()) pause(retryMs);
    }
    if (answer) send();
  }

  function deliver(payload: ByteString, sent: Sent): void {
    const sentMs = clock.monotonicMs();
    const sealMs = Math.round(sentMs - reporter.startMs);
    const id = session.ask(scopenode, "set", payload, function (answer, isResult) {
      queue.whenRoom(function () {
        takeAnswer(answer, isResult, sent, id, sentMs);
      });
    });
    log.write("info", "report id=" + id + sent.text + " sealMs=" + sealMs);
  }

  /** By itself: what it needs is not kept while the report is sealed. */
  function contentOf(sent: Sent): ByteString {
    const samples = sent.places.map(queue.open().sampleAt);
    const last = samples[samples.length - 1];
    sent.text = describe(samples, last);
    reportedPpm = last.co2Ppm;
    return dataReport(samples, exposure);
  }

  function begin(): void {
    const places = queue.open().next(singles ? 1 : entries, settings.first === "live");
    const sent: Sent = { places, text: "" };
    // All that waited were damaged, or are not found.
    if (!places.length) {
      reporter.startMs = NaN;
      return;
    }
    dueMs = 0;
    hasChanged = false;
    // The content is kept nowhere: RSA takes seconds, and the room for them.
    around.seal(contentOf(sent), isKeyWrong, function (payload, reason) {
      isKeyWrong = false;
      if (payload && session.isOnline()) {
        deliver(payload, sent);
        return;
      }
      // The samples wait for the next link.
      reporter.startMs = NaN;
      if (payload) return;
      log.write("error", "unsealed reason=" + reason.replace(/ +/g, "-"));
      pause(retryMs, true);
    });
  }

  function isDue(): boolean {
    const nowMs = clock.monotonicMs();
    const waiting = queue.waiting();
    const isTime = hasChanged || nowMs >= dueMs || waiting >= entries;
    return waiting > 0 && isTime && !isQuiet(settings, around.timeMsAt(nowMs));
  }

  function send(): void {
    if (!isNaN(reporter.startMs) || isPaused || !session.isOnline() || !isDue()) return;
    reporter.startMs = clock.monotonicMs();
    queue.whenRoom(begin);
  }

  function onSample(co2Ppm: number): void {
    if (Math.abs(co2Ppm - reportedPpm) >= settings.changePpm!) hasChanged = true;
    send();
  }

  const reporter: Reporter = { send, onSample, startMs: NaN };
  return reporter;
}
