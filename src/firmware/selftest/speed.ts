// How fast a board is: a loop in the interpreter, and the product that RSA is made of, in C (crypto/dot-arithmetic.ts).

import type { DotProduct } from "../crypto/dot-arithmetic.js";
import type { Limbs } from "../crypto/limbs.js";
import type { Now, Values } from "./values.js";

const LOOPS = 2000;
const PRODUCTS = 200;
/** Of 22 bits: a number of 2,048. */
const LIMBS = 94;

export function speed(nowMs: Now, dotProduct: DotProduct): Values {
  const limbs: Limbs = new Uint32Array(LIMBS);
  const values: Values = {};
  let sum = 0;
  let startMs = nowMs();
  for (let count = 0; count < LOOPS; count++) sum = (sum + count * count) % 65521;
  values["loops"] = LOOPS;
  values["loopMs"] = nowMs() - startMs;
  for (let at = 0; at < LIMBS; at++) limbs[at] = 4194303 - at - (sum & 1);
  startMs = nowMs();
  for (let count = 0; count < PRODUCTS; count++) dotProduct(limbs, limbs, 0);
  values["products"] = PRODUCTS;
  values["productMs"] = nowMs() - startMs;
  return values;
}
