// A certificate for direct TLS (XEP-0368), made at start and kept in memory only. RSA, because the
// TLS stacks of small boards are often built without elliptic curves.
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** SHA-256 of the DER form, as pairs of hex digits with colons. */
  readonly fingerprint: string;
}

type AltName = { type: 2; value: string } | { type: 7; ip: string };

export async function newCertificate(domain: string, host: string): Promise<Certificate> {
  // RFC 6125 section 6.4: the domain of the JID is what a client checks.
  const altNames: AltName[] = [{ type: 2, value: domain }];
  if (isIP(host) !== 0) altNames.push({ type: 7, ip: host });
  // Of the modules of `microspime sim` a third are its, and a server without TLS needs none.
  const { generate } = await import("selfsigned");
  const made = await generate([{ name: "commonName", value: domain }], {
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return withFingerprint({ key: made.private, cert: made.cert });
}

export function withFingerprint({ key, cert }: { key: string; cert: string }): Certificate {
  return { key, cert, fingerprint: new X509Certificate(cert).fingerprint256 };
}
