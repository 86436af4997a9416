// When the ScopeNode, or with it the server, is away, as the plan has it.

import type { Stage } from "../soak/stage.js";
import type { Outage, Plan } from "./plan.js";

export class Outages {
  /** Those that are over. */
  count = 0;
  /** Of them, those in which the server was away, too. */
  serverCount = 0;
  private next: Outage;
  private startMs: number;

  constructor(
    private readonly plan: Pick<Plan, "outage">,
    private readonly stage: Stage,
  ) {
    this.next = plan.outage(0);
    this.startMs = this.next.afterMs;
  }

  /** Does what is due by now. */
  async play(nowMs: number): Promise<void> {
    const { startMs, next, stage } = this;
    if (nowMs < startMs) return;
    if (stage.isNodeUp) await (next.isServers ? stage.close() : stage.stopNode());
    if (nowMs >= startMs + next.lastsMs) await this.end(nowMs);
  }

  async end(nowMs: number): Promise<void> {
    if (this.stage.isNodeUp) return;
    await this.stage.open();
    this.count += 1;
    this.serverCount += this.next.isServers ? 1 : 0;
    this.next = this.plan.outage(this.count);
    this.startMs = nowMs + this.next.afterMs;
  }
}
