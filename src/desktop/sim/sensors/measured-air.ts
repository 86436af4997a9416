// The air as one sensor sees it: after warming up, with its drift, and corrected by its calibration.

import type { FaultName } from "./faults.js";
import type { TwinOptions } from "./twin.js";

const DAY_MS = 86_400_000;

export interface WarmUp {
  readonly warmUpMs: number;
  /** What it says meanwhile, in ppm. */
  readonly plateauPpm: number;
}

export class MeasuredAir {
  private readonly warmUpMs: number;
  private readonly plateauPpm: number;
  private readonly builtMs: number;
  private bootedMs: number;
  private correctionPpm = 0;
  private lastPpm: number | undefined;

  constructor(
    private readonly options: TwinOptions,
    warmUp: WarmUp,
  ) {
    this.warmUpMs = options.warmUpMs ?? warmUp.warmUpMs;
    this.plateauPpm = warmUp.plateauPpm;
    this.builtMs = this.bootedMs = options.clock.nowMs();
  }

  isWarm(): boolean {
    return this.sinceBootMs() >= this.warmUpMs;
  }

  sinceBootMs(): number {
    return this.options.clock.nowMs() - this.bootedMs;
  }

  /** Starts to warm up again; the calibration stays. */
  reboot(): void {
    this.bootedMs = this.options.clock.nowMs();
    this.lastPpm = undefined;
  }

  /** What the sensor says, in whole or broken ppm. */
  ppm(fault?: FaultName): number {
    if (fault === "plateau" || !this.isWarm()) return this.plateauPpm;
    if (fault === "stuck" && this.lastPpm !== undefined) return this.lastPpm;
    return (this.lastPpm = this.sensedPpm());
  }

  /** Takes the air of now as of that concentration; returns by how much its values change, in ppm. */
  calibrateTo(ppm: number): number {
    const changePpm = ppm - this.sensedPpm();
    this.correctionPpm += changePpm;
    return changePpm;
  }

  private sensedPpm(): number {
    const nowMs = this.options.clock.nowMs();
    const days = (nowMs - this.builtMs) / DAY_MS;
    const driftPpm = (this.options.driftPpmPerDay ?? 0) * days;
    return Math.max(0, this.options.curve(nowMs / 1000) + driftPpm + this.correctionPpm);
  }
}
