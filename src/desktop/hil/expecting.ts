// Waiting for what a scenario expects. What came while something else was waited for counts too: each kind of thing
// is read on from where it was read to.

import { messageOf } from "../failure.js";
import {
  answerMisfits,
  fitsLog,
  type Given,
  holesIn,
  misfitsOf,
  spanMisfit,
  stateMisfits,
} from "./conditions.js";
import type { Happening, Journal, Noted } from "./journal.js";
import type {
  Expectation,
  ExpectClaim,
  ExpectComplete,
  ExpectLog,
  ExpectReport,
  ExpectState,
} from "./scenario.js";
import { entryWords, plural, wantedOf } from "./wording.js";

export interface Judgement {
  readonly isPassed: boolean;
  /** Absent for what is only done. */
  readonly expected?: string;
  readonly seen: string;
}

export interface ExpectingSurroundings {
  readonly journal: Journal;
  readonly given: Given;
  /** What the board says of itself; rejects when it does not answer. */
  readonly askStatus: () => Promise<Readonly<Record<string, string>>>;
  /** Seconds of the board's clock. */
  readonly pause: (seconds: number) => Promise<void>;
  readonly nowS: () => number;
}

type Cursor = Partial<Record<Happening["kind"], number>>;
type Of<Name extends Expectation["expect"]> = Extract<Expectation, { expect: Name }>;

/** Between two questions how it is, in seconds of the scenario. */
const STATE_PAUSE_S = 2;

export class Expecting {
  /** To where each kind has been read. */
  private readonly cursor: Cursor = {};

  constructor(private readonly around: ExpectingSurroundings) {}

  async judge(expectation: Expectation): Promise<Judgement> {
    const judgement = await this.judgementOn(expectation);
    const crash = this.around.journal.crash();
    const expected = wantedOf(expectation);
    if (crash === undefined) return { expected, ...judgement };
    return { expected, isPassed: false, seen: `the board's program has stopped: ${crash}` };
  }

  private judgementOn(expectation: Expectation): Promise<Judgement> {
    switch (expectation.expect) {
      case "report":
        return this.report(expectation);
      case "no-report":
        return this.noReport(expectation);
      case "log":
        return this.log(expectation);
      case "no-log":
        return this.noLog(expectation);
      case "refusal":
        return this.refusal(expectation);
      case "claim":
        return this.claim(expectation);
      case "answer":
        return this.answer(expectation);
      case "state":
        return this.state(expectation);
      case "complete":
        return this.complete(expectation);
    }
  }

  private limit({ within }: Expectation): number {
    return within * this.around.given.pace;
  }

  /** The first `count` of a kind that fit, from where it was read to. */
  private async find<Kind extends Happening["kind"]>(
    expectation: Expectation,
    kind: Kind,
    count: number,
    fits: (what: Noted<Kind>["what"]) => boolean,
  ) {
    const { journal } = this.around;
    const from = this.cursor[kind] ?? 0;
    const news = journal.reader(kind, from);
    const fitting: Noted<Kind>[] = [];
    const found = await journal.until(this.limit(expectation), () => {
      fitting.push(...news().filter(({ what }) => fits(what)));
      return fitting.length >= count ? fitting.slice(0, count) : undefined;
    });
    if (found) this.cursor[kind] = found[found.length - 1].at + 1;
    return { found: found?.map(({ what }) => what), others: journal.of(kind, from) };
  }

  /** Whether one comes from now on. */
  private async avoid<Kind extends Happening["kind"]>(
    expectation: Expectation,
    kind: Kind,
    fits: (what: Noted<Kind>["what"]) => boolean,
  ) {
    const { journal } = this.around;
    const news = journal.reader(kind, journal.all.length);
    const found = await journal.until(this.limit(expectation), () =>
      news().find(({ what }) => fits(what)),
    );
    return found?.what;
  }

  private async report(wanted: ExpectReport): Promise<Judgement> {
    const { count = 1 } = wanted;
    const misfits = (what: { entry: Parameters<typeof misfitsOf>[0]; atS: number }) =>
      misfitsOf(what.entry, wanted, this.around.given, what.atS);
    const { found, others } = await this.find(
      wanted,
      "entry",
      count,
      (what) => misfits(what).length === 0,
    );
    if (found) return { isPassed: true, seen: entryWords(found[found.length - 1].entry) };
    const last = others.at(-1)?.what;
    if (!last) return { isPassed: false, seen: "no report" };
    const why = misfits(last).join(", ") || "it fits, but there are too few";
    const seen = `${plural(others.length, "report")}, the last: ${entryWords(last.entry)} (${why})`;
    return { isPassed: false, seen };
  }

  private async noReport(wanted: ExpectReport): Promise<Judgement> {
    const { given } = this.around;
    const found = await this.avoid(
      wanted,
      "entry",
      ({ entry, atS }) => misfitsOf(entry, wanted, given, atS).length === 0,
    );
    return { isPassed: !found, seen: found ? entryWords(found.entry) : "none" };
  }

