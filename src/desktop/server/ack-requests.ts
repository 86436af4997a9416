// When to ask a client what it has handled: XEP-0198 version 1.6, section 4 leaves it to the server. One request
// at a time, and none again before something more was sent: a client that counts wrong is not asked forever.
import type { Ledger } from "./ledger.js";
import type { TimerHandle, Timers } from "./timers.js";

const STANZAS_PER_REQUEST = 5;
const IDLE_MS = 500;

export class AckRequests {
  private state: "resting" | "asked" | "stopped" = "resting";
  /** The count when it was last asked. */
  private askedAt: number | undefined;
  private idle: TimerHandle | undefined;

  constructor(
    private readonly ledger: Ledger,
    private readonly sendRequest: () => void,
    private readonly timers: Timers,
  ) {}

  onSent(): void {
    if (this.state !== "resting") return;
    this.timers.cancel(this.idle);
    if (this.ledger.unacknowledged.length >= STANZAS_PER_REQUEST) this.ask();
    else this.idle = this.timers.after(IDLE_MS, () => this.ask());
  }

  onAnswer(): void {
    if (this.state === "stopped") return;
    this.state = "resting";
    this.timers.cancel(this.idle);
    if (this.ledger.sent !== this.askedAt) this.onSent();
  }

  /** Asks at once, if there is anything to ask about. */
  ask(): void {
    if (this.ledger.unacknowledged.length === 0) return;
    this.state = "asked";
    this.askedAt = this.ledger.sent;
    this.sendRequest();
  }

  stop(): void {
    this.state = "stopped";
    this.timers.cancel(this.idle);
  }
}
