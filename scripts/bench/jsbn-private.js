// One private power by jsbn, with the primes (RFC 8017 section 5.1.2), as its own rsa2.js does it.
import { BigInteger } from "jsbn";
import { fieldOf } from "../../build/tsc/src/firmware/crypto/key-record.js";

function numberOf(bytes) {
  let digits = "";
  for (let at = 0; at < bytes.length; at++) {
    digits += (256 + bytes.charCodeAt(at)).toString(16).slice(1);
  }
  return new BigInteger(digits, 16);
}

/** The numbers are read before the clock runs. */
export function readKey(key) {
  const numbers = ["p=", "q=", "dp", "dq", "iq", "xb", "xs"].map(function (tag) {
    return numberOf(fieldOf(key, tag));
  });
  const [p, q, dp, dq, iq, block, answer] = numbers;
  return function () {
    let xp = block.mod(p).modPow(dp, p);
    const xq = block.mod(q).modPow(dq, q);
    while (xp.compareTo(xq) < 0) xp = xp.add(p);
    const result = xp.subtract(xq).multiply(iq).mod(p).multiply(q).add(xq);
    return result.compareTo(answer) === 0;
  };
}
