// The certification service's public names.

export { startCertificationService } from "./certification.js";
export type { CertificationOptions, CertificationService } from "./certification.js";
export { fileNameOf } from "./key-store.js";
export type { KeySource } from "./key-store.js";
