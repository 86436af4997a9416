// What there is in a log of a GPS receiver, counted, and why there may be no fix in it.

export interface NmeaTally {
  lines: number;
  /** By name (`GPRMC`). */
  readonly sentences: Map<string, number>;
  /** Those that have a wrong shape or checksum. */
  broken: number;
  fixes: number;
}

/** Talkers and types are few; what has more names is no receiver's log. */
const MOST_NAMES = 200;
/** Stands for names beyond that. */
const OTHERS = "others";

const PLACES = /^..(?:RMC|GGA|GNS|GLL)$/;
const DATES = /^..(?:RMC|ZDA)$/;

export function createTally(): NmeaTally {
  return { lines: 0, sentences: new Map(), broken: 0, fixes: 0 };
}

export function countSentence(tally: NmeaTally, name: string): void {
  if (name === "") tally.broken++;
  else {
    const { sentences } = tally;
    const known = sentences.has(name) || sentences.size < MOST_NAMES ? name : OTHERS;
    sentences.set(known, (sentences.get(known) ?? 0) + 1);
  }
}

/** Why there is no fix, and what to do. */
export interface Lack {
  readonly message: string;
  readonly advice: string;
}

export function lackIn({ sentences, broken }: NmeaTally): Lack {
  const names = [...sentences.keys()];
  const has = (kind: RegExp) => names.some((name) => kind.test(name));
  if (names.length === 0) return withoutSentences(broken);
  if (!has(PLACES)) {
    const message = "no sentence with a position (RMC, GGA, GNS or GLL)";
    return { message, advice: "Have the receiver send RMC and GGA." };
  }
  if (!has(DATES)) {
    const message = "no sentence with a date (RMC or ZDA)";
    return { message, advice: "Have the receiver send RMC as well." };
  }
  const message = "no epoch with position, time and date that are valid";
  const advice =
    "The receiver had no fix (status V, quality 0): give it a view of the sky, some minutes after a cold start.";
  return { message, advice };
}

function withoutSentences(broken: number): Lack {
  if (broken === 0) {
    return {
      message: "no NMEA sentence",
      advice:
        "Give what the receiver sent: lines such as $GPRMC,…*6A. Its baud rate may be another.",
    };
  }
  return {
    message: "no sentence with a right checksum",
    advice:
      "Bytes were lost or changed: check the baud rate, the wiring, and who else reads that port.",
  };
}
