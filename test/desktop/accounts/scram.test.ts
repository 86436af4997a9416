// The client's half of RFC 5802 against the vectors of both RFCs, with the password and with keys made of it.

import assert from "node:assert/strict";
import {
  deriveKeys,
  SaltChanged,
  ScramFault,
  ScramLogin,
} from "../../../src/desktop/accounts/scram.js";
import type { ScramMechanism } from "../../../src/desktop/accounts/scram.js";

interface Vector {
  source: string;
  mechanism: ScramMechanism;
  nonce: string;
  first: string;
  challenge: string;
  answer: string;
  final: string;
}

const VECTORS: Vector[] = [
  {
    source: "RFC 5802 section 5",
    mechanism: "SCRAM-SHA-1",
    nonce: "fyko+d2lbbFgONRv9qkxdawL",
    first: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    challenge: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    answer: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    final: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  },
  {
    source: "RFC 7677 section 3",
    mechanism: "SCRAM-SHA-256",
    nonce: "rOprNGfwEbeRWgbNEkqO",
    first: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    challenge:
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    answer:
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0," +
      "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    final: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  },
];

const saltOf = ({ challenge }: Vector) => /s=([^,]*)/.exec(challenge)?.[1] ?? "";

describe("SCRAM of the desktop's client", () => {
  for (const vector of VECTORS) {
    const { source, mechanism, nonce, first, challenge, answer, final } = vector;
    const keys = deriveKeys(mechanism, "pencil", saltOf(vector), 4096);
    for (const [what, secret] of [
      ["the password", { password: "pencil" }],
      ["the keys alone", { keys }],
    ] as const) {
      it(`agrees with ${source}, by ${what}`, () => {
        const login = new ScramLogin(mechanism, "user", secret, nonce);
        assert.equal(login.first, first);
        assert.equal(login.answer(challenge), answer);
        login.verify(final);
        assert.deepEqual(login.keys, keys);
      });
    }

    it(`believes no other signature than that of ${source}`, () => {
      const login = new ScramLogin(mechanism, "user", { keys }, nonce);
      assert.throws(() => login.verify(final), ScramFault);
      login.answer(challenge);
      for (const other of ["", "v=", final.replace(/=./, "=A"), "e=other-error", `x${final}`]) {
        assert.throws(
          () => login.verify(other),
          /could not prove that it knows the password/,
          other,
        );
      }
    });
  }

  const [{ mechanism, nonce, challenge }] = VECTORS;
  const answer = (text: string) =>
    new ScramLogin(mechanism, "user", { password: "pencil" }, nonce).answer(text);

  const malformed: [name: string, challenge: string][] = [
    ["another nonce", challenge.replace("r=f", "r=g")],
    ["our nonce and nothing more", challenge.replace("3rfcNHYJY1ZVvWVs7j", "")],
    ["an extension that must be known", `m=1,${challenge}`],
    ["no salt", challenge.replace(/s=[^,]*/, "s=")],
    ["no count", challenge.replace(/,i=.*/, "")],
    ["nothing", ""],
  ];
  for (const [name, text] of malformed) {
    it(`answers no challenge with ${name}`, () => {
      assert.throws(() => answer(text), /challenge is none/);
    });
  }

  it("answers none with too few rounds, or too many", () => {
    for (const count of ["4095", "10000001"]) {
      const text = challenge.replace("4096", count);
      assert.throws(() => answer(text), new RegExp(`wants ${count} iterations`));
    }
  });

  it("says of keys that they are for another salt, or another count", () => {
    const keys = deriveKeys(mechanism, "pencil", "AAAA", 4096);
    const login = new ScramLogin(mechanism, "user", { keys }, nonce);
    assert.throws(() => login.answer(challenge), SaltChanged);
    const more = challenge.replace("4096", "5000");
    const same = deriveKeys(mechanism, "pencil", saltOf(VECTORS[0]), 4096);
    assert.throws(
      () => new ScramLogin(mechanism, "user", { keys: same }, nonce).answer(more),
      SaltChanged,
    );
  });

  it("escapes a name", () => {
    const login = new ScramLogin(mechanism, "a=b,c", { password: "x" }, "n");
    assert.equal(login.first, "n,,n=a=3Db=2Cc,r=n");
  });
});
