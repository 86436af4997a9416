// The answers to one SpimeSeek request as they come. Anybody can send as many messages as he likes: what is
// kept, and what is being opened at a time, has a bound.

import type { XmlElement } from "../openspime/element.js";
import { openspimeIn, readAnswer } from "./read-answer.js";
import type { ExpectedAnswer, Ignored, SeekAnswer } from "./read-answer.js";

export interface AnswersOptions extends ExpectedAnswer {
  /** With so many the seek is over. */
  readonly wanted: number;
  readonly onAnswer?: (answer: SeekAnswer) => void;
}

/** How many messages were ignored, and why. */
export type IgnoredCounts = Readonly<Partial<Record<Ignored, number>>>;

/** Each may wait for a certification service. */
const MAX_OPENING = 100;

export class Answers {
  readonly taken: SeekAnswer[] = [];
  /** Resolves when there are enough; rejects with what `onAnswer` throws. */
  readonly complete: Promise<void>;
  private readonly counts: Partial<Record<Ignored, number>> = {};
  private opening = 0;
  private resolve!: () => void;
  private reject!: (error: unknown) => void;

  constructor(private readonly options: AnswersOptions) {
    this.complete = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Also where nobody is waiting for it any more.
    this.complete.catch(() => {});
  }

  get ignored(): IgnoredCounts {
    return { ...this.counts };
  }

  take(message: XmlElement): void {
    const openspime = openspimeIn(message);
    if (openspime === undefined) return;
    if (this.opening >= MAX_OPENING) return this.ignore("too-many");
    this.opening += 1;
    this.open(message.attrs.from, openspime)
      .catch(this.reject)
      .finally(() => (this.opening -= 1));
  }

  private async open(from: string | undefined, openspime: XmlElement): Promise<void> {
    const read = await readAnswer(from, openspime, this.options);
    if ("ignored" in read) return this.ignore(read.ignored);
    const { wanted, onAnswer } = this.options;
    if (this.taken.length >= wanted) return;
    this.taken.push(read.answer);
    onAnswer?.(read.answer);
    if (this.taken.length === wanted) this.resolve();
  }

  private ignore(reason: Ignored): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + 1;
  }
}