  private async log(wanted: ExpectLog): Promise<Judgement> {
    const { count = 1 } = wanted;
    const { found, others } = await this.find(wanted, "log", count, ({ event }) =>
      fitsLog(event, wanted),
    );
    if (found) return { isPassed: true, seen: found[found.length - 1].line };
    const alike = others.filter(({ what }) => what.event.name === wanted.event);
    const last = (alike.at(-1) ?? others.at(-1))?.what;
    return { isPassed: false, seen: last ? `not that; last: ${last.line}` : "nothing in the log" };
  }

  private async noLog(wanted: ExpectLog): Promise<Judgement> {
    const found = await this.avoid(wanted, "log", ({ event }) => fitsLog(event, wanted));
    return { isPassed: !found, seen: found?.line ?? "none" };
  }

  private async refusal(wanted: Of<"refusal">): Promise<Judgement> {
    const { condition } = wanted;
    const { found, others } = await this.find(
      wanted,
      "refusal",
      1,
      (what) => condition === undefined || what.condition === condition,
    );
    const what = found?.[0] ?? others.at(-1)?.what;
    const seen = what ? `${what.condition}: ${what.text}` : "it refused nothing";
    return { isPassed: found !== undefined, seen };
  }

  private async claim(wanted: ExpectClaim): Promise<Judgement> {
    const { found } = await this.find(wanted, "claim", 1, () => true);
    if (!found) return { isPassed: false, seen: "no answer to the claim" };
    const [{ outcome, text, days = 0 }] = found;
    const misfits = [
      ...(outcome === wanted.outcome ? [] : [outcome]),
      ...spanMisfit("days", days, wanted.forDays),
      ...(wanted.says && !new RegExp(wanted.says).test(text) ? ["it says something else"] : []),
    ];
    return { isPassed: misfits.length === 0, seen: `${outcome}: ${text}` };
  }

  private async answer(wanted: Of<"answer">): Promise<Judgement> {
    const { given } = this.around;
    const { found, others } = await this.find(
      wanted,
      "answer",
      1,
      ({ answer }) => answerMisfits(answer, wanted, given).length === 0,
    );
    const what = found?.[0] ?? others.at(-1)?.what;
    if (!what) return { isPassed: false, seen: "no answer" };
    const { answer } = what;
    const how = answer.isEncrypted ? "encrypted" : "not encrypted";
    const misfits = answerMisfits(answer, wanted, given);
    const why = found ? "" : ` (${misfits.join(", ")})`;
    const seen = `${plural(answer.entries.length, "entry").replace("entrys", "entries")}, ${how}${why}`;
    return { isPassed: found !== undefined, seen };
  }

  /** Asks until it is so. */
  private async state(wanted: ExpectState): Promise<Judgement> {
    const { journal, nowS, pause, given } = this.around;
    const endS = nowS() + this.limit(wanted);
    for (;;) {
      const judgement = await this.stateNow(wanted);
      if (judgement.isPassed || nowS() >= endS || journal.isOver()) return judgement;
      await pause(Math.min(STATE_PAUSE_S * given.pace, endS - nowS()));
    }
  }

  private async stateNow(wanted: ExpectState): Promise<Judgement> {
    try {
      const fields = await this.around.askStatus();
      const misfits = stateMisfits(fields, wanted.fields);
      if (misfits.length > 0) return { isPassed: false, seen: misfits.join(", ") };
      return { isPassed: true, seen: stateWords(fields, wanted) };
    } catch (error) {
      return { isPassed: false, seen: messageOf(error) };
    }
  }

  /** Up to the moment when it was asked for. */
  private async complete(wanted: ExpectComplete): Promise<Judgement> {
    const { journal, given, nowS } = this.around;
    const { count = 1 } = wanted;
    const holeS = wanted.holeS * given.pace;
    const beginS = nowS();
    const news = journal.reader("entry");
    const dates: Date[] = [];
    let newestS = -Infinity;
    const isUpToDate = () => dates.length >= count && newestS >= beginS;
    const isPassed = await journal.until(this.limit(wanted), () => {
      const dated = news().map(({ what }) => what.entry.date);
      for (const date of dated) newestS = Math.max(newestS, given.secondOf(date) ?? Infinity);
      dates.push(...dated);
      const isNew = dated.length > 0;
      return (isNew && isUpToDate() && holesIn(dates, holeS).length === 0) || undefined;
    });
    const words = [
      plural(dates.length, "sample"),
      ...(isUpToDate() ? [] : ["not yet all"]),
      ...holesIn(dates, holeS).slice(0, 3),
    ];
    return { isPassed: isPassed ?? false, seen: words.join(", ") };
  }
}

function stateWords(fields: Readonly<Record<string, string>>, { fields: wanted }: ExpectState) {
  return Object.keys(wanted)
    .map((name) => `${name}=${fields[name]}`)
    .join(", ");
}
