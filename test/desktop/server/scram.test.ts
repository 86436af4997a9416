import assert from "node:assert/strict";
import {
  deriveCredentials,
  parseClientFirst,
  ScramExchange,
  type ScramHash,
} from "../../../src/desktop/server/scram.js";

interface Vector {
  source: string;
  hash: ScramHash;
  salt: string;
  clientFirst: string;
  serverNonce: string;
  serverFirst: string;
  clientFinal: string;
  serverFinal: string;
}

const VECTORS: Vector[] = [
  {
    source: "RFC 5802 section 5",
    hash: "sha1",
    salt: "QSXCR+Q6sek8bf92",
    clientFirst: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    serverNonce: "3rfcNHYJY1ZVvWVs7j",
    serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    clientFinal:
      "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    serverFinal: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  },
  {
    source: "RFC 7677 section 3",
    hash: "sha256",
    salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
    clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    serverFirst:
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    clientFinal:
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0," +
      "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  },
];

function exchangeOf(vector: Vector): ScramExchange {
  const salt = Buffer.from(vector.salt, "base64");
  const credentials = deriveCredentials(vector.hash, "pencil", salt, 4096);
  const first = parseClientFirst(vector.clientFirst);
  assert.ok(first);
  return new ScramExchange(credentials, first, vector.serverNonce);
}

describe("server: scram", () => {
  for (const vector of VECTORS) {
    it(`agrees with ${vector.source}`, () => {
      const exchange = exchangeOf(vector);
      assert.equal(exchange.serverFirst, vector.serverFirst);
      assert.deepEqual(exchange.finish(vector.clientFinal), { serverFinal: vector.serverFinal });
    });

    it(`refuses ${vector.source} with anything changed`, () => {
      const change = (from: RegExp, to: string) =>
        exchangeOf(vector).finish(vector.clientFinal.replace(from, to));
      assert.deepEqual(change(/c=biws/, "c=eSws"), { condition: "not-authorized" });
      assert.deepEqual(change(/r=./, "r=_"), { condition: "not-authorized" });
      assert.deepEqual(change(/p=./, "p=_"), { condition: "malformed-request" });
      assert.deepEqual(change(/p=./, "p=A"), { condition: "not-authorized" });
      assert.deepEqual(change(/p=.*/, "p=AAAA"), { condition: "not-authorized" });
      assert.deepEqual(change(/,p=.*/, ""), { condition: "malformed-request" });
    });
  }

  it("reads the first message of a client", () => {
    assert.deepEqual(parseClientFirst("y,a=x=2Cy,n=a=3Db=2Cc,r=abc,ext=1"), {
      gs2Header: "y,a=x=2Cy,",
      authzid: "x,y",
      username: "a=b,c",
      nonce: "abc",
      bare: "n=a=3Db=2Cc,r=abc,ext=1",
    });
  });

  it("refuses first messages that are not to RFC 5802 section 7", () => {
    const long = "n".repeat(257);
    for (const text of [
      "",
      "n,,",
      "n,,r=abc",
      "n,,n=,r=abc",
      "n,,n=user,r=",
      "n,,n=user,r=a b",
      "n,,n=us=er,r=abc",
      "n,,m=x,n=user,r=abc",
      "p=tls-unique,,n=user,r=abc",
      `n,,n=user,r=${long}`,
    ]) {
      assert.equal(parseClientFirst(text), undefined, text);
    }
  });
});
