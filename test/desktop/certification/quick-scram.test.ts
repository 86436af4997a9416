import assert from "node:assert/strict";
import type { Entity, Mechanism } from "@xmpp/client";
import { clientOf } from "../../../src/desktop/certification/client-of.js";

/** The exchange of RFC 5802 section 5. */
const LOGIN = { username: "user", password: "pencil" };
const CLIENT_NONCE = "fyko+d2lbbFgONRv9qkxdawL";
const CLIENT_FIRST = `n,,n=user,r=${CLIENT_NONCE}`;
const NONCE = `${CLIENT_NONCE}3rfcNHYJY1ZVvWVs7j`;
const SERVER_FIRST = `r=${NONCE},s=QSXCR+Q6sek8bf92,i=4096`;
const CLIENT_FINAL = `c=biws,r=${NONCE},p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=`;

type Scram = Mechanism & { challenge(text: string): void };

function scramOf({ saslFactory }: Entity): Scram {
  const entry = saslFactory._mechs.find(({ name }) => name === "SCRAM-SHA-1");
  const Made = entry?.mech as unknown as new (options: object) => Scram;
  return new Made({ genNonce: () => CLIENT_NONCE });
}

const place = { service: "xmpp://127.0.0.1:1", domain: "example.org", resource: "x" };
const clients: [string, Entity][] = [
  ["that verifies a certificate", clientOf(place, {}, LOGIN)],
  ["that believes one", clientOf(place, { fingerprint: "00".repeat(32) }, LOGIN)],
  ["that believes any", clientOf(place, { isTrusting: true }, LOGIN)],
];

describe("SCRAM of a client", () => {
  for (const [kind, entity] of clients) {
    it(`${kind}: the exchange of RFC 5802, in no time`, async () => {
      const scram = scramOf(entity);
      assert.equal(await scram.response(LOGIN), CLIENT_FIRST);
      scram.challenge(SERVER_FIRST);
      const calls: unknown[] = [];
      const { sign } = crypto.subtle;
      crypto.subtle.sign = (...given) => (calls.push(given), sign.apply(crypto.subtle, given));
      try {
        assert.equal(await scram.response(LOGIN), CLIENT_FINAL);
      } finally {
        crypto.subtle.sign = sign;
      }
      assert.equal(calls.length, 4, "a trip to another thread for each round");
    });
  }

  for (const rounds of ["1000001", "x"]) {
    it(`does no ${rounds} rounds`, async () => {
      const scram = scramOf(clients[0]![1]);
      await scram.response(LOGIN);
      scram.challenge(SERVER_FIRST.replace("4096", rounds));
      await assert.rejects(
        async () => scram.response(LOGIN),
        /^Error: the server wants \w+ rounds of SCRAM$/,
      );
    });
  }
});
