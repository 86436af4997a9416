// The configuration of one board, read from its store; every text in it is a byte string.

import type { ByteString } from "./platform.js";

export interface ServerAddress {
  host: string;
  port: number;
  /** Direct TLS (XEP-0368) from the first byte. */
  tls: boolean;
}

export interface WifiSettings {
  ssid: string;
  password: string;
}

export interface Account extends ServerAddress {
  /** Full JID; the server may bind another resource. */
  jid: ByteString;
  /** Absent: `scram` is there. */
  password?: ByteString;
  /**
   * What logs in at one server in the place of the password: `MECHANISM$ITERATIONS:SALT$CLIENTKEY:SERVERKEY` (RFC
   * 5802 section 3, bytes in Base64; the form is RFC 5803's, which has StoredKey for ClientKey). Made by the
   * provisioning tool, or by the first login.
   */
  scram?: string;
  /** The only login mechanism to use; absent: SCRAM-SHA-256, or SCRAM-SHA-1 where the server has no better. */
  mechanism?: string;
  /** Seconds after which a link counts as dead when nothing came, asked or unasked; absent: 60. */
  linkTimeoutS?: number;
}

export interface ClaimsSettings {
  /**
   * Who may claim the board: `none`, `open` (anybody), `owners` (those listed), `first` (the first, until his
   * claim ends), `button` (who asks soon after it was pressed), `code` (who knows it).
   */
  policy: string;
  /** Bare JIDs or domains. */
  owners?: ByteString[];
  code?: ByteString;
  /** Seconds after a press of the button; needed for it. */
  windowS?: number;
  /** How long a claim lasts; needed unless nobody may claim. */
  days?: number;
}

/** What becomes a sample; the numbers are bounds, absent: report/sampler.ts has them. */
export interface SampleSettings {
  /** Where the board says it is: `exact` (absent: that), `coarse` (0.01 degrees, no height), `none`. */
  location?: string;
  /** What a sample without a fresh fix is: a `gap` (absent: that), or one at the `last-known` place, with its age. */
  withoutFix?: string;
  /** Beyond these a reading is none. */
  leastPpm?: number;
  mostPpm?: number;
  /** From a reading to the next; a longer step counts when the reading after it confirms it. */
  mostStepPpm?: number;
}

/** Samples that wait in flash. */
export interface QueueSettings {
  /** What goes when it is full: the `oldest` (absent: that), or every second one, `thin`. */
  whenFull?: string;
  /** Of the flash's pages, three at least; absent: all that the board has for it. */
  pages?: number;
}

/** When samples are reported. */
export interface ReportSettings {
  /** In one report at most, 1 to 20 of them: so many fit into the 10,000 bytes that every server takes. Absent: 5. */
  entries?: number;
  /** From one report to the next, unless it is full before or the value has changed; absent: each sample at once. */
  periodS?: number;
  /** A sample so far from the last one that was reported goes at once. */
  changePpm?: number;
  /** What is sent first of what waits: the `oldest` (absent: that), or the newest with as many of the oldest, `live`. */
  first?: string;
  /** From an answer to the next report at least: how fast a backlog drains. Absent: 0. */
  restS?: number;
  /** Until a report that was not taken is tried again; absent: 30. */
  retryS?: number;
  /** Between these hours of the day (UTC) nothing is reported. */
  quietFromHour?: number;
  quietUntilHour?: number;
}

/** Deep sleep, on a board that can. */
export interface SleepSettings {
  /** From the start: for sensors to warm up, a fix, samples and their report. */
  awakeS: number;
  /** On an ESP32 2,147 at most. */
  asleepS: number;
}

/** Over-the-air updates; who signs them says the file `microspime.update`. */
export interface UpdateSettings {
  /** How long a new program has to reach its server; absent: 600 and two sample periods. */
  trialS?: number;
  /** Whether an older version than the one that runs is taken. */
  downgrade?: boolean;
}

