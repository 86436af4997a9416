// What a board without TLS does not start with, told at the desk: docs/kaluma.md. The firmware has its own rule
// (ports/plain-link.ts); a test holds the two together.

import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { Configuration } from "../../firmware/configuration.js";
import { usageFailure } from "../failure.js";
import type { BoardData } from "./board-data.js";

export type Link = Pick<Configuration, "tls" | "host" | "plainTo" | "encrypt">;

/** RFC 1918 section 3, RFC 6890 section 2.2.2, RFC 4193 section 3.1, RFC 4291 section 2.5. */
const LOCAL_IPV4 = new BlockList();
LOCAL_IPV4.addSubnet("10.0.0.0", 8);
LOCAL_IPV4.addSubnet("127.0.0.0", 8);
LOCAL_IPV4.addSubnet("169.254.0.0", 16);
LOCAL_IPV4.addSubnet("172.16.0.0", 12);
LOCAL_IPV4.addSubnet("192.168.0.0", 16);

const LOCAL_IPV6 = new BlockList();
LOCAL_IPV6.addAddress("::1", "ipv6");
LOCAL_IPV6.addSubnet("fc00::", 7, "ipv6");
LOCAL_IPV6.addSubnet("fe80::", 10, "ipv6");

/** A name may stand for any address, a zone is of this machine alone. */
function isLocal(host: string): boolean {
  if (isIPv4(host)) return LOCAL_IPV4.check(host);
  return isIPv6(host) && /^[0-9a-f:]+$/i.test(host) && LOCAL_IPV6.check(host, "ipv6");
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
