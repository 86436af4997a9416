// SCRAM, client side: RFC 5802, with SHA-256 as in RFC 7677. No channel binding. Logs in with a password, or with
// the keys that a login has made of it (RFC 5802 section 3), which hold for one salt and one count of iterations.

import { randomBytes, timingSafeEqual } from "node:crypto";
import type { ScramKeys } from "../provisioning/board-configuration.js";
import { digest, hmac, keysOf, xor } from "../scram-keys.js";

export type ScramMechanism = ScramKeys["mechanism"];

/** The one that a board prefers first. */
export const SCRAM_MECHANISMS: readonly ScramMechanism[] = ["SCRAM-SHA-256", "SCRAM-SHA-1"];

const HASHES = { "SCRAM-SHA-256": "sha256", "SCRAM-SHA-1": "sha1" } as const;

/** RFC 7677 section 4: with fewer a proof gives the password away. */
const MIN_ITERATIONS = 4096;
/** Some seconds of this machine's; a server could ask for days. */
const MAX_ITERATIONS = 100_000;
const NONCE_BYTES = 18;

/** What the server said cannot be answered, or proves nothing. */
export class ScramFault extends Error {}

/** The keys were made with another salt, or another count of iterations. */
export class SaltChanged extends ScramFault {
  constructor() {
    super("the server has another salt or count of iterations now");
  }
}

export function deriveKeys(
  mechanism: ScramMechanism,
  password: string,
  salt: string,
  iterations: number,
): ScramKeys {
  const octets = Buffer.from(salt, "base64");
  const keys = keysOf(HASHES[mechanism], password, octets, iterations);
  const [clientKey, serverKey] = [keys.clientKey, keys.serverKey].map((key) =>
    key.toString("base64"),
  );
  return { mechanism, salt, iterations, clientKey, serverKey };
}

export type Secret = { readonly password: string } | { readonly keys: ScramKeys };

/** One login: `first` goes out, the challenge comes, `answer` goes out, what comes with success is verified. */
export class ScramLogin {
  /** What this login was proved with. */
  keys: ScramKeys | undefined;
  private readonly bare: string;
  private serverSignature: Buffer | undefined;

  constructor(
    readonly mechanism: ScramMechanism,
    username: string,
    private readonly secret: Secret,
    private readonly nonce = randomBytes(NONCE_BYTES).toString("base64"),
  ) {
    this.bare = `n=${username.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${nonce}`;
  }

  /** n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL */
  get first(): string {
    return `n,,${this.bare}`;
  }

  /** c=biws,r=…,p=… for r=…,s=…,i=…; throws a `ScramFault` if that cannot be. */
  answer(challenge: string): string {
    const { nonce, salt, iterations } = this.parse(challenge);
    const keys = this.keysFor(salt, iterations);
    const withoutProof = `c=biws,r=${nonce}`;
    const message = `${this.bare},${challenge},${withoutProof}`;
    this.keys = keys;
    const serverKey = Buffer.from(keys.serverKey, "base64");
    this.serverSignature = hmac(HASHES[keys.mechanism], serverKey, message);
    return `${withoutProof},p=${proofOf(keys, message).toString("base64")}`;
  }

  /** v=…: throws a `ScramFault` unless the server has shown that it knows what it says it knows. */
  verify(final: string): void {
    const signature = Buffer.from(/^v=([A-Za-z0-9+/]+=*)(?:,|$)/.exec(final)?.[1] ?? "", "base64");
    const expected = this.serverSignature;
    if (signature.length === expected?.length && timingSafeEqual(signature, expected)) return;
    throw new ScramFault("the server could not prove that it knows the password");
  }

  private parse(challenge: string) {
    const parts = /^r=([!-+\--~]+),s=([A-Za-z0-9+/]+=*),i=([1-9]\d{0,8})(?:,|$)/.exec(challenge);
    const [, nonce = "", salt = "", digits] = parts ?? [];
    const iterations = Number(digits);
    if (!nonce.startsWith(this.nonce) || nonce.length === this.nonce.length) {
      throw new ScramFault("the server's challenge is none");
    }
    if (iterations >= MIN_ITERATIONS && iterations <= MAX_ITERATIONS) {
      return { nonce, salt, iterations };
    }
    const range = `${MIN_ITERATIONS} to ${MAX_ITERATIONS}`;
    throw new ScramFault(`the server wants ${digits} iterations, and ${range} will do`);
  }

  private keysFor(salt: string, iterations: number): ScramKeys {
    const { mechanism, secret } = this;
    if ("password" in secret) return deriveKeys(mechanism, secret.password, salt, iterations);
    const { keys } = secret;
    if (keys.salt !== salt || keys.iterations !== iterations) throw new SaltChanged();
    return keys;
  }
}

/** RFC 5802 section 3: ClientProof = ClientKey XOR HMAC(H(ClientKey), AuthMessage). */
function proofOf({ mechanism, clientKey }: ScramKeys, message: string): Buffer {
  const hash = HASHES[mechanism];
  const key = Buffer.from(clientKey, "base64");
  return xor(key, hmac(hash, digest(hash, key), message));
}
