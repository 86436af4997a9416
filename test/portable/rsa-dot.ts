// The provider `espruino-dot`: on the engine's own dot product, where it has one.

import { dotArithmetic } from "../../src/firmware/crypto/dot-arithmetic.js";
import type { DotProduct } from "../../src/firmware/crypto/dot-arithmetic.js";
import { createMontgomery } from "../../src/firmware/crypto/montgomery.js";
import { pause } from "./rsa-provider.js";
import type { Constants } from "./rsa-provider.js";

declare const E: { convolve: DotProduct; defrag(): void } | undefined;

/** What `E.convolve` computes: the sum of a[t] · b[(t + offset) mod b.length]. */
const plainDot: DotProduct = function (a, b, offset) {
  let sum = 0;
  let at = offset;
  for (let index = 0; index < a.length; index++) {
    sum += a[index] * b[at];
    if (++at === b.length) at = 0;
  }
  return sum;
};

export const DOT: Constants = { of: "dot", tags: "ri" };

export const dotRsa = createMontgomery(
  typeof E !== "undefined"
    ? dotArithmetic(E.convolve, E.defrag)
    : dotArithmetic(plainDot, function () {}),
  pause,
);
