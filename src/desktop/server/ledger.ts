// What a session counts of its stanzas: XEP-0198 version 1.6, section 4. It outlives the streams of the session.
import type { Element } from "./element.js";
import { noManners } from "./manners.js";
import { NS } from "./namespaces.js";
import { Random } from "./random.js";
import { serialise } from "./serialise.js";

/** Both counts start again at zero after 2^32 - 1: section 4. */
const wrap = (count: number) => count >>> 0;

const PLAIN = { manners: noManners, random: new Random(1) };

const sizeOf = (stanza: Element) => Buffer.byteLength(serialise(stanza, NS.client, PLAIN));

export class Ledger {
  private received: number;
  private acknowledged: number;
  private readonly waiting: Element[] = [];
  /** The size of each, in the same order. */
  private readonly sizes: number[] = [];
  private bytes = 0;

  /** `start` is for tests of the wrap. */
  constructor(start = 0) {
    this.received = start;
    this.acknowledged = start;
  }

  /** How many stanzas of the client were handled. */
  get handled(): number {
    return this.received;
  }

  onHandled(): void {
    this.received = wrap(this.received + 1);
  }

  /** How many stanzas the client was sent, or would have been if it were there. */
  get sent(): number {
    return wrap(this.acknowledged + this.waiting.length);
  }

  onSent(stanza: Element): void {
    this.waiting.push(stanza);
    const size = sizeOf(stanza);
    this.sizes.push(size);
    this.bytes += size;
  }

  /** In the order they were sent. */
  get unacknowledged(): readonly Element[] {
    return this.waiting;
  }

  /** Their size, written in the plainest way. */
  get unacknowledgedBytes(): number {
    return this.bytes;
  }

  /** Takes the client's count; false if it cannot be: more than was sent, or less than it said before. */
  acknowledge(count: number): boolean {
    const more = wrap(count - this.acknowledged);
    if (more > this.waiting.length) return false;
    this.waiting.splice(0, more);
    for (const size of this.sizes.splice(0, more)) this.bytes -= size;
    this.acknowledged = count;
    return true;
  }
}
