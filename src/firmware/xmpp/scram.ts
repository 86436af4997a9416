// SCRAM for SASL (RFC 5802, with SHA-256 RFC 7677), without channel binding: the client proves that it
// knows the password without sending it, and the server has to prove that it knew it too. What the rounds have
// made of the password serves again as long as salt and rounds stay: they take minutes on some engines.

import { hmac, xorBytes } from "../crypto/hash.js";
import type { Hash } from "../crypto/hash.js";
import { fromBase64, replaceEach, toBase64 } from "../bytes.js";
import type { Account } from "../configuration.js";
import type { ByteString } from "../platform.js";

/** Below this many rounds a stolen proof gives the password away (RFC 7677 section 4). */
const FEWEST_ITERATIONS = 4096;
/** Above this many a server could keep a board busy for an hour. */
const MOST_ITERATIONS = 100000;
const GS2_HEADER = "n,,";
/** The same in Base64. */
const CHANNEL_BINDING = "c=biws";

/** As SASL names it. */
export function mechanismOf(hash: Hash): string {
  return "SCRAM-" + hash.name;
}

/** The client's first message without its header. `nonce` is printable text without a comma. */
function bareMessage(account: Account, nonce: string): string {
  const user = account.jid.split("@")[0];
  return "n=" + replaceEach(user, ["=", "=3D", ",", "=2C"]) + ",r=" + nonce;
}

/** The client's first message. User and password are used as they are: UTF-8 that SASLprep (RFC 4013) leaves alone. */
export function firstMessage(account: Account, nonce: string): ByteString {
  return GS2_HEADER + bareMessage(account, nonce);
}

/** The value of attribute `name` (one letter) in a message `r=…,s=…,i=…`. */
function attributeOf(message: ByteString, name: string): ByteString {
  const behind = ("," + message).split("," + name + "=")[1] || "";
  return behind.split(",")[0];
}

/** Client key and server key: those that are there if they fit, or new ones if there is a password. */
function keysFor(hash: Hash, account: Account, salt: string, iterations: number): string[] {
  const label = mechanismOf(hash) + "$" + iterations + ":" + salt + "$";
  const { password } = account;
  const known = account.scram || "";
  let keys = known.slice(0, label.length) === label ? known.slice(label.length) : "";
  if (!keys && password) {
    const salted = hash.pbkdf2(password, fromBase64(salt), iterations);
    keys = ["Client Key", "Server Key"].map((name) => toBase64(hmac(hash, salted, name))).join(":");
    account.scram = label + keys;
  }
  return keys.split(":").map(fromBase64);
}

/**
 * The client's final message for the server's first, and the signature that the server's final message has to
 * show; leaves its keys in the account. Or the reason why there is none, alone.
 */
export function answerScram(
  hash: Hash,
  account: Account,
  nonce: string,
  serverFirst: ByteString,
): [message: ByteString, serverSignature?: ByteString] {
  const fullNonce = attributeOf(serverFirst, "r");
  const salt = attributeOf(serverFirst, "s");
  const rounds = attributeOf(serverFirst, "i");
  const iterations = parseInt(rounds, 10);
  const isAllowed = iterations >= FEWEST_ITERATIONS && iterations <= MOST_ITERATIONS;
  // Our nonce and more, in front: what else could be there is a mandatory extension, "m=…", that we
  // do not know (RFC 5802 section 5.1).
  const isExtended = fullNonce.length > nonce.length && !serverFirst.indexOf("r=" + nonce);
  if (!isExtended || !fromBase64(salt) || "" + iterations !== rounds || !isAllowed)
    return ["bad-challenge"];
  const [clientKey, serverKey] = keysFor(hash, account, salt, iterations);
  if (!clientKey) return ["scram-keys-outdated"];
  const withoutProof = CHANNEL_BINDING + ",r=" + fullNonce;
  const signed = bareMessage(account, nonce) + "," + serverFirst + "," + withoutProof;
  const proof = xorBytes(clientKey, hmac(hash, hash.digest(clientKey), signed));
  return [withoutProof + ",p=" + toBase64(proof), hmac(hash, serverKey, signed)];
}

/** Whether the server's final message proves that it knows the password. */
export function isProof(serverFinal: ByteString, serverSignature: ByteString | undefined): boolean {
  // Plain comparison: a signature is good for one nonce, there is nothing to learn from its time.
  return fromBase64(attributeOf(serverFinal, "v")) === serverSignature;
}
