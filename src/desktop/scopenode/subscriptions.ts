// A ScopeNode's subscriptions to the PubSub nodes where SpimeSeek requests are published: OpenSpime v0.9
// section 1.2.0. What cannot be subscribed to is tried again.

import { isSameAddress } from "../openspime/address.js";
import { createNode, readPlace, subscribe } from "./pubsub-place.js";
import type { Asks, PubsubPlace } from "./pubsub-place.js";

export interface SubscriptionsOptions {
  readonly places: readonly Required<PubsubPlace>[];
  /** Who subscribes and gets the events. */
  readonly jid: string;
  readonly questions: Asks;
  /** A node that cannot be subscribed to is tried again after this, until it can. */
  readonly retryMs: number;
  readonly onError: (error: Error) => void;
}

export class Subscriptions {
  private retry: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly options: SubscriptionsOptions) {}

  /** Resolves when each has been tried. What fails is told to onError and tried again. */
  async subscribe(places = this.options.places): Promise<void> {
    clearTimeout(this.retry);
    const tried = await Promise.all(
      places.map(async (place) => ((await this.subscribeTo(place)) ? [] : [place])),
    );
    const failed = tried.flat();
    if (failed.length === 0 || this.isClosed) return;
    this.retry = setTimeout(() => void this.subscribe(failed), this.options.retryMs);
  }

  /**
   * Whether items from there are to be read. A service may send them before it has answered, for a
   * subscription of an earlier run.
   */
  includes(service: string, node: string): boolean {
    return this.options.places.some(
      (place) => place.node === node && isSameAddress(place.service, service),
    );
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
  }

  private async subscribeTo(place: Required<PubsubPlace>): Promise<boolean> {
    const { questions, jid, onError } = this.options;
    const created = await createNode(questions, place);
    const fault = await subscribe(questions, place, jid, created);
    if (fault === undefined || this.isClosed) return true;
    onError(new Error(fault));
    return false;
  }
}

/** Throws a TypeError that names the option. */
export function readPlaces(
  pubsub: PubsubPlace | readonly PubsubPlace[],
): readonly Required<PubsubPlace>[] {
  const places = "service" in pubsub ? [pubsub] : pubsub;
  return places.map((place) => readPlace("pubsub", place));
}
