// A check of a host: it ends by a call of `done` with what is wrong, or with nothing, within a time.

import type { MicrospimeHost } from "../host-contract.js";

/** What is wrong, for the porter; nothing: it is right. */
export type Problem = string | undefined;

export interface Around {
  host: MicrospimeHost;
  /** Of a server that sends back what it gets and closes when its client does; absent: there is none. */
  echo?: { host: string; port: number };
}

export interface Check {
  /** What has to hold. */
  name: string;
  run(around: Around, done: (problem?: Problem) => void): void;
  /** Why it cannot be tried here; absent: it can. */
  lack?(around: Around): Problem;
}

/** For what needs no waiting. */
export function now(name: string, problemOf: (host: MicrospimeHost) => Problem): Check {
  return {
    name,
    run: function ({ host }, done) {
      done(problemOf(host));
    },
  };
}

/** `undefined` when both are the same octets. */
export function differenceOf(actual: Uint8Array | undefined, expected: Uint8Array): Problem {
  if (!actual) return "nothing came";
  if (!(actual instanceof Uint8Array)) return "it is no Uint8Array";
  if (actual.length !== actual.buffer.byteLength) return "it is a view into a longer buffer";
  if (actual.length !== expected.length) {
    return actual.length + " bytes instead of " + expected.length;
  }
  for (let at = 0; at < expected.length; at++) {
    if (actual[at] !== expected[at]) {
      return "byte " + at + " is " + actual[at] + " instead of " + expected[at];
    }
  }
  return undefined;
}

/** Each octet, again and again. */
export function allOctets(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at++) bytes[at] = at & 255;
  return bytes;
}
