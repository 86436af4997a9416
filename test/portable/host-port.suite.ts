// What a board on a host of JerryScript has of its own: Base64 (RFC 4648), octets, and where it may log in
// without TLS (RFC 1918, RFC 6890).

import type { Configuration } from "../../src/firmware/configuration.js";
import { atob, btoa } from "../../src/firmware/ports/base64.js";
import { octetsOf, textOf } from "../../src/firmware/octets.js";
import { checkPlainLink, isLocalAddress } from "../../src/firmware/ports/plain-link.js";
import { BASE64 } from "./bytes-data.js";
import { equal, suite, thrownBy } from "./suite.js";

const LOCAL =
  "10.0.0.1 10.255.255.255 127.0.0.1 172.16.0.1 172.31.255.255 192.168.1.10 169.254.9.9";
const ELSEWHERE =
  "9.255.255.255 11.0.0.1 128.0.0.1 172.15.0.1 172.32.0.1 192.169.0.1 192.168.1 192.168.1.256 192.168.01.1 192.168.1.1.1 0x0a.0.0.1 " +
  "10.example.org 192.168.1.10.example.org localhost xmpp.example.org ::1 fd12:3456::1 fe80::1 fd12:3456 2001:db8::1 1e1.0.0.1 ::ffff:10.0.0.1";

function allOctets(count: number): string {
  let text = "";
  for (let at = 0; at < count; at++) text += String.fromCharCode(at & 255);
  return text;
}

export const hostPortSuite = suite("a host's port", function (test) {
  test("Base64 is that of RFC 4648", function () {
    BASE64.forEach(function (vector) {
      equal(btoa(vector[0]), vector[1]);
      equal(atob(vector[1]), vector[0]);
    });
  });

  test("Base64 has each octet", function () {
    [0, 1, 2].forEach(function (more) {
      const text = allOctets(255 + more);
      equal(atob(btoa(text)), text);
    });
  });

  test("of what is no Base64 the beginning is read, and it does not come out as it went in", function () {
    ["Zm9v!", "Zg=a", "Zh==", "=Zm9"].forEach(function (wrong) {
      equal(btoa(atob(wrong)) === wrong, false, wrong);
    });
  });

  test("octets and byte strings are one another, in arrays of their own", function () {
    [0, 1, 63, 64, 65, 300].forEach(function (count) {
      const text = allOctets(count);
      const octets = octetsOf(text);
      equal(octets.length, count);
      equal(octets.buffer.byteLength, count);
      equal(textOf(octets), text);
    });
  });

  test("local addresses are those of private ranges, this machine and this link", function () {
    LOCAL.split(" ").forEach(function (host) {
      equal(isLocalAddress(host), true, host);
    });
  });

  test("no name is one, and nothing that only looks so", function () {
    ELSEWHERE.split(" ").forEach(function (host) {
      equal(isLocalAddress(host), false, host);
    });
  });

  test("a board without TLS says which field does not let it log in", function () {
    function refusal(fields: object): string {
      return thrownBy(function () {
        checkPlainLink(fields as Configuration);
      });
    }

    const elsewhere = { tls: false, host: "xmpp.example.org", encrypt: true };
    equal(
      refusal({ tls: true, host: "10.0.0.1", encrypt: true }),
      "configuration: tls: this board has none",
    );
    const message = "configuration: host must be a local address, or plainTo the same";
    equal(refusal(elsewhere), message);
    equal(
      refusal({ tls: false, host: "xmpp.example.org", plainTo: "example.org", encrypt: true }),
      message,
    );
    equal(
      refusal({ tls: false, host: "10.0.0.1", encrypt: false }),
      "configuration: encrypt must be true on a board without TLS",
    );
    checkPlainLink({ tls: false, host: "10.0.0.1", encrypt: true } as Configuration);
    checkPlainLink({
      tls: false,
      host: "a.example",
      plainTo: "a.example",
      encrypt: true,
    } as Configuration);
  });
});
