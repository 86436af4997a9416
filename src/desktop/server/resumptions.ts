// Sessions that may go on on another stream: XEP-0198 version 1.6, section 5. Those that have none now, bounded in
// number and time, and of those that were too late the count that a client may still be told.
import { randomBytes } from "node:crypto";
import { formatJid, type Jid } from "./jid.js";
import type { Ledger } from "./ledger.js";
import { NODE_TIMERS, type TimerHandle, type Timers } from "./timers.js";

const ID_BYTES = 16;
const MAX_EXPIRED = 100;

export interface ResumptionLimits {
  /** How long a session may be without a stream; with 0 none can be resumed. */
  readonly resumeTimeoutMs: number;
  /** Sessions without a stream; for one more the oldest ends. */
  readonly maxHibernating: number;
  /** The same, of one account. */
  readonly maxHibernatingPerAccount: number;
}

/** Who has the session now. */
export interface Holder {
  readonly jid: Jid;
  readonly ledger: Ledger;
  /** Gives the session up, because another stream goes on with it. */
  surrender(): void;
  /** Ends the session. */
  end(): void;
}

interface Entry {
  holder: Holder;
  readonly timeoutMs: number;
}

interface Expired {
  readonly local: string;
  readonly handled: number;
}

export interface Grant {
  /** Random: who knows it and has the account's password may resume. */
  readonly id: string;
  readonly timeoutMs: number;
}

export class Resumptions {
  private readonly entries = new Map<string, Entry>();
  /** By id, of the sessions that have no stream; the oldest first. */
  private readonly timers = new Map<string, TimerHandle>();
  private readonly expired = new Map<string, Expired>();

  constructor(
    private readonly limits: ResumptionLimits,
    private readonly clock: Timers = NODE_TIMERS,
  ) {}

  /** The client may wish for less time, never for more. */
  grant(holder: Holder, wishMs: number): Grant {
    const id = randomBytes(ID_BYTES).toString("hex");
    const timeoutMs = Math.min(wishMs, this.limits.resumeTimeoutMs);
    this.entries.set(id, { holder, timeoutMs });
    return { id, timeoutMs };
  }

  /** The stream of the session was lost. */
  hibernate(id: string): void {
    const { timeoutMs, holder } = this.entries.get(id)!;
    if (timeoutMs === 0) return this.expire(id);
    const timer = this.clock.after(timeoutMs, () => this.expire(id));
    this.timers.set(id, timer);
    this.makeRoom(holder.jid.local);
  }

  private makeRoom(local: string): void {
    const all = [...this.timers.keys()];
    const ofAccount = all.filter((id) => this.entries.get(id)?.holder.jid.local === local);
    if (ofAccount.length > this.limits.maxHibernatingPerAccount) this.expire(ofAccount[0]);
    else if (all.length > this.limits.maxHibernating) this.expire(all[0]);
  }

  /** Makes `next` the holder; returns who was until now, or nothing if the account has no such session. */
  claim(id: string, next: Holder): Holder | undefined {
    const entry = this.entries.get(id);
    if (entry?.holder.jid.local !== next.jid.local) return undefined;
    if (entry.timeoutMs === 0) {
      this.expire(id);
      return undefined;
    }
    const { holder } = entry;
    this.wake(id);
    holder.surrender();
    entry.holder = next;
    return holder;
  }

  /** Section 5: how many stanzas were handled of a session that came too late. */
  handledBefore(id: string, local: string): number | undefined {
    const expired = this.expired.get(id);
    return expired?.local === local ? expired.handled : undefined;
  }

  /** The session ended otherwise. */
  revoke(id: string): void {
    this.wake(id);
    this.entries.delete(id);
  }

  /** Ends the hibernation of a full JID as its time-out would; false if it does not hibernate. */
  expireJid(jid: string): boolean {
    const found = [...this.timers.keys()].find((id) => this.jidOf(id) === jid);
    if (found !== undefined) this.expire(found);
    return found !== undefined;
  }

  /** Full JIDs. */
  hibernating(): string[] {
    return [...this.timers.keys()].map((id) => this.jidOf(id));
  }

  close(): void {
    this.timers.forEach((timer) => this.clock.cancel(timer));
    this.timers.clear();
    this.entries.clear();
  }

  private jidOf(id: string): string {
    return formatJid(this.entries.get(id)!.holder.jid);
  }

  private expire(id: string): void {
    const { holder } = this.entries.get(id)!;
    this.revoke(id);
    this.remember(id, { local: holder.jid.local, handled: holder.ledger.handled });
    holder.end();
  }

  private remember(id: string, expired: Expired): void {
    this.expired.set(id, expired);
    const [oldest] = this.expired.keys();
    if (this.expired.size > MAX_EXPIRED) this.expired.delete(oldest);
  }

  private wake(id: string): void {
    this.clock.cancel(this.timers.get(id));
    this.timers.delete(id);
  }
}
