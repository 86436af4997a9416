// Sends a board another program and has it tried (docs/update.md): announced, piece by piece, tried, and watched until the
// board runs it for good or is back at the one before. Whatever gets lost on the way is asked for again.

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { setTimeout as delay } from "node:timers/promises";
import { statusIn, statusQuestion } from "../claimer/ask-status.js";
import type { BoardStatus } from "../claimer/ask-status.js";
import { checkSpime } from "../claimer/ask-spime.js";
import { explain, statusExplanations } from "../claimer/explanations.js";
import type { ClaimerAccount } from "../claimer/login.js";
import { withSession } from "../claimer/session.js";
import type { Session } from "../claimer/session.js";
import { ExitCode, Failure } from "../failure.js";
import { childElements, isNamed } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { conditionsOf } from "../scopenode/questions.js";
import { updateExplanations } from "./explanations.js";
import { PIECE_BYTES, UPDATE } from "./signed-program.js";
import type { SignedProgram } from "./signed-program.js";

export interface UpdateOptions extends ClaimerAccount {
  /** Full JID. */
  readonly spime: string;
  readonly program: SignedProgram;
  /** For the answer to one question. */
  readonly answerTimeoutMs?: number;
  /** For all of it: sending, the restart and the trial. */
  readonly timeoutMs: number;
  /** From one look at a board that restarts to the next, and before a question is asked again. */
  readonly pauseMs?: number;
  readonly onProgress?: (progress: UpdateProgress) => void;
}

export type UpdateProgress =
  | { readonly step: "sending"; readonly bytes: number; readonly of: number }
  | { readonly step: "restarting" }
  | { readonly step: "trial"; readonly place: string };

export interface UpdateOutcome {
  readonly spime: string;
  /** Whether the board runs the new program for good; else it is back at the one before. */
  readonly isConfirmed: boolean;
  /** Of the program that runs now. */
  readonly version: string;
  readonly place: string;
}

/** What comes while a chip is at RSA waits until it is not; whoever asked again would only make it more. */
const ANSWER_TIMEOUT_MS = 300_000;
const PAUSE_MS = 5_000;
const TRY = xml("try", { xmlns: UPDATE });
/** A program that has come and is not the one that was signed is sent once more, from its beginning. */
const MOST_SENDINGS = 2;

/** Rejects with a `Failure` when the board refuses, or the time is over; what it has taken by then it keeps. */
export async function updateBoard(options: UpdateOptions): Promise<UpdateOutcome> {
  checkSpime(options.spime);
  return withSession(options, (session) => new Update(session, options).run());
}

class Update {
  private readonly endMs: number;
  private readonly pauseMs: number;
  private readonly answerTimeoutMs: number;

  constructor(
    private readonly session: Session,
    private readonly options: UpdateOptions,
  ) {
    this.endMs = performance.now() + options.timeoutMs;
    this.pauseMs = options.pauseMs ?? PAUSE_MS;
    this.answerTimeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  }

  async run(): Promise<UpdateOutcome> {
    this.checkBoard(await this.status());
    const before = await this.send();
    this.options.onProgress?.({ step: "restarting" });
    return this.watch(before);
  }

  /** What the board would refuse anyway is said before it has to. */
  private checkBoard({ fields }: BoardStatus): void {
    const { spime, program } = this.options;
    if (fields["board"] !== program.board) {
      throw new Failure(
        ExitCode.notAcknowledged,
        `${spime} is a board "${fields["board"] ?? ""}", and the program is for "${program.board}".`,
        "Build and sign the one for its kind.",
      );
    }
    if (!fields["place"]) {
      const [said, advice] = updateExplanations["feature-not-implemented"];
      throw new Failure(ExitCode.notAcknowledged, `${spime} ${said}`, advice);
    }
  }

  /** Until the board has said that it tries it; how it was before. */
  private async send(): Promise<BoardStatus> {
    for (let sending = 1; sending <= MOST_SENDINGS; sending++) {
      const before = await this.sendOnce();
      if (before !== "conflict") return before;
    }
    throw new Failure(
      ExitCode.notAcknowledged,
      `${this.options.spime} has twice received something else than was sent.`,
      "Its flash may be worn out: write it over a cable (microspime flash).",
    );
  }

  private async sendOnce(): Promise<BoardStatus | "conflict"> {
    let at = await this.announce();
    for (;;) {
      this.checkTime();
      const isWhole = at >= this.options.program.text.length;
      // While it was sent the board may have been restarted by others.
      const before = isWhole ? await this.status() : undefined;
      const reply = await this.ask(isWhole ? TRY : this.piece(at), isWhole);
      if (reply === "conflict") return reply;
      // It has been restarted, and wants to hear once more what this is about.
      if (reply === "unexpected") at = await this.announce();
      else {
        const progress = reply && this.progressIn(reply);
        if (progress !== undefined) this.tellSent((at = progress));
        else if (before) return before;
        else throw this.failure("has answered with something else.");
      }
    }
  }

