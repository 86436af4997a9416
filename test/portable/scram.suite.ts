// SCRAM as the client, against the printed exchanges of RFC 5802 section 5 (SHA-1) and RFC 7677 section 3
// (SHA-256). Salted passwords are given, not computed: 4096 rounds take an interpreter minutes, and
// test/firmware/vectors.test.ts has them.

import type { Hash } from "../../src/firmware/crypto/hash.js";
import { PORTABLE_HASHES } from "../../src/firmware/crypto/portable-hash.js";
import { fromBase64, toBase64 } from "../../src/firmware/bytes.js";
import type { Account } from "../../src/firmware/configuration.js";
import { fromHex, toHex } from "./hex.js";
import { createScramLogin } from "./scram-login.js";
import type { ScramLogin } from "./scram-login.js";
import { equal, suite } from "./suite.js";

interface Exchange {
  hash: number;
  nonce: string;
  salt: string;
  /** Python's hashlib.pbkdf2_hmac computed these. */
  salted: string;
  serverNonce: string;
  proof: string;
  signature: string;
}

const RFC_5802: Exchange = {
  hash: 1,
  nonce: "fyko+d2lbbFgONRv9qkxdawL",
  salt: "QSXCR+Q6sek8bf92",
  salted: "1d96ee3a529b5a5f9e47c01f229a2cb8a6e15f7d",
  serverNonce: "3rfcNHYJY1ZVvWVs7j",
  proof: "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
  signature: "rmF9pqV8S7suAoZWja4dJRkFsKQ=",
};

const RFC_7677: Exchange = {
  hash: 0,
  nonce: "rOprNGfwEbeRWgbNEkqO",
  salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
  salted: "c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d",
  serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
  proof: "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  signature: "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
};

/** The hash of an exchange with its PBKDF2 answered; `asked` notes what for. */
function hashOf(exchange: Exchange, asked: string[]): Hash {
  const hash = PORTABLE_HASHES[exchange.hash];
  return {
    name: hash.name,
    digest: hash.digest,
    pbkdf2: function (password, salt, iterations) {
      asked.push(password + " " + toHex(salt) + " " + iterations);
      return fromHex(exchange.salted);
    },
  };
}

function account(user: string, password?: string): Account {
  return { host: "h", port: 1, tls: false, jid: user + "@spime.example/spime", password: password };
}

function logIn(exchange: Exchange): ScramLogin {
  return createScramLogin(hashOf(exchange, []), account("user", "pencil"), exchange.nonce);
}

function serverFirst(exchange: Exchange, iterations: string): string {
  const nonce = exchange.nonce + exchange.serverNonce;
  return "r=" + nonce + ",s=" + exchange.salt + ",i=" + iterations;
}

/** Whether a login of RFC 5802's user goes on after that first message. */
function isAccepted(message: string): boolean {
  return logIn(RFC_5802).answer(message) !== "bad-challenge";
}

const NONCE = "r=" + RFC_5802.nonce + RFC_5802.serverNonce;
const SALT = ",s=" + RFC_5802.salt;
const ITERATIONS = ",i=4096";

