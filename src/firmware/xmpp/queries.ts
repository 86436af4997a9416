// Questions that wait for their answer (RFC 6120 section 8.2.3). An answer counts when its id, its
// sender and its type fit: by the id alone anybody could answer (CVE-2015-8688, CVE-2024-46957).

import type { Element } from "../xml/element.js";
import type { ByteString, Timer } from "../platform.js";
import { foldJid } from "./jid.js";

/** The answer, a result or an error; `undefined` when none came in time or the link is gone. */
export type AnswerHandler = (answer: Element | undefined, isResult: boolean) => void;

interface Query {
  id: string;
  /** Folded; only its answer counts. */
  sender: ByteString;
  onAnswer: AnswerHandler;
  /** Which stanza of the session it was, from 1. */
  number: number;
  timer: number;
}

export interface Queries {
  /** Throws when `limit` questions wait already. */
  add(
    id: string,
    sender: ByteString,
    number: number,
    timeoutMs: number,
    onAnswer: AnswerHandler,
  ): void;
  /** Gives an iq of type result or error to whoever asked; false when nobody did. */
  settle(answer: Element, from: ByteString): boolean;
  /** Of the session's stanzas only so many have arrived: who waits for an answer to a later one gets `undefined`. */
  abandon(handled: number): void;
}

export function createQueries(timer: Timer, limit: number): Queries {
  let waiting: Query[] = [];

  function finish(query: Query, answer?: Element): void {
    timer.stop(query.timer);
    waiting = waiting.filter((other) => other !== query);
    query.onAnswer(answer, !!answer && answer.attributes["type"] === "result");
  }

  return {
    add: function (id, sender, number, timeoutMs, onAnswer) {
      if (waiting.length >= limit) throw new Error("queries: too many");
      const query: Query = { id, sender: foldJid(sender), onAnswer, number, timer: 0 };
      query.timer = timer.start(timeoutMs, function () {
        finish(query);
      });
      waiting.push(query);
    },
    settle: function (answer, from) {
      const id = answer.attributes["id"];
      const sender = foldJid(from);
      const query = waiting.filter((one) => one.id === id && one.sender === sender)[0];
      if (query) finish(query, answer);
      return !!query;
    },
    abandon: function (handled) {
      waiting
        .filter((query) => query.number > handled)
        .forEach(function (query) {
          finish(query);
        });
    },
  };
}
