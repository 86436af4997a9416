// Certificates of a small authority of the tests' own, right and wrong in every way.

import { X509Certificate } from "node:crypto";
import { generate } from "selfsigned";

export interface Authority {
  readonly key: string;
  readonly cert: string;
}

export interface Wanted {
  /** Those of subjectAltName; none: only the subject's common name is there. */
  readonly names?: readonly string[];
  readonly commonName?: string;
  /** Days from today on; 0 and -1: it has ended. */
  readonly fromDay?: number;
  readonly toDay?: number;
  /** Absent: it has signed itself. */
  readonly authority?: Authority;
}

export interface Made {
  readonly key: string;
  readonly cert: string;
  /** SHA-256. */
  readonly fingerprint: string;
}

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const BITS = { algorithm: "sha256", keySize: 2048 } as const;

export async function newAuthority(): Promise<Authority> {
  const made = await generate([{ name: "commonName", value: "Test Authority" }], {
    ...BITS,
    extensions: [{ name: "basicConstraints", cA: true, critical: true }],
  });
  return { key: made.private, cert: made.cert };
}

export async function newCertificate(wanted: Wanted): Promise<Made> {
  const { names = [], commonName = "nobody", fromDay = -2, toDay = 30, authority } = wanted;
  const altNames = names.map((value) => ({ type: 2 as const, value }));
  const made = await generate([{ name: "commonName", value: commonName }], {
    ...BITS,
    notBeforeDate: inDays(fromDay),
    notAfterDate: inDays(toDay),
    ...(authority && { ca: authority }),
    extensions: [
      { name: "basicConstraints", cA: false },
      ...(altNames.length > 0 ? [{ name: "subjectAltName" as const, altNames }] : []),
    ],
  });
  return { key: made.private, cert: made.cert, fingerprint: fingerprintOf(made.cert) };
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}
