// The claimer's public names.

export { claimSpime } from "./claim.js";
export type { Claim, ClaimOptions } from "./claim.js";
export { checkPlaceOf, claimFileOf, readClaim, writeClaim } from "./claim-file.js";
export { askStatus } from "./ask-status.js";
export type { BoardStatus } from "./ask-status.js";
export { releaseSpime } from "./release.js";
export { MAX_ANSWERS, seekSpime } from "./seek.js";
export type { HeldClaim, SeekOptions, SeekOutcome } from "./seek.js";
export type { Ignored, SeekAnswer } from "./read-answer.js";
export type { IgnoredCounts } from "./answers.js";
export type { SpimeRequest } from "./ask-spime.js";
export type { ClaimerAccount, OnStanza } from "./login.js";
export type { Signing } from "./signer.js";