export const scramSuite = suite("xmpp/scram", function (test) {
  function testExchange(title: string, exchange: Exchange): void {
    const nonce = exchange.nonce + exchange.serverNonce;

    test(title + ": both messages of the client", function () {
      const asked: string[] = [];
      const login = createScramLogin(
        hashOf(exchange, asked),
        account("user", "pencil"),
        exchange.nonce,
      );
      equal(login.first, "n,,n=user,r=" + exchange.nonce);
      equal(
        login.answer(serverFirst(exchange, "4096")),
        "c=biws,r=" + nonce + ",p=" + exchange.proof,
      );
      equal(asked, ["pencil " + toHex(fromBase64(exchange.salt)) + " 4096"]);
    });

    test(title + ": the server's signature", function () {
      const login = logIn(exchange);
      login.answer(serverFirst(exchange, "4096"));
      equal(login.verify("v=" + exchange.signature), true);
      equal(login.verify("v=" + exchange.signature + ",x=later"), true, "with an extension");
    });

    test(title + ": a server that does not know the password", function () {
      const login = logIn(exchange);
      login.answer(serverFirst(exchange, "4096"));
      const signature = fromBase64(exchange.signature);
      const flipped = String.fromCharCode(signature.charCodeAt(0) ^ 1) + signature.slice(1);
      equal(login.verify("v=" + toBase64(flipped)), false, "a bit");
      equal(login.verify("v=" + toBase64(signature.slice(0, -1))), false, "shorter");
      equal(login.verify("v=" + toBase64(signature + "\0")), false, "longer");
      equal(login.verify("v=" + exchange.proof), false, "the client's own proof");
      equal(login.verify("v="), false, "empty");
      equal(login.verify(""), false, "nothing");
      equal(login.verify(exchange.signature), false, "without v");
      equal(login.verify("v=" + exchange.signature.slice(0, -1)), false, "without padding");
      equal(login.verify("v= " + exchange.signature), false, "with a blank");
      equal(login.verify("e=other-error"), false, "an error");
    });
  }

  testExchange("RFC 5802", RFC_5802);
  testExchange("RFC 7677", RFC_7677);

  test("keys of a login serve the next, as long as salt and rounds are the same", function () {
    const asked: string[] = [];
    const own = account("user", "pencil");
    function answer(first: string): string {
      return createScramLogin(hashOf(RFC_5802, asked), own, RFC_5802.nonce).answer(first);
    }
    const first = answer(serverFirst(RFC_5802, "4096"));
    equal(answer(serverFirst(RFC_5802, "4096")), first);
    equal(asked.length, 1, "no rounds for the second");
    answer(serverFirst(RFC_5802, "4097"));
    answer(NONCE + ",s=QQ==,i=4097");
    equal(asked.length, 3, "other rounds, another salt");
  });

  test("keys instead of a password log in, and prove the server too", function () {
    const asked: string[] = [];
    const own = account("user", "pencil");
    createScramLogin(hashOf(RFC_7677, asked), own, "n").answer(
      "r=nm,s=" + RFC_7677.salt + ",i=4096",
    );
    const scram = own.scram || "";
    equal(scram.slice(0, 44), "SCRAM-SHA-256$4096:" + RFC_7677.salt + "$");
    const bare = account("user");
    bare.scram = scram;
    const login = createScramLogin(hashOf(RFC_7677, asked), bare, RFC_7677.nonce);
    const answer = login.answer(serverFirst(RFC_7677, "4096")) || "";
    equal(answer.split(",p=")[1], RFC_7677.proof);
    equal(login.verify("v=" + RFC_7677.signature), true);
    equal(asked.length, 1);
  });

  test("keys for another salt, other rounds or another hash are of no use without a password", function () {
    const own = account("user", "pencil");
    const asked: string[] = [];
    createScramLogin(hashOf(RFC_5802, asked), own, "n").answer("r=nm,s=QQ==,i=4096");
    const bare = account("user");
    bare.scram = own.scram;
    [
      [RFC_5802, "r=nm,s=Qg==,i=4096"],
      [RFC_5802, "r=nm,s=QQ==,i=4097"],
      [RFC_7677, "r=nm,s=QQ==,i=4096"],
    ].forEach(function (pair) {
      const login = createScramLogin(hashOf(pair[0] as Exchange, asked), bare, "n");
      equal(login.answer(pair[1] as string), "scram-keys-outdated", pair[1] as string);
      equal(login.verify("v="), false);
    });
    equal(asked.length, 1);
  });

  test("no signature counts before there was an answer", function () {
    equal(logIn(RFC_5802).verify("v=" + RFC_5802.signature), false);
    equal(logIn(RFC_5802).verify("v="), false);
    equal(logIn(RFC_5802).verify(""), false);
    const refused = logIn(RFC_5802);
    refused.answer(NONCE + SALT + ",i=1");
    equal(refused.verify("v=" + RFC_5802.signature), false, "after a refusal");
    equal(refused.verify("v="), false, "empty after a refusal");
  });

  test("user names with = and , (RFC 5802 section 5.1)", function () {
    const first = createScramLogin(hashOf(RFC_5802, []), account("a=b,c=2C", "x"), "n").first;
    equal(first, "n,,n=a=3Db=2Cc=3D2C,r=n");
  });

  test("user names and passwords are UTF-8", function () {
    const asked: string[] = [];
    const login = createScramLogin(hashOf(RFC_5802, asked), account("\xc3\xa9", "p\xc3\xa9"), "n");
    equal(login.first, "n,,n=\xc3\xa9,r=n");
    login.answer("r=nm,s=QQ==,i=4096");
    equal(asked, ["p\xc3\xa9 41 4096"]);
  });

  test("a nonce that is not the client's, or not extended", function () {
    equal(isAccepted(NONCE + SALT + ITERATIONS), true);
    equal(isAccepted("r=" + RFC_5802.nonce + SALT + ITERATIONS), false, "not extended");
    equal(isAccepted("r=x" + RFC_5802.nonce + SALT + ITERATIONS), false, "in front");
    equal(isAccepted("r=" + RFC_5802.nonce.slice(1) + "xx" + SALT + ITERATIONS), false, "another");
    equal(isAccepted("r=" + RFC_5802.nonce.toUpperCase() + "x" + SALT + ITERATIONS), false, "case");
    equal(isAccepted("r=" + SALT + ITERATIONS), false, "empty");
    equal(isAccepted(SALT.slice(1) + ITERATIONS), false, "none");
  });

  test("too few and too many rounds", function () {
    const asFew = ["4095", "1", "0", "-4096", "", "x", "NaN"];
    const asMany = ["100001", "4294967296", "Infinity"];
    equal(isAccepted(NONCE + SALT + ",i=4096"), true);
    equal(isAccepted(NONCE + SALT + ",i=100000"), true);
    asFew.concat(asMany).forEach(function (iterations) {
      equal(isAccepted(NONCE + SALT + ",i=" + iterations), false, iterations);
    });
    equal(isAccepted(NONCE + SALT), false, "none");
  });

  test("rounds that are no number of digits (RFC 5802 section 7)", function () {
    ["4096.5", "1e4", "0x1000", " 4096", "4096 ", "+4096"].forEach(function (iterations) {
      equal(isAccepted(NONCE + SALT + ",i=" + iterations), false, iterations);
    });
  });

  test("a salt that is missing, empty, or no base64", function () {
    equal(isAccepted(NONCE + ITERATIONS), false, "none");
    equal(isAccepted(NONCE + ",s=" + ITERATIONS), false, "empty");
    equal(isAccepted(NONCE + ",s=QSXCR+Q6sek8bf9" + ITERATIONS), false, "cut");
    equal(isAccepted(NONCE + ",s=QSXCR-Q6sek8bf92" + ITERATIONS), false, "another alphabet");
    equal(isAccepted(NONCE + ",s= QSXCR+Q6sek8bf92" + ITERATIONS), false, "a blank");
    equal(isAccepted(NONCE + ",s=Zh==" + ITERATIONS), false, "bits that nobody reads");
  });

  test("an extension that the server insists on (m=)", function () {
    equal(isAccepted("m=x," + NONCE + SALT + ITERATIONS), false);
    equal(isAccepted(NONCE + SALT + ITERATIONS + ",x=y"), true, "an optional one");
  });

  test("messages that are none", function () {
    ["", ",", "=", "r", "e=unknown-user", "\0\xff"].forEach(function (message) {
      equal(isAccepted(message), false, message);
    });
  });
});