  private piece(at: number): Element {
    const { text } = this.options.program;
    const piece = text.subarray(at, at + PIECE_BYTES);
    return xml("chunk", { xmlns: UPDATE, at: String(at) }, piece.toString("base64"));
  }

  private tellSent(bytes: number): void {
    this.options.onProgress?.({ step: "sending", bytes, of: this.options.program.text.length });
  }

  private async announce(): Promise<number> {
    const { board, version, text, digest, signature } = this.options.program;
    const attributes = { board, version, bytes: String(text.length), digest, signature };
    const reply = await this.ask(xml("update", { xmlns: UPDATE, ...attributes }), false);
    const at = typeof reply === "object" ? this.progressIn(reply) : undefined;
    if (at === undefined) throw this.failure("has answered with something else.");
    this.tellSent(at);
    return at;
  }

  /**
   * Asks until there is an answer, or a refusal that stays one. Nothing, where `mayBeLost`, when none came: the board may
   * have restarted before it had left.
   */
  private async ask(
    payload: Element,
    mayBeLost: boolean,
  ): Promise<XmlElement | "unexpected" | "conflict" | undefined> {
    const { spime } = this.options;
    for (;;) {
      const reply = await this.session.ask(spime, payload, this.answerTimeoutMs);
      if ("result" in reply) return reply.result;
      if ("error" in reply) {
        const conditions = conditionsOf(reply.error);
        if (conditions.includes("unexpected-request")) return "unexpected";
        if (conditions.includes("conflict")) return "conflict";
        if (!isPassing(conditions)) throw explain(spime, reply.error, updateExplanations);
      } else if (mayBeLost) return undefined;
      await this.pause();
    }
  }

  private async status(): Promise<BoardStatus> {
    const { spime } = this.options;
    for (;;) {
      const reply = await this.session.ask(spime, statusQuestion(), this.answerTimeoutMs, "get");
      if ("result" in reply) return statusIn(reply.result, spime);
      if ("error" in reply && !isPassing(conditionsOf(reply.error))) {
        throw explain(spime, reply.error, statusExplanations);
      }
      await this.pause();
    }
  }

  /** The number of its starts tells a board that is back from one that has not restarted yet. */
  private async watch(before: BoardStatus): Promise<UpdateOutcome> {
    const { spime, onProgress } = this.options;
    let isOnTrial = false;
    for (;;) {
      await this.pause();
      const { fields } = await this.status();
      const { place = "", version = "" } = fields;
      const hasRestarted = Number(fields["boots"]) > Number(before.fields["boots"]);
      if (place.endsWith("-trial")) {
        if (!isOnTrial) onProgress?.({ step: "trial", place: place[0] });
        isOnTrial = true;
      } else if (hasRestarted) {
        return { spime, isConfirmed: place !== before.fields["place"], version, place };
      }
    }
  }

  /** Bytes that the board has; nothing where the answer is of another kind. */
  private progressIn(iq: XmlElement): number | undefined {
    const progress = childElements(iq).find((child) => isNamed(child, "update", UPDATE));
    const [at, bytes] = [progress?.attrs["at"], progress?.attrs["bytes"]].map(Number);
    if (!progress || !Number.isSafeInteger(at)) return undefined;
    const { spime, program } = this.options;
    if (bytes === program.text.length) return at;
    throw new Failure(
      ExitCode.notAcknowledged,
      `${spime} has not taken all of it: somebody else sends it another program.`,
      "See who else has claimed it, and start it again when that is over.",
    );
  }

  private checkTime(): void {
    if (performance.now() <= this.endMs) return;
    throw this.failure(`has not been through with it in ${this.options.timeoutMs / 1000} s.`);
  }

  private async pause(): Promise<void> {
    this.checkTime();
    await Promise.race([delay(this.pauseMs), this.session.lost]);
  }

  private failure(said: string): Failure {
    const advice = "Start it again: it goes on where it was. --wait waits longer.";
    return new Failure(ExitCode.notAcknowledged, `${this.options.spime} ${said}`, advice);
  }
}

/** Of a board that restarts, or has no memory just now. */
const PASSING = [
  ...["resource-constraint", "recipient-unavailable", "service-unavailable"],
  ...["remote-server-timeout", "item-not-found"],
];

function isPassing(conditions: string[]): boolean {
  return PASSING.some((condition) => conditions.includes(condition));
}
