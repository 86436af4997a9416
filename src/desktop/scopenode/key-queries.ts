// Asking a certification service for a public key, OpenSpime v0.9 section 1.0.1. A reply counts if it has
// the id of a question, which cannot be guessed, and comes from the address that was asked (RFC 6120
// section 8.1.2.3): else anybody could slip in a key.

import type { Element } from "@xmpp/component";
import { xml } from "@xmpp/component";
import { randomUUID } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isSameAddress } from "../openspime/address.js";
import { refuse } from "../openspime/conditions.js";
import type { Parsed } from "../openspime/conditions.js";
import { childElements, isNamed } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { readKeyInfo } from "../openspime/key-info.js";
import { PUBKEY } from "../openspime/namespaces.js";
import { pubkeysQuery } from "../openspime/pubkeys.js";

export interface KeyQueriesOptions {
  /** The address that asks. */
  readonly jid: string;
  readonly timeoutMs: number;
  readonly send: (stanza: Element) => Promise<void>;
}

interface Question {
  readonly certifier: string;
  readonly osid: string;
  readonly answer: (parsed: Parsed<KeyObject>) => void;
}

export class KeyQueries {
  private readonly waiting = new Map<string, Question>();

  constructor(private readonly options: KeyQueriesOptions) {}

  /** Always resolves, at the latest when the time is up. */
  async ask(certifier: string, osid: string): Promise<Parsed<KeyObject>> {
    const id = randomUUID();
    const { timeoutMs } = this.options;
    const reply = new Promise<Parsed<KeyObject>>((answer) => {
      this.waiting.set(id, { certifier, osid, answer });
    });
    const late = unreachable(`${certifier} did not answer in ${timeoutMs} ms`);
    const timer = setTimeout(() => this.settle(id, late), timeoutMs);
    this.send(id, certifier, osid).catch((error: unknown) => {
      this.settle(id, unreachable(`${certifier} cannot be asked: ${String(error)}`));
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
    if (question === undefined || !isSameAddress(from, question.certifier)) return;
    this.settle(
      id,
      iq.attrs.type === "result" ? readResult(iq, question) : readError(iq, question),
    );
  }

  /** Leaves nobody waiting. */
  close(): void {
    for (const id of [...this.waiting.keys()]) this.settle(id, unreachable("stopped"));
  }

  private async send(id: string, certifier: string, osid: string): Promise<void> {
    const attributes = { type: "get", id, from: this.options.jid, to: certifier };
    await this.options.send(xml("iq", attributes, pubkeysQuery(osid)));
  }

  private settle(id: string, parsed: Parsed<KeyObject>): void {
    const question = this.waiting.get(id);
    this.waiting.delete(id);
    question?.answer(parsed);
  }
}

function readResult(iq: XmlElement, { certifier, osid }: Question): Parsed<KeyObject> {
  const [pubkeys] = childElements(iq);
  const key =
    pubkeys && isNamed(pubkeys, "pubkeys", PUBKEY) && isSameAddress(pubkeys.attrs.jid ?? "", osid)
      ? readKeyInfo(pubkeys)
      : undefined;
  if (key) return { value: key };
  return refuse(
    "signature-error-public-key-corrupted",
    `${certifier} gave no usable key of ${osid}`,
  );
}

/** RFC 6120 section 8.3: that it has no such key is final, everything else may pass. */
function readError(iq: XmlElement, { certifier, osid }: Question): Parsed<KeyObject> {
  const errors = childElements(iq).filter(({ name }) => name === "error");
  const names = errors.flatMap(childElements).map(({ name }) => name);
  if (names.includes("no-available-public-key") || names.includes("item-not-found")) {
    return refuse("no-available-public-key", `${certifier} has no key of ${osid}`);
  }
  return unreachable(`${certifier} answered ${names.join(" + ") || "an error"}`);
}

function unreachable(text: string) {
  return refuse("internal-server-error", text);
}
