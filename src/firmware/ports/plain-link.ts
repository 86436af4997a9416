// Where a board without TLS may log in: on the local network, or where somebody has said in the configuration that he
// knows. RFC 1918 section 3, RFC 6890 section 2.2.2 (127/8, 169.254/16). IPv4 alone: Kaluma knows no other, and asks the name
// server for whatever else it is given, whose answer is anybody's. A name may stand for any address.

import type { Configuration } from "../configuration.js";

export function isLocalAddress(host: string): boolean {
  const numbers = host.split(".").map(Number);
  // Written as they are, without a zero before them: else somebody may read them as octal.
  const isIpv4 =
    numbers.length === 4 &&
    !numbers.some((number) => !(number >= 0 && number < 256)) &&
    numbers.join(".") === host;
  const [first, second] = numbers;
  return (
    isIpv4 &&
    (first === 10 ||
      first === 127 ||
      (first === 172 && second >> 4 === 1) ||
      (first === 192 && second === 168) ||
      (first === 169 && second === 254))
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
