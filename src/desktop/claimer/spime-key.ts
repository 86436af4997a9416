// The claimed spime's public key, with which a claim key opens: OpenSpime v0.9 section 1.2.1, XEP-0189.

import type { KeyObject } from "node:crypto";
import { ExitCode, Failure } from "../failure.js";
import type { Session } from "./session.js";

export interface SpimeKeySource {
  /** Full JID. */
  readonly spime: string;
  /** Public; without it the certification service is asked. */
  readonly spimeKey?: KeyObject;
  /** Address of the certification service that has the spime's key. */
  readonly spimeCertifier?: string;
}

export function checkSource({ spimeKey, spimeCertifier }: SpimeKeySource): void {
  if (spimeKey || spimeCertifier) return;
  throw new TypeError("spimeKey: missing, and spimeCertifier too");
}

/** Rejects with a `Failure`. */
export async function spimeKeyOf(session: Session, source: SpimeKeySource): Promise<KeyObject> {
  const { spime, spimeKey, spimeCertifier } = source;
  if (spimeKey) return spimeKey;
  const fetched = await session.fetchKey(spimeCertifier ?? "", spime);
  if ("value" in fetched) return fetched.value;
  const { condition, text } = fetched.fault;
  const isSilent = condition === "internal-server-error";
  throw new Failure(
    isSilent ? ExitCode.network : ExitCode.notAcknowledged,
    `The public key of ${spime} cannot be had: ${text}.`,
    isSilent
      ? "Is it running? Check --spime-certifier, or give the key with --spime-key."
      : "It has to be registered there for that full address; or give it with --spime-key.",
  );
}
