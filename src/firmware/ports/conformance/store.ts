// The files of a host, and its noise. What a power cut leaves of a file is for the porter to try.

import type { MicrospimeHost } from "../host-contract.js";
import { allOctets, differenceOf, now } from "./check.js";
import type { Check, Problem } from "./check.js";

const FILE = "microspime.conform";
const OTHER = "microspime.conform1";
const LONGEST_BYTES = 4096;

function back({ store }: MicrospimeHost, bytes: Uint8Array): Problem {
  store.write(FILE, bytes);
  return differenceOf(store.read(FILE), bytes);
}

function longestProblem(host: MicrospimeHost): Problem {
  return (
    back(host, allOctets(LONGEST_BYTES)) || back(host, allOctets(3)) || back(host, allOctets(0))
  );
}

/** A host may neither keep the array that it is given, nor give the one that it keeps. */
function copiesProblem({ store }: MicrospimeHost): Problem {
  const given = allOctets(8);
  store.write(FILE, given);
  given[0] = 99;
  const read = store.read(FILE);
  const problem = differenceOf(read, allOctets(8));
  if (problem) return "an array that was written and then changed has changed the file: " + problem;
  read![1] = 99;
  const again = differenceOf(store.read(FILE), allOctets(8));
  return again && "an array that was read and then changed has changed the file: " + again;
}

function separateProblem({ store }: MicrospimeHost): Problem {
  store.write(FILE, allOctets(5));
  store.write(OTHER, allOctets(6));
  store.erase(FILE);
  store.erase(FILE);
  if (store.read(FILE) !== undefined) return "a file that was erased is still there";
  const problem = differenceOf(store.read(OTHER), allOctets(6));
  store.erase(OTHER);
  return problem;
}

function noiseProblem({ entropy }: MicrospimeHost): Problem {
  const first = entropy.noise();
  if (!(first instanceof Uint8Array)) return "it is no Uint8Array";
  const isAgain = first.length > 0 && !differenceOf(entropy.noise(), first);
  return isAgain ? "twice the same" : undefined;
}

export const STORE: Check[] = [
  now("what is not there is undefined", function ({ store }) {
    store.erase(FILE);
    return store.read(FILE) === undefined ? undefined : "it is " + typeof store.read(FILE);
  }),
  now("a file keeps each octet, 0 to 4,096 of them, and a shorter one replaces it", longestProblem),
  now("a file has its own bytes", copiesProblem),
  now("a file can be erased, also when it is not there, and others stay", separateProblem),
  now("noise is an array of octets, and another one each time", noiseProblem),
];
