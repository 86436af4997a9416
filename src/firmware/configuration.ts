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
  password: ByteString;
}

export interface Configuration extends Account {
  /** Full JID of the ScopeNode that takes the reports. */
  scopenode: ByteString;
  /** `indoor`, `outdoor` or empty. */
  exposure: string;
  samplePeriodS: number;
  /**
   * Full JID of the certification service where this board's key is registered; absent or empty: reports are
   * not signed.
   */
  certifier?: ByteString;
  /** Whether reports are encrypted to the ScopeNode, whose key the certification service tells. */
  encrypt?: boolean;
  wifi?: WifiSettings;
  /** Files behind the UARTs, where the engine runs on a desktop. */
  uartPaths?: { gps?: string; co2?: string };
}

/** What a field must be, by its name; the desktop's `microspime` checks more before it writes the file. */
const FIELDS: { [name: string]: string } = {
  host: "string",
  port: "number",
  tls: "boolean",
  jid: "string",
  password: "string",
  scopenode: "string",
  exposure: "string",
  samplePeriodS: "number",
};

const OPTIONAL_FIELDS: { [name: string]: string } = { certifier: "string", encrypt: "boolean" };

/** The configuration as it is; throws an error that names the first wrong field. */
export function checkedConfiguration(configuration: Configuration): Configuration {
  const values = configuration as unknown as { [name: string]: unknown };

  function check(name: string, type: string, isWrong: boolean): void {
    if (isWrong) throw new Error("configuration: " + name + " must be a " + type);
  }

  for (const name in FIELDS) {
    const isEmpty = values[name] === "" && name !== "exposure";
    check(name, FIELDS[name], typeof values[name] !== FIELDS[name] || isEmpty);
  }
  for (const name in OPTIONAL_FIELDS) {
    const type = typeof values[name];
    check(name, OPTIONAL_FIELDS[name], type !== "undefined" && type !== OPTIONAL_FIELDS[name]);
  }
  // The key to encrypt with comes from there.
  check("certifier", "string", !!configuration.encrypt && !configuration.certifier);
  return configuration;
}
