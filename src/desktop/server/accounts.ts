// The accounts of the domain: RFC 5802 keys only, no passwords.
import { createHmac, randomBytes } from "node:crypto";
import { foldLocalpart } from "./jid.js";
import {
  deriveCredentials,
  sameCredentials,
  type ScramCredentials,
  type ScramHash,
} from "./scram.js";

const SALT_BYTES = 16;

type KeyRing = Record<ScramHash, ScramCredentials>;

export class Accounts {
  private readonly rings = new Map<string, KeyRing>();
  private readonly decoySecret = randomBytes(SALT_BYTES);

  constructor(private readonly iterations: number) {}

  add(localpart: string, password: string): void {
    const local = foldLocalpart(localpart);
    if (local === undefined) throw new RangeError(`account localpart "${localpart}" is not valid`);
    if (password === "") throw new RangeError(`account password of "${local}" is empty`);
    this.rings.set(local, this.newRing(randomBytes(SALT_BYTES), password));
  }

  private newRing(salt: Buffer, password: string): KeyRing {
    const derive = (hash: ScramHash) => deriveCredentials(hash, password, salt, this.iterations);
    return { sha1: derive("sha1"), sha256: derive("sha256") };
  }

  get size(): number {
    return this.rings.size;
  }

  has(local: string): boolean {
    return this.rings.has(local);
  }

  /** Unknown accounts get keys that nobody can match, so that asking does not tell them apart. */
  credentials(local: string, hash: ScramHash): ScramCredentials {
    return this.rings.get(local)?.[hash] ?? this.decoy(local, hash);
  }

  private decoy(local: string, hash: ScramHash): ScramCredentials {
    const salt = createHmac("sha256", this.decoySecret).update(local).digest();
    const key = createHmac(hash, this.decoySecret).update(salt).digest();
    const { iterations } = this;
    const shortSalt = salt.subarray(0, SALT_BYTES);
    return { hash, salt: shortSalt, iterations, storedKey: key, serverKey: key };
  }

  passwordMatches(local: string, password: string): boolean {
    const known = this.credentials(local, "sha256");
    const given = deriveCredentials("sha256", password, known.salt, known.iterations);
    return sameCredentials(known, given) && this.has(local);
  }
}
