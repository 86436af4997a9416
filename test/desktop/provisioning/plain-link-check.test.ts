// The desk's rule for a board without TLS, beside the board's own.

import assert from "node:assert/strict";
import { plainLinkFault } from "../../../src/desktop/provisioning/plain-link-check.js";
import type { Link } from "../../../src/desktop/provisioning/plain-link-check.js";
import type { Configuration } from "../../../src/firmware/configuration.js";
import { checkPlainLink } from "../../../src/firmware/ports/plain-link.js";

function boardTakes(link: Link): boolean {
  try {
    checkPlainLink(link as Configuration);
    return true;
  } catch {
    return false;
  }
}

const LOCAL = [
  ...["10.0.0.1", "10.255.255.255", "127.0.0.1", "169.254.7.7", "172.16.0.1", "172.31.255.255"],
  "192.168.1.10",
];
const ELSEWHERE = [
  ...["9.255.255.255", "11.0.0.1", "128.0.0.1", "169.253.0.1", "172.15.0.1", "172.32.0.1"],
  ...["192.167.1.1", "192.169.1.1", "8.8.8.8", "::2", "fb00::1", "fe00::1", "fec0::1", "fc::1"],
  ...["2001:db8::1", "localhost", "xmpp.example.org", "10.example.org", "10.0.0", "010.0.0.1"],
  ...[
    "10.0.0.256",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
    "",
    "::1",
    "fd00::1",
    "fe80::1",
    "fd12:3456",
  ],
  ...["1e1.0.0.1", "10.0.0.1\n", " 10.0.0.1", "10.0.0.-1", "10..0.1", "10.0.0.1.", "10.0.0.0x1"],
];

describe("The check of a plain link at the desk", () => {
  it("takes what the board takes, and refuses what it refuses", () => {
    for (const [hosts, isLocal] of [
      [LOCAL, true],
      [ELSEWHERE, false],
    ] as const) {
      for (const host of hosts) {
        const link = { tls: false, host, encrypt: true };
        assert.deepEqual(
          [host, plainLinkFault(link) === undefined, boardTakes(link)],
          [host, isLocal, isLocal],
        );
      }
    }
  });

  it("looks at tls, encrypt and plainTo as the board does", () => {
    for (const tls of [true, false]) {
      for (const encrypt of [true, false, undefined]) {
        for (const plainTo of [undefined, "xmpp.example.org", "other.example.org", "10.0.0.1"]) {
          const link = { tls, encrypt, plainTo, host: "xmpp.example.org" };
          assert.equal(plainLinkFault(link) === undefined, boardTakes(link), JSON.stringify(link));
        }
      }
    }
  });
});
