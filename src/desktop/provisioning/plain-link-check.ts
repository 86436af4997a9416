// What a board without TLS does not start with, told at the desk: docs/kaluma.md. The firmware has its own rule
// (ports/plain-link.ts); a test holds the two together.

import { BlockList, isIPv4 } from "node:net";
import type { Configuration } from "../../firmware/configuration.js";
import { usageFailure } from "../failure.js";
import type { BoardData } from "./board-data.js";

export type Link = Pick<Configuration, "tls" | "host" | "plainTo" | "encrypt">;

/** RFC 1918 section 3, RFC 6890 section 2.2.2. */
const LOCAL_IPV4 = new BlockList();
LOCAL_IPV4.addSubnet("10.0.0.0", 8);
LOCAL_IPV4.addSubnet("127.0.0.0", 8);
LOCAL_IPV4.addSubnet("169.254.0.0", 16);
LOCAL_IPV4.addSubnet("172.16.0.0", 12);
LOCAL_IPV4.addSubnet("192.168.0.0", 16);

/** A name may stand for any address, and so may what Kaluma does not know for one (IPv6). */
function isLocal(host: string): boolean {
  return isIPv4(host) && LOCAL_IPV4.check(host);
}

interface Fault {
  readonly what: string;
  readonly advice: string;
}

/** Nothing where the board would start. Exported for its test. */
export function plainLinkFault({ tls, host, plainTo, encrypt }: Link): Fault | undefined {
  if (tls) {
    const advice = "Leave --tls out (tls: false): docs/kaluma.md says what that means.";
    return { what: "tls must be false, it has none", advice };
  }
  if (!encrypt) {
    const advice = "Name a certification service (--certifier), and leave --no-encrypt out.";
    return { what: "encrypt must be true, without TLS", advice };
  }
  if (isLocal(host) || plainTo === host) return undefined;
  return {
    what: "host must be an address of the local network, or stand in plainTo too",
    advice: `Give the address of a server there, or --plain-to ${host}, if you know that others can listen.`,
  };
}

/** A `Failure`; nothing for a board that may have TLS. */
export function checkPlainLinkOf({ port, name }: BoardData, link: Link): void {
  const fault = port === "kaluma" ? plainLinkFault(link) : undefined;
  if (!fault) return;
  const message = `The board ${name} would not start with this configuration: ${fault.what}.`;
  throw usageFailure(message, fault.advice);
}
