import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { boardKey, numbersOf } from "../../../src/desktop/provisioning/board-key.js";
import { takeKey } from "../../../src/desktop/provisioning/key-pair.js";
import { privateKey, readPem, SIZES } from "../openspime/support.js";

describe("Provisioning: the board's key file", () => {
  for (const bits of SIZES) {
    for (const limbBits of [8, 22, 23, 24, 32]) {
      it(`constants of ${bits} bits in limbs of ${limbBits}`, () => {
        const key = boardKey(privateKey(`spime-${bits}`), { limbBits: [limbBits] });
        assert.equal(key.bits, bits);
        for (const name of ["n", "p", "q"] as const) {
          const modulus = BigInt(`0x${key[name]}`);
          const { limbs, rr, mInv } = key.montgomery[limbBits]?.[name] ?? assert.fail();
          const base = 1n << BigInt(limbBits);
          assert.ok(base ** BigInt(limbs) > modulus && base ** BigInt(limbs - 1) <= modulus);
          assert.equal(BigInt(`0x${rr}`), base ** BigInt(2 * limbs) % modulus);
          assert.equal((BigInt(mInv) * modulus + 1n) % base, 0n);
          assert.ok(mInv > 0 && BigInt(mInv) < base);
        }
      });
    }

    it(`numbers of ${bits} bits sign as a whole key does`, () => {
      const { n, e, p, q, dp, dq, qInv } = numbersOf(privateKey(`spime-${bits}`));
      const message = 0x1234567890abcdefn;
      const [one, two] = [power(message, dp, p), power(message, dq, q)];
      const signature = two + ((q * ((((one - two) * qInv) % p) + p)) % (p * q));
      assert.equal(power(signature % n, e, n), message);
    });
  }

  it("is of its default form", () => {
    const key = boardKey(privateKey("spime-1024"));
    assert.deepEqual(Object.keys(key.montgomery), ["22", "23", "24"]);
    assert.match(key.n, /^([0-9a-f]{2})+$/);
    assert.equal(key.e, "010001");
    assert.throws(() => boardKey(privateKey("spime-1024"), { limbBits: [33] }), RangeError);
  });

  it("takes a pair, and no other", () => {
    const pem = readPem("spime-1024");
    assert.ok(takeKey(pem, readPem("spime-1024.pub")));
    assert.throws(() => takeKey(pem, readPem("scopenode-1024.pub")), /not that of the private key/);
  });

  for (const field of ["d", "p", "dp", "dq", "qi"] as const) {
    it(`takes no key whose ${field} is another's`, () => {
      const [own, other] = ["spime-1024", "scopenode-1024"].map((name) =>
        privateKey(name).export({ format: "jwk" }),
      );
      const mixed = { ...own, [field]: other?.[field] };
      let pem: string | Buffer;
      try {
        const key = createPrivateKey({ key: mixed, format: "jwk" });
        pem = key.export({ type: "pkcs1", format: "pem" });
      } catch {
        return; // OpenSSL itself refuses it.
      }
      assert.throws(() => takeKey(String(pem)), /do not belong together|not a PEM/);
    });
  }
});

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
