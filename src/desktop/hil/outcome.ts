// What a run tells while it goes on, and what it comes to.

import type { Given } from "./conditions.js";
import type { Happened } from "./journal.js";
import type { TargetName, Tempo } from "./scenario.js";

export interface RunAudience {
  onScene(scene: HilScene): void;
  onVerdict(verdict: Verdict): void;
  onHappened(happened: Happened): void;
}

export interface HilScene {
  readonly title: string;
  readonly shows: string;
  readonly file: string;
  readonly target: TargetName;
  readonly board: string;
  readonly server: string;
  readonly security: string;
  readonly tempo: Tempo;
}

export interface Verdict {
  readonly title: string;
  /** Of the scenario's file; 0: it is in none. */
  readonly line: number;
  /** Seconds of the board's clock since its power came. */
  readonly atS: number;
  readonly tookS: number;
  readonly isPassed: boolean;
  /** After a step that failed. */
  readonly isSkipped?: true;
  readonly expected?: string;
  readonly seen?: string;
}

export interface HilOutcome {
  readonly scene: HilScene;
  readonly about: string;
  readonly isPassed: boolean;
  readonly verdicts: readonly Verdict[];
  readonly happened: readonly Happened[];
  /** Seconds of the board's clock. */
  readonly durationS: number;
  readonly tookMs: number;
  /** When it was. */
  readonly date: Date;
  readonly given: Given;
}
