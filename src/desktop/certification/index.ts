// The certification service's public names.

export { startCertificationService } from "./certification.js";
export type { CertificationOptions, CertificationService } from "./certification.js";
export type { ClientLogin } from "./as-client.js";
export type { ComponentLogin } from "./as-component.js";
export { fileNameOf } from "./key-store.js";
export type { KeySource } from "./key-store.js";
