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
import { unpackSample } from "./sample.js";
import type { PackedSample } from "./sample.js";
import type { SampleQueue } from "./queue.js";

export interface ReporterSurroundings {
  clock: Clock;
  timer: Timer;
  log: Log;
  session: Session;
  queue: SampleQueue;
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

const ENTRIES_PER_REPORT = 5;
const RETRY_MS = 30000;

function describe(samples: PackedSample[]): string {
  const last = unpackSample(samples[samples.length - 1]);
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

  function pause(): void {
    isPaused = true;
    around.timer.start(RETRY_MS, function () {
      isPaused = false;
      send();
    });
  }

  /** What an error says (RFC 6120 section 8.3.2): modify, the data is wrong; wait and others, not now. */
  function takeError(answer: Element, samples: PackedSample[], id: string): void {
    const error = childOf(answer, "error");
    const type = (error && error.attributes["type"]) || "";
    isKeyWrong = !!childOf(error, "decryption-error");
    const isRefused = type === "modify" && !isKeyWrong;
    const level = type === "wait" ? "warn" : "error";
    log.write(level, "refused id=" + id + " type=" + type + " condition=" + conditionsOf(error));
    if (!isRefused) pause();
    else if (samples.length > 1) entriesPerReport = 1;
    else queue.remove(samples);
  }

  function takeResult(samples: PackedSample[], id: string, sentMs: number): void {
    queue.remove(samples);
    if (!queue.size()) entriesPerReport = ENTRIES_PER_REPORT;
    const tookMs = Math.round(clock.monotonicMs() - sentMs);
    log.write("info", "acknowledged id=" + id + " ms=" + tookMs + " waiting=" + queue.size());
  }

  function deliver(payload: ByteString, samples: PackedSample[], sealMs: number): void {
    const sentMs = clock.monotonicMs();
    const id = session.ask(scopenode, "set", payload, function (answer, isResult) {
      isUnderWay = false;
      if (isResult) takeResult(samples, id, sentMs);
      else if (answer) takeError(answer, samples, id);
      else {
        log.write("warn", "unanswered id=" + id);
        // Otherwise the next link sends it.
        if (session.isOnline()) pause();
      }
      if (answer) send();
    });
    log.write("info", "report id=" + id + describe(samples) + " sealMs=" + sealMs);
  }

  function send(): void {
    const samples = queue.oldest(entriesPerReport);
    if (isUnderWay || isPaused || !samples.length || !session.isOnline()) return;
    const startMs = clock.monotonicMs();
    isUnderWay = true;
    const content = dataReport(samples.map(unpackSample), exposure);
    around.seal(content, isKeyWrong, function (payload, reason) {
      isUnderWay = isKeyWrong = false;
      if (!payload) {
        log.write("error", "unsealed reason=" + reason.replace(/ +/g, "-"));
        pause();
      } else if (session.isOnline()) {
        // Otherwise the samples wait for the next link.
        isUnderWay = true;
        deliver(payload, samples, Math.round(clock.monotonicMs() - startMs));
      }
    });
  }

  return { send: send };
}
