import assert from "node:assert/strict";
import { certifierFor, checkCertifiers } from "../../../src/desktop/openspime/certifiers.js";
import type { AcceptedCertifier } from "../../../src/desktop/openspime/certifiers.js";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";

const CERT = "services@spime.example/cert";
const OWNERS = "cert.owners.example";
const OSID = "4a6b@spime.example/spime";

const bound = (...domains: string[]) => ({ jid: CERT, domains });

function outcome(osid: string, cert: string, accepted: readonly AcceptedCertifier[]): string {
  const found = certifierFor(osid, cert, accepted);
  return "value" in found ? found.value : found.fault.condition;
}

describe("OpenSpime: certification services", () => {
  const believed: [name: string, osid: string, accepted: AcceptedCertifier[]][] = [
    ["the only one, about everybody", "a@elsewhere.example/b", [CERT]],
    [
      "the only one, though it is there twice",
      "a@elsewhere.example/b",
      [CERT, CERT.toUpperCase().replace("/CERT", "/cert")],
    ],
    ["one of two, about its own domain", OSID, [CERT, OWNERS]],
    [
      "one of two, about its own domain in another spelling",
      "4A6B@SPIME.example/spime",
      [OWNERS, CERT],
    ],
    [
      "a domain's, about who is there",
      "a@owners.example/b",
      [bound("x.example", "Owners.Example")],
    ],
    [
      "a bare JID's, about its resources",
      "a@owners.example/B",
      [OWNERS, bound("A@owners.example")],
    ],
    ["a full JID's, about this one", "a@owners.example/B", [OWNERS, bound("a@owners.example/B")]],
    ["one that is there twice, about both", OSID, [bound("x.example"), bound("spime.example")]],
  ];
  for (const [name, osid, accepted] of believed) {
    it(`believes ${name}`, () => {
      const found = outcome(osid, "SERVICES@spime.example/cert", accepted);
      assert.equal(found.toLowerCase(), CERT);
    });
  }

  const refused: [name: string, osid: string, accepted: AcceptedCertifier[]][] = [
    ["one of two, about another domain", "a@elsewhere.example/b", [CERT, OWNERS]],
    ["one of two, about a domain below its own", "a@sub.spime.example/b", [CERT, OWNERS]],
    ["one of two, about the domain above", "a@example/b", [CERT, OWNERS]],
    ["a domain's, about another, though it is the only one", OSID, [bound("owners.example")]],
    ["a domain's, about one below", "a@x.owners.example/b", [bound("owners.example")]],
    ["a bare JID's, about another", "b@owners.example/B", [bound("a@owners.example")]],
    ["a full JID's, about another resource", "a@owners.example/b", [bound("a@owners.example/B")]],
    ["who is not accepted", OSID, [OWNERS]],
    ["anybody, where nobody is accepted", OSID, []],
  ];
  for (const [name, osid, accepted] of refused) {
    it(`does not believe ${name}`, () => {
      assert.equal(outcome(osid, CERT, accepted), "signature-error-invalid-cert-auth");
    });
  }

  const mistakes: [name: string, accepted: AcceptedCertifier, message: RegExp][] = [
    ["an address that is none", "a b@c", /^acceptedCertifiers: "a b@c"$/],
    ["a bound one's address", { jid: "", domains: ["x.example"] }, /^acceptedCertifiers: ""$/],
    ["a domain that is none", bound("x.example", "a b"), /^acceptedCertifiers: "a b"$/],
    ["no domains", bound(), /^acceptedCertifiers: no domains for services@/],
  ];
  for (const [name, accepted, message] of mistakes) {
    it(`names the field for ${name}`, async () => {
      assert.throws(() => checkCertifiers("acceptedCertifiers", [CERT, accepted]), {
        name: "TypeError",
        message,
      });
      const login = { service: "xmpp://127.0.0.1:1", domain: "x.example", secret: "x" };
      const options = { ...login, acceptedCertifiers: [accepted], onReport: () => {} };
      await assert.rejects(startScopeNode(options), { name: "TypeError", message });
    });
  }
});
