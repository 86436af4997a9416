// Opening an envelope, OpenSpime v0.9 section 1.0.1: is the certification service believed about the originator,
// what is inside, is it what the originator signed. The certifier is looked at first, because that costs
// nothing; decryption comes before verification, because what was signed is the plain element. A claim key,
// section 1.2.1, is opened likewise.

import type { KeyObject } from "node:crypto";
import { foldAddress, isAddress, isSameAddress } from "./address.js";
import { certifierFor } from "./certifiers.js";
import type { AcceptedCertifier } from "./certifiers.js";
import { clip, refuse } from "./conditions.js";
import type { Parsed } from "./conditions.js";
import type { XmlElement } from "./element.js";
import { openClaimKey } from "./claim-key.js";
import type { ClaimKey } from "./claim-key.js";
import { isNaclSignatureOf, keyIn, openTransport } from "./nacl.js";
import { isSignatureOf } from "./signature.js";
import { decryptTransport } from "./transport.js";
import { parseEnvelope } from "./envelope.js";
import type { Abilities, Envelope, SealedClaimKey, Signature } from "./envelope.js";
import type { KeyRing } from "./key-ring.js";

export interface Security {
  /** Without it what is encrypted is refused. */
  readonly privateKey?: KeyObject;
  /** Without it what is signed is refused. */
  readonly verification?: {
    readonly certifiers: readonly AcceptedCertifier[];
    readonly keys: Pick<KeyRing, "verify">;
  };
  /** Of X25519, for the suite of docs/nacl.md; without it that is refused. */
  readonly boxKey?: KeyObject;
}

export interface Opened {
  readonly payload: XmlElement;
  readonly isEncrypted: boolean;
  /** Who the signature proves to have sent it; folded. Absent without a signature. */
  readonly signer?: string;
  /** The key that the signature verifies with. */
  readonly signerKey?: KeyObject;
}

export function abilitiesOf({ privateKey, verification }: Security): Abilities {
  return { decrypts: privateKey !== undefined, verifies: verification !== undefined };
}

/** The same, and the suite of docs/nacl.md where there is a key for it. */
export function allAbilitiesOf(security: Security): Abilities {
  return { ...abilitiesOf(security), hasNacl: security.boxKey !== undefined };
}

/** Who signed is said by `osid`, and is the sender where that is absent. */
export async function openEnvelope(
  envelope: Envelope,
  from: string,
  security: Security,
): Promise<Parsed<Opened>> {
  const { osid = from, signature } = envelope;
  const origin = signature ? checkCertifier(osid, signature, security) : checkSender(osid, from);
  if ("fault" in origin) return origin;
  const opened = openContent(envelope.content, security);
  if ("fault" in opened || !signature) return opened;
  const signer = foldAddress(osid);
  if (signature.keys) return verifyNacl(opened.value, signature, signer, security);
  const isSigned = (key: KeyObject) => isSignatureOf(opened.value.payload, signature.text, key);
  const verified = await security.verification?.keys.verify(origin.value, signer, isSigned);
  if (verified === undefined || "fault" in verified) return verified ?? cannotVerify();
  return { value: { ...opened.value, signer, signerKey: verified.value } };
}

/**
 * The RSA key that the certification service tells signs the Ed25519 key, and that the content. Each report brings the
 * former: a key that the service no longer tells counts as long as for the document's signatures, and nothing is kept here.
 */
async function verifyNacl(
  opened: Opened,
  { keys, text }: Signature,
  signer: string,
  security: Security,
): Promise<Parsed<Opened>> {
  const envelope = keys && parseEnvelope(keys, { decrypts: false, verifies: true });
  if (envelope === undefined || "fault" in envelope) return envelope ?? cannotVerify();
  const introduced = await openEnvelope(envelope.value, signer, security);
  if ("fault" in introduced) return introduced;
  const { payload, signer: introducer } = introduced.value;
  const key = introducer === signer ? keyIn(payload, "Ed25519", signer) : undefined;
  if (key === undefined || !isNaclSignatureOf(opened.payload, text, key)) {
    return refuse("signature-error-public-key-corrupted", `does not verify for ${clip(signer)}`);
  }
  const { signerKey } = introduced.value;
  return { value: { ...opened, signer, ...(signerKey && { signerKey }) } };
}

/** Without a signature the server's `from` is all there is to trust (CVE-2017-5589 is what follows else). */
function checkSender(osid: string, from: string): Parsed<string> {
  return isSameAddress(osid, from)
    ? { value: from }
    : refuse("forbidden", `unsigned, for ${clip(osid)}`);
}

/** The certification service to ask, as it is configured. */
function checkCertifier(
  osid: string,
  { certifier }: Signature,
  { verification }: Security,
): Parsed<string> {
  if (verification === undefined) return cannotVerify();
  if (!isAddress(osid)) return refuse("bad-request", `osid ${clip(osid)}`);
  return certifierFor(osid, certifier, verification.certifiers);
}

/**
 * Opens a claim key (section 1.2.1) with the key that a certification service, which has to be believed about
 * the claimed spime, has for it. Whom it authorizes, and until when, is for the caller to compare.
 */
export async function openSealedClaimKey(
  { certifier, claims, text }: SealedClaimKey,
  { verification }: Security,
): Promise<Parsed<ClaimKey>> {
  if (verification === undefined) return cannotVerify();
  if (!isAddress(claims)) return refuse("bad-request", `claims ${clip(claims)}`);
  const accepted = certifierFor(claims, certifier, verification.certifiers);
  if ("fault" in accepted) return accepted;
  const claimed = foldAddress(claims);
  const opens = (key: KeyObject) => openClaimKey(text, key) !== undefined;
  const verified = await verification.keys.verify(accepted.value, claimed, opens);
  // With this key it has just been opened.
  return "fault" in verified ? verified : { value: openClaimKey(text, verified.value) as ClaimKey };
}

function openContent(content: Envelope["content"], security: Security): Parsed<Opened> {
  if ("payload" in content) return { value: { payload: content.payload, isEncrypted: false } };
  const { privateKey, boxKey } = security;
  const isBoxed = "boxed" in content;
  const key = isBoxed ? boxKey : privateKey;
  if (key === undefined) return refuse("decryption-not-enabled", "encrypted: no key held");
  const payload = isBoxed
    ? openTransport(content.boxed, key)
    : decryptTransport(content.encrypted, key);
  if (payload === undefined) return refuse("decryption-error", "cannot be decrypted");
  return { value: { payload, isEncrypted: true } };
}

function cannotVerify() {
  return refuse("signature-not-enabled", "signed: cannot verify");
}
