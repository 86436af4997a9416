// How reports are signed and encrypted where it is not as the document has it: docs/nacl.md.

import type { Hash } from "../crypto/hash.js";
import type { ByteString, Clock, Log } from "../platform.js";
import type { SmallStore } from "../store/durable-file.js";
import type { Session } from "../xmpp/session.js";
import type { Protection, SealedHandler } from "./sealing.js";
import type { Security } from "./security.js";

export interface SuiteSurroundings {
  session: Session;
  store: SmallStore;
  /** SHA-256. */
  hash: Hash;
  clock: Clock;
  log: Log;
  /** Goes on when all else has had its turn: arithmetic takes long. */
  later(next: () => void): void;
}

/** Beside sealing it is a session: what is refused makes it ask again what the recipient has. */
export interface Suite extends Pick<Session, "isOnline" | "ask"> {
  /** As `sealContent`, in whose way it goes where the recipient does not have the suite. */
  seal(
    security: Security,
    content: ByteString,
    recipient: ByteString,
    protection: Protection,
    onDone: SealedHandler,
  ): void;
}

export type CreateSuite = (around: SuiteSurroundings) => Suite;
