// One answer to a SpimeSeek request, OpenSpime v0.9 sections 1.2.0 and 1.2.1: a message from a ScopeNode, in
// the clear or encrypted to who asked. Who reads the PubSub node knows the id of the request and can answer it
// too: an entry is worth as much as the ScopeNode that it is from.

import type { Condition } from "../openspime/conditions.js";
import { childElements, isOpenSpime } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { parseEntry } from "../openspime/entry.js";
import type { SpimeEntry } from "../openspime/entry.js";
import { parseEnvelope } from "../openspime/envelope.js";
import { CORE, SPIMESEEK } from "../openspime/namespaces.js";
import { abilitiesOf, openEnvelope } from "../openspime/opening.js";
import type { Opened, Security } from "../openspime/opening.js";
import { parseSeekResponse } from "../openspime/seek.js";

export interface SeekAnswer {
  /** The ScopeNode, as the server vouches for it. */
  readonly from: string;
  readonly isEncrypted: boolean;
  /** Who has signed it, folded, as an accepted certification service has it; absent without a signature. */
  readonly signer?: string;
  readonly entries: readonly SpimeEntry[];
}

/** Why a message is none. */
export type Ignored =
  | "unknown-request"
  | "no-sender"
  | "undecryptable"
  | "unverified"
  /** By way of a certification service that is not accepted, or not for who signed. */
  | "unaccepted"
  | "unencrypted"
  | "malformed"
  | "too-many";

export interface ExpectedAnswer {
  readonly requestId: string;
  readonly isEncryptionRequired: boolean;
  readonly security: Security;
}

export type ReadAnswer = { readonly answer: SeekAnswer } | { readonly ignored: Ignored };

/** The part of OpenSpime in a message; a bounced message is none. */
export function openspimeIn(message: XmlElement): XmlElement | undefined {
  if (message.attrs.type === "error") return undefined;
  return childElements(message).find((child) => isOpenSpime(child, "openspime", CORE));
}

export async function readAnswer(
  from: string | undefined,
  openspime: XmlElement,
  expected: ExpectedAnswer,
): Promise<ReadAnswer> {
  if (!from) return { ignored: "no-sender" };
  const { security } = expected;
  const envelope = parseEnvelope(openspime, abilitiesOf(security));
  if ("fault" in envelope) return { ignored: reasonOf(envelope.fault.condition) };
  const opened = await openEnvelope(envelope.value, from, security);
  if ("fault" in opened) return { ignored: reasonOf(opened.fault.condition) };
  return readOpened(from, opened.value, expected);
}

const reasons: Partial<Record<Condition, Ignored>> = {
  "decryption-error": "undecryptable",
  "decryption-not-enabled": "undecryptable",
  "signature-not-enabled": "unverified",
  "signature-error-invalid-cert-auth": "unaccepted",
  "signature-error-public-key-corrupted": "unverified",
  "no-available-public-key": "unverified",
  "internal-server-error": "unverified",
  forbidden: "unverified",
};

function reasonOf(condition: Condition): Ignored {
  return reasons[condition] ?? "malformed";
}

function readOpened(
  from: string,
  { payload, isEncrypted, signer }: Opened,
  { requestId, isEncryptionRequired }: ExpectedAnswer,
): ReadAnswer {
  const response = parseSeekResponse(payload);
  if (response === undefined) return { ignored: "malformed" };
  if (response.id !== requestId) return { ignored: "unknown-request" };
  if (isEncryptionRequired && !isEncrypted) return { ignored: "unencrypted" };
  const parsed = response.entries.map((entry) => parseEntry(entry, SPIMESEEK));
  const entries = parsed.filter((entry) => typeof entry !== "string");
  if (entries.length === 0 || entries.length < parsed.length) return { ignored: "malformed" };
  return { answer: { from, isEncrypted, ...(signer !== undefined && { signer }), entries } };
}
