// SCRAM, server side: RFC 5802, with SHA-256 as in RFC 7677. No channel binding.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { digest, hmac, KEY_BYTES, keysOf, type ScramHash, xor } from "../scram-keys.js";
import type { SaslCondition } from "./conditions.js";

export type { ScramHash } from "../scram-keys.js";

/** What a server keeps instead of the password: RFC 5802 section 3. */
export interface ScramCredentials {
  readonly hash: ScramHash;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

const NONCE_BYTES = 18;
const MAX_NONCE_CHARACTERS = 256;

export function deriveCredentials(
  hash: ScramHash,
  password: string,
  salt: Buffer,
  iterations: number,
): ScramCredentials {
  const { clientKey, serverKey } = keysOf(hash, password, salt, iterations);
  return { hash, salt, iterations, storedKey: digest(hash, clientKey), serverKey };
}

export const sameCredentials = (left: ScramCredentials, right: ScramCredentials) =>
  timingSafeEqual(left.storedKey, right.storedKey);

export interface ClientFirst {
  readonly gs2Header: string;
  readonly authzid: string;
  readonly username: string;
  readonly nonce: string;
  readonly bare: string;
}

/** RFC 5802 section 5.1: in a saslname `=` and `,` are `=3D` and `=2C`, and no other `=` occurs. */
function unescapeSaslname(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text)) return undefined;
  return text.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

/** n,a=authzid,n=user,r=fyko+d2lbbFgONRv9qkxdawL */
export function parseClientFirst(text: string): ClientFirst | undefined {
  // `p=` asks for channel binding, which is not offered; `m=` for an extension nobody has defined.
  const parts = /^([ny],(?:a=([^,]+))?,)(n=([^,]+),r=([!-+\--~]+)(?:,.*)?)$/s.exec(text);
  if (parts === null || parts[5].length > MAX_NONCE_CHARACTERS) return undefined;
  const username = unescapeSaslname(parts[4]);
  const authzid = unescapeSaslname(parts[2] ?? "");
  if (username === undefined || authzid === undefined) return undefined;
  return { gs2Header: parts[1], authzid, username, nonce: parts[5], bare: parts[3] };
}

export type ScramOutcome = { readonly serverFinal: string } | { readonly condition: SaslCondition };

export const newServerNonce = () => randomBytes(NONCE_BYTES).toString("base64");

export class ScramExchange {
  private readonly nonce: string;

  constructor(
    private readonly credentials: ScramCredentials,
    private readonly clientFirst: ClientFirst,
    serverNonce = newServerNonce(),
  ) {
    this.nonce = clientFirst.nonce + serverNonce;
  }

  /** r=…,s=QSXCR+Q6sek8bf92,i=4096 */
  get serverFirst(): string {
    const { salt, iterations } = this.credentials;
    return `r=${this.nonce},s=${salt.toString("base64")},i=${iterations}`;
  }

  /** c=biws,r=…,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts= */
  finish(clientFinal: string): ScramOutcome {
    const parts = /^(c=([^,]*),r=([^,]*)(?:,.*)?),p=([A-Za-z0-9+/]+=*)$/s.exec(clientFinal);
    if (parts === null) return { condition: "malformed-request" };
    const [, withoutProof, binding, nonce, proof] = parts;
    const expectedBinding = Buffer.from(this.clientFirst.gs2Header).toString("base64");
    if (binding !== expectedBinding || nonce !== this.nonce) return { condition: "not-authorized" };
    const authMessage = `${this.clientFirst.bare},${this.serverFirst},${withoutProof}`;
    return this.checkProof(Buffer.from(proof, "base64"), authMessage);
  }

  /** RFC 5802 section 3: ClientKey = ClientProof XOR ClientSignature, and H(ClientKey) is stored. */
  private checkProof(proof: Buffer, authMessage: string): ScramOutcome {
    const { hash, storedKey, serverKey } = this.credentials;
    if (proof.length !== KEY_BYTES[hash]) return { condition: "not-authorized" };
    const clientKey = xor(proof, hmac(hash, storedKey, authMessage));
    if (!timingSafeEqual(digest(hash, clientKey), storedKey))
      return { condition: "not-authorized" };
    return { serverFinal: `v=${hmac(hash, serverKey, authMessage).toString("base64")}` };
  }
}
