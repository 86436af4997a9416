// A certificate that a server has signed itself: RSA, because Espruino's TLS has no elliptic curves.

import { generate } from "selfsigned";

export interface SelfSigned {
  readonly key: string;
  readonly certificate: string;
}

/** PEM texts, the key's a secret. */
export async function selfSigned(domain: string): Promise<SelfSigned> {
  const pems = await generate([{ name: "commonName", value: domain }], {
    algorithm: "sha256",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: domain }] }],
  });
  return { key: pems.private, certificate: pems.cert };
}
