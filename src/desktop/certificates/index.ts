export { certificateFaultOf } from "./faults.js";
export type { CertificateFault } from "./faults.js";
export { foldFingerprint } from "./fingerprint.js";
export { tlsOptions, trustOf, whenTrusted } from "./trust.js";
export type { CertificateTrust } from "./trust.js";
