// Where a board without TLS may log in: on the local network, or where somebody has said in the configuration that he
// knows. RFC 1918 section 3, RFC 6890 section 2.2.2 (127/8, 169.254/16), RFC 4193 section 3.1 (fc00::/7), RFC 4291 section 2.5
// (::1, fe80::/10). A name may stand for any address.

import type { Configuration } from "../configuration.js";

export function isLocalAddress(host: string): boolean {
  const numbers = host.split(".").map(Number);
  const isIpv4 =
    numbers.length === 4 &&
    !/[^0-9.]/.test(host) &&
    numbers.every((number, index) => number < 256 && "" + number === host.split(".")[index]);
  if (!isIpv4)
    return (
      host === "::1" ||
      /^f[cd][0-9a-f][0-9a-f]:[0-9a-f:]+$/i.test(host) ||
      /^fe[89ab][0-9a-f]:[0-9a-f:]+$/i.test(host)
    );
  const [first, second] = numbers;
  return (
    first === 10 ||
    first === 127 ||
    (first === 172 && second >> 4 === 1) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254)
  );
}

/** Throws an error that names the field, unless what the board reports stays a secret all the same. */
export function checkPlainLink({ tls, host, plainTo, encrypt }: Configuration): void {
  if (tls) throw new Error("configuration: tls: this board has none");
  if (!isLocalAddress(host) && plainTo !== host) {
    throw new Error("configuration: host must be a local address, or plainTo the same");
  }
  if (!encrypt) throw new Error("configuration: encrypt must be true on a board without TLS");
}
