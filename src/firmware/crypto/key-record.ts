// An RSA key as it lies in the board's store: fields one after the other, each a tag of two letters, two
// bytes of length (big-endian) and its bytes. In Espruino a file of Storage stays in flash when it is
// read, and so do slices of it: a key of 4 KB takes no memory until a field is used.
//
//   n= e= d= p= q=  modulus, public and private exponent, the two primes
//   dp dq iq        d mod p-1, d mod q-1, 1/q mod p (RFC 8017 section 3.2), where p > q
//   kt              known answer: the number of bytes 00 5A 5A … 5A, as long as n, to the power of e mod n
//
// Constants of the arithmetic, by modulus (x = n, p or q) of which p and q are not in a public key:
//
//   xr xi           limbs of 22 bits, k = ⌈(8 · bytes + 2)/22⌉ of them for a field of so many bytes:
//                   R² mod x with R = 2^(22k), and −x⁻¹ mod 2^22 (3 bytes)
//   xR xI           the same with limbs of 24 bits (3 bytes)
//   nw nx           RSA accelerator: R² mod n with R = 2^(bits of n), and −n⁻¹ mod 2^32 (4 bytes); only where
//                   the bits of n are a multiple of 32
//
// All numbers are big-endian. d, kt and nr, nR, nw are as long as n; q and all that belongs to p or q is as
// long as p; leading zeros stand where a number is shorter than that. The desktop writes the constants of
// one arithmetic only, that of the board (boards/NAME.json).

/** A byte string of fields. */
export type KeyRecord = string;

/** The bytes of a field; empty when there is none. */
export function fieldOf(record: KeyRecord, tag: string): string {
  let at;
  let start;
  let end = 0;
  // At the end of the record, and in one that was cut, there is no length: `end` is NaN, the field empty.
  do {
    at = end;
    start = at + 4;
    end = start + record.charCodeAt(at + 2) * 256 + record.charCodeAt(at + 3);
  } while (at < record.length && record.slice(at, at + 2) !== tag);
  return record.slice(start, end);
}

export function fieldBytes(tag: string, bytes: string): KeyRecord {
  return tag + String.fromCharCode(bytes.length >> 8, bytes.length & 255) + bytes;
}
