// How much a PubSub service takes; each bound is answered with an error of XEP-0060, or the oldest makes room.

export interface PubSubOptions {
  /** A node that is not there is made for whoever publishes or subscribes to it; default true. */
  readonly autoCreate?: boolean;
  /** Default 100. One more is refused with resource-constraint. */
  readonly maxNodes?: number;
  /** Of each node; default 1000. One more is refused with policy-violation, too-many-subscriptions. */
  readonly maxSubscribers?: number;
  /** Kept at each node; default 20. For one more the oldest is dropped. */
  readonly maxItems?: number;
  /** Of the element that is published; default 16 KiB. More is not-acceptable, payload-too-big. */
  readonly maxPayloadBytes?: number;
}

export type PubSubSettings = Required<PubSubOptions>;

const DEFAULTS: PubSubSettings = {
  autoCreate: true,
  maxNodes: 100,
  maxSubscribers: 1000,
  maxItems: 20,
  maxPayloadBytes: 16 * 1024,
};

const LIMITS = ["maxNodes", "maxSubscribers", "maxItems", "maxPayloadBytes"] as const;

/** Throws a RangeError that names the field. */
export function checkLimits(field: string, options: PubSubOptions): void {
  for (const name of LIMITS) {
    const limit = options[name] ?? DEFAULTS[name];
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(`${field}.${name} must be 1 or more`);
    }
  }
}

/** Options set to undefined count as not given. */
export function pubsubSettingsOf(options: PubSubOptions): PubSubSettings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}
