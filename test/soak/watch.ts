// What a board is doing, by its log.

import type { LogEvent } from "../../src/desktop/sim/agent-log.js";
import type { Fault } from "../support/fault-proxy.js";

/** `asking`: a report is under way; `dead`: nothing can come any more, and only a timer will tell. */
export type Phase = "connecting" | "asking" | "online" | "waiting" | "dead";

const PHASES: Readonly<Record<string, Phase>> = {
  connecting: "connecting",
  online: "online",
  resumed: "online",
  report: "asking",
  acknowledged: "online",
  refused: "online",
  unanswered: "online",
  offline: "waiting",
};

export class Watch {
  connections = 0;
  /** Samples that the board gave up. */
  dropped = 0;
  /** Every sample is acknowledged. */
  isEmpty = false;
  private saidPhase: Phase = "waiting";
  /** A connection that is struck so that only a timer can tell. */
  private isDead = false;

  get phase(): Phase {
    return this.isDead && this.saidPhase !== "waiting" ? "dead" : this.saidPhase;
  }

  hear({ name, values }: LogEvent): void {
    this.saidPhase = PHASES[name] ?? this.saidPhase;
    if (name === "connecting") this.onConnecting();
    else if (name === "dropped") this.dropped += Number(values["count"]);
    else if (name === "acknowledged") this.isEmpty = values["waiting"] === "0";
    else if (name === "report" || name === "offline") this.isEmpty = false;
  }

  onStruck(fault: Fault): void {
    this.isDead = fault === "stall" || fault === "half-open";
  }

  private onConnecting(): void {
    this.isDead = false;
    this.connections += 1;
  }
}
