// What the tests use of jsbn 1.1.0 (Tom Wu).

declare module "jsbn" {
  export class BigInteger {
    constructor(digits: string, radix: number);
    modPow(exponent: BigInteger, modulus: BigInteger): BigInteger;
    toString(radix: number): string;
  }
}
