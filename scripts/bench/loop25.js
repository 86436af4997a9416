// The peer of `espruino-dot`: the fastest Montgomery multiplication that was found for an interpreter
// without it, in ES5. Limbs of 25 bits in doubles, operands scanned with product and reduction in one
// loop; carries wait for three rows (3 · 2 · 2^50 and what is left over stay below 2^53), which took 9.4 µs
// a step where a carry in each took 14. Exponentiation is that of montgomery.ts: a window of four bits.

const BITS = 25;
const BASE = 1 << BITS;
const MASK = BASE - 1;

/** As key-record.ts: R is above four times every number of so many bytes. */
export function limbCount(bytes) {
  return Math.ceil((bytes * 8 + 2) / BITS);
}

export function limbsOf(bytes, count) {
  const limbs = new Float64Array(count);
  let bit = 0;
  for (let at = bytes.length; at--; bit += 8) {
    const index = Math.floor(bit / BITS);
    if (index >= count) break;
    const value = bytes.charCodeAt(at) * (1 << (bit % BITS));
    limbs[index] += value % BASE;
    if (value >= BASE) limbs[index + 1] += Math.floor(value / BASE);
  }
  return limbs;
}

/** a · b / R modulo x, below twice x. */
export function multiply(a, b, x, inverse) {
  const count = x.length;
  const product = new Float64Array(count);
  const a0 = a[0];
  const x0 = x[0];
  let row = 0;
  while (row < count) {
    const factor = b[row++];
    let sum = product[0] + a0 * factor;
    const multiple = ((sum & MASK) * inverse) & MASK;
    const carry = (sum + multiple * x0) / BASE;
    let to = 0;
    let from = 0;
    while (++from < count) {
      product[to] = product[from] + a[from] * factor + multiple * x[from];
      to = from;
    }
    product[to] = 0;
    product[0] += carry;
    if (!(row % 3) || row === count) {
      sum = from = 0;
      while (from < count) {
        sum += product[from];
        product[from++] = to = sum & MASK;
        sum = (sum - to) / BASE;
      }
    }
  }
  return product;
}

/** `base` to the power of `exponent` modulo x; what comes out is below twice x. */
export function power(base, exponent, x, rr, inverse) {
  const one = new Float64Array(x.length);
  one[0] = 1;
  const table = [multiply(one, rr, x, inverse), multiply(base, rr, x, inverse)];
  while (table.length < 16) table.push(multiply(table[table.length - 1], table[1], x, inverse));
  let result = table[0];
  for (let at = 0; at < exponent.length * 2; at++) {
    const byte = exponent.charCodeAt(at >> 1);
    for (let count = 4; count--;) result = multiply(result, result, x, inverse);
    result = multiply(result, table[at & 1 ? byte & 15 : byte >> 4], x, inverse);
  }
  return multiply(result, one, x, inverse);
}

/** Multiplications in one such power. */
export function multiplicationsOf(bytes) {
  return bytes * 2 * 5 + 14 + 3;
}
