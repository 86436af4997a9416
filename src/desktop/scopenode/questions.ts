// Questions that a component asks by iq (RFC 6120 section 8.2.3). A reply counts if it has the id of a
// question, which cannot be guessed, and comes from the address that was asked (section 8.1.2.3).

import type { Element } from "@xmpp/component";
import { xml } from "@xmpp/component";
import { randomUUID } from "node:crypto";
import { isSameAddress } from "../openspime/address.js";
import { childElements } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";

export interface QuestionsOptions {
  /** The address that asks. */
  readonly jid: string;
  readonly timeoutMs: number;
  readonly send: (stanza: Element) => Promise<void>;
}

/** The iq of the type, or why there is none, for the operator. */
export type Reply =
  { readonly result: XmlElement } | { readonly error: XmlElement } | { readonly silence: string };

interface Question {
  readonly to: string;
  readonly answer: (reply: Reply) => void;
}

/** Bounds nothing itself: whoever asks has a bound. */
export class Questions {
  private readonly waiting = new Map<string, Question>();

  constructor(private readonly options: QuestionsOptions) {}

  /** Always resolves, at the latest when the time is up. */
  async ask(to: string, type: "get" | "set", query: Element): Promise<Reply> {
    const id = randomUUID();
    const { timeoutMs, jid } = this.options;
    const reply = new Promise<Reply>((answer) => this.waiting.set(id, { to, answer }));
    const late = { silence: `${to} did not answer in ${timeoutMs} ms` };
    const timer = setTimeout(() => this.settle(id, late), timeoutMs);
    this.send(xml("iq", { type, id, from: jid, to }, query)).catch((error: unknown) => {
      this.settle(id, { silence: `${to} cannot be asked: ${String(error)}` });
    });
    try {
      return await reply;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes an iq of type result or error; one that answers no question is ignored. */
  onReply(iq: XmlElement): void {
    const { id = "", from = "" } = iq.attrs;
    const question = this.waiting.get(id);
    if (question === undefined || !isSameAddress(from, question.to)) return;
    this.settle(id, iq.attrs.type === "result" ? { result: iq } : { error: iq });
  }

  /** Leaves nobody waiting. */
  close(): void {
    for (const id of [...this.waiting.keys()]) this.settle(id, { silence: "stopped" });
  }

  /** Asynchronous also where `send` throws. */
  private async send(iq: Element): Promise<void> {
    await this.options.send(iq);
  }

  private settle(id: string, reply: Reply): void {
    const question = this.waiting.get(id);
    this.waiting.delete(id);
    question?.answer(reply);
  }
}

/** The names of the conditions in an iq of type error: RFC 6120 section 8.3. */
export function conditionsOf(iq: XmlElement): string[] {
  const errors = childElements(iq).filter(({ name }) => name === "error");
  return errors.flatMap(childElements).map(({ name }) => name);
}