export interface Configuration extends Account {
  /** `host` once more, on a board without TLS: whoever writes it knows that the way there can be listened to. */
  plainTo?: string;
  /** Full JID of the ScopeNode that takes the reports. */
  scopenode: ByteString;
  /** `indoor`, `outdoor` or empty. */
  exposure: string;
  samplePeriodS: number;
  samples?: SampleSettings;
  queue?: QueueSettings;
  reports?: ReportSettings;
  /** Absent: the board is always awake. */
  sleep?: SleepSettings;
  /** Full JID of who is told once a day how the board is; absent: the log. */
  statusTo?: ByteString;
  /** For so long after the start nothing counts that the CO2 sensor says; absent: for as long as its datasheet has it warm up. */
  co2PreheatS?: number;
  /**
   * Full JID of the certification service where this board's key is registered; absent or empty: reports are
   * neither signed nor encrypted.
   */
  certifier?: ByteString;
  /** Whether reports are signed, where there is a certification service; absent: they are. */
  sign?: boolean;
  /** Whether reports are encrypted to the ScopeNode, whose key the certification service tells. */
  encrypt?: boolean;
  /**
   * How reports are signed and encrypted: `nacl` (docs/nacl.md), where the board's bundle and the ScopeNode have that;
   * absent, and where they do not: as the document has it.
   */
  suite?: string;
  /** Absent: nobody may claim the board. Needs `certifier`. */
  claims?: ClaimsSettings;
  /** The PubSub service where the board seeks what is known about it before its first fix; absent: nowhere. */
  pubsub?: ByteString;
  updates?: UpdateSettings;
  wifi?: WifiSettings;
  /** Files behind the UARTs, where the engine runs on a desktop. */
  uartPaths?: { gps?: string; co2?: string };
}

/**
 * The configuration, with `certifier`, `sign` and `encrypt` where they were absent; throws an error that names the
 * first wrong field. The desktop's `microspime` checks more before it writes the file.
 */
export function checkedConfiguration(configuration: Configuration): Configuration {
  const values = configuration as unknown as { [name: string]: unknown };
  configuration.certifier = configuration.certifier || "";
  configuration.encrypt = configuration.encrypt || false;
  if (configuration.sign === undefined) configuration.sign = true;

  function check(type: string, names: string, isNeeded?: boolean): void {
    names.split(" ").forEach(function (name) {
      if (typeof values[name] !== type || (isNeeded && !values[name])) {
        throw new Error("configuration: " + name + " must be a " + type);
      }
    });
  }

  const { scram } = configuration;
  if (scram) configuration.mechanism = scram.split("$")[0];
  check("string", "host jid scopenode" + (scram ? "" : " password"), true);
  check("string", "exposure");
  check("number", "port samplePeriodS", true);
  check("boolean", "tls sign encrypt");
  // The key to encrypt with comes from there.
  check("string", "certifier", configuration.encrypt);
  if (configuration.pubsub) check("string", "pubsub");
  // A slip of the pen must not tell where somebody lives.
  const { location = "exact", withoutFix = "gap" } = configuration.samples || {};
  const { whenFull = "oldest", pages = 3 } = configuration.queue || {};
  const { entries = 1, first = "oldest" } = configuration.reports || {};

  function choose(name: string, value: string, words: string): void {
    if (words.split(" ").indexOf(value) < 0) {
      throw new Error("configuration: " + name + " must be one of " + words);
    }
  }

  choose("samples.location", location, "exact coarse none");
  choose("samples.withoutFix", withoutFix, "gap last-known");
  choose("queue.whenFull", whenFull, "oldest thin");
  choose("reports.first", first, "oldest live");
  if (!(entries >= 1 && entries <= 20 && entries % 1 === 0)) {
    throw new Error("configuration: reports.entries must be 1 to 20");
  }
  if (!(pages >= 3)) throw new Error("configuration: queue.pages must be at least 3");
  if (configuration.co2PreheatS !== undefined) check("number", "co2PreheatS");
  const { claims } = configuration;
  if (claims && claims.policy === "owners" && !(claims.owners && claims.owners.some)) {
    throw new Error("configuration: claims.owners must be a list");
  }
  return configuration;
}
