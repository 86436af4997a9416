// A setting of a sensor on a UART, in memory that wears.

import { ANSWER_MS } from "./uart-talk.js";
import type { Question, UartTalk } from "./uart-talk.js";

/**
 * Writes only when what is read differs: afterwards `read`'s answer has `wanted` at `at`. `writeOf` makes the
 * question that writes it from the answer before.
 */
export function change(
  talk: UartTalk,
  read: Question,
  at: number,
  wanted: string,
  writeOf: (before: string) => Question,
): void {
  const { around } = talk;

  function isSo(frame: string): boolean {
    return frame.slice(at, at + wanted.length) === wanted;
  }

  talk.ask(read, function (before) {
    if (isSo(before)) {
      talk.finish("same");
      return;
    }
    // Not all sensors answer that; what counts is what can be read then.
    around.line!.write(writeOf(before).frame);
    around.after(ANSWER_MS, function () {
      talk.ask(read, function (after) {
        talk.finish(isSo(after) ? "done" : "failed");
      });
    });
  });
}
