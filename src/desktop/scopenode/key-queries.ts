// Asking a certification service for a public key, OpenSpime v0.9 section 1.0.1.

import type { KeyObject } from "node:crypto";
import { isSameAddress } from "../openspime/address.js";
import { refuse } from "../openspime/conditions.js";
import type { Parsed } from "../openspime/conditions.js";
import { childElements, isNamed } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { readKeyInfo } from "../openspime/key-info.js";
import { PUBKEY } from "../openspime/namespaces.js";
import { pubkeysQuery } from "../openspime/pubkeys.js";
import { conditionsOf, Questions } from "./questions.js";
import type { QuestionsOptions } from "./questions.js";

export class KeyQueries {
  private readonly questions: Questions;

  constructor(options: QuestionsOptions) {
    this.questions = new Questions(options);
  }

  /** Always resolves, at the latest when the time is up. */
  async ask(certifier: string, osid: string): Promise<Parsed<KeyObject>> {
    const reply = await this.questions.ask(certifier, "get", pubkeysQuery(osid));
    if ("silence" in reply) return unreachable(reply.silence);
    return "result" in reply
      ? readResult(reply.result, certifier, osid)
      : readError(reply.error, certifier, osid);
  }

  /** Takes an iq of type result or error; one that answers no question is ignored. */
  onReply(iq: XmlElement): void {
    this.questions.onReply(iq);
  }

  /** Leaves nobody waiting. */
  close(): void {
    this.questions.close();
  }
}

function readResult(iq: XmlElement, certifier: string, osid: string): Parsed<KeyObject> {
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
function readError(iq: XmlElement, certifier: string, osid: string): Parsed<KeyObject> {
  const names = conditionsOf(iq);
  if (names.includes("no-available-public-key") || names.includes("item-not-found")) {
    return refuse("no-available-public-key", `${certifier} has no key of ${osid}`);
  }
  return unreachable(`${certifier} answered ${names.join(" + ") || "an error"}`);
}

function unreachable(text: string) {
  return refuse("internal-server-error", text);
}
