import type { HilOutcome } from "./run.js";
export function htmlReport(outcome: HilOutcome): string { return outcome.scene.title; }
