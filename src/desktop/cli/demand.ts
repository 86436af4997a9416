// Options that a command cannot do without, where commander does not see that: which ones depends on others.

import { usageFailure } from "../failure.js";

/** The value, or a `Failure` that names the option. */
export type Demand = <T>(value: T | undefined, option: string) => T;

/** `occasion` begins the sentence, where the option is needed because of another: `With --xmpp,`. */
export function demandFor(command: string, occasion?: string): Demand {
  return (value, option) => {
    // An empty one, from the environment for example, is none.
    if (value) return value;
    const message =
      occasion === undefined ? `${option} is missing.` : `${occasion} ${option} is needed too.`;
    throw usageFailure(message, `microspime ${command} --help lists what it takes.`);
  };
}
