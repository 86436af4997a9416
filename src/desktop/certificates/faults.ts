// What can be wrong with a server's certificate, in a word or two: for the board's log and for people.

import { codeOf } from "../failure.js";

export type CertificateFault =
  | "certificate-expired"
  | "certificate-not-yet-valid"
  | "certificate-wrong-name"
  | "certificate-wrong-fingerprint"
  | "certificate-self-signed"
  | "certificate-unknown-issuer"
  | "certificate-invalid";

/** The certificate is not the one that was asked for. */
export class WrongFingerprint extends Error {
  readonly code = "MICROSPIME_WRONG_FINGERPRINT";

  constructor(readonly shown: string) {
    super(`its certificate is another one, with the fingerprint ${shown}`);
  }
}

/** The codes of Node and OpenSSL (X509_verify_cert_error_string(3)). */
const BY_CODE: Readonly<Record<string, CertificateFault>> = {
  MICROSPIME_WRONG_FINGERPRINT: "certificate-wrong-fingerprint",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate-wrong-name",
  CERT_HAS_EXPIRED: "certificate-expired",
  CERT_NOT_YET_VALID: "certificate-not-yet-valid",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate-self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate-self-signed",
  UNABLE_TO_GET_ISSUER_CERT: "certificate-unknown-issuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate-unknown-issuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate-unknown-issuer",
};

const OTHERS =
  /^(CERT|CRL|INVALID_CA|INVALID_PURPOSE|UNABLE_TO|HOSTNAME|PATH_LENGTH|ERROR_IN_CERT)/;

/** Undefined where it is not the certificate that an error is about. */
export function certificateFaultOf(error: unknown): CertificateFault | undefined {
  const code = codeOf(error);
  return BY_CODE[code] ?? (OTHERS.test(code) ? "certificate-invalid" : undefined);
}
