// RFC 9525 section 6.3, name by name, and what is no fingerprint.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { certificateFaultOf, foldFingerprint } from "../../../src/desktop/certificates/index.js";
import { tlsOptions } from "../../../src/desktop/certificates/index.js";
import { identityFault } from "../../../src/desktop/certificates/server-identity.js";
import { newCertificate } from "../../support/certificates.js";
import type { Wanted } from "../../support/certificates.js";

describe("Certificates: the name", () => {
  const faultOf = async (domain: string, wanted: Wanted) =>
    identityFault(domain, new X509Certificate((await newCertificate(wanted)).cert).raw);

  const names: [domain: string, names: string[], isRight: boolean][] = [
    ["im.example.org", ["im.example.org"], true],
    ["IM.example.ORG", ["im.example.org"], true],
    ["im.example.org", ["other.example", "im.example.org"], true],
    ["im.example.org", ["*.example.org"], true],
    ["bücher.example.org", ["xn--bcher-kva.example.org"], true],
    ["example.org", ["*.example.org"], false],
    ["a.im.example.org", ["*.example.org"], false],
    ["im.example.org", ["i*.example.org"], false],
    ["im.example.org", ["im.*.org"], false],
    ["im.example.org", ["example.org"], false],
    ["im.example.org", ["im.example.org.evil.example"], false],
    ["127.0.0.1", ["127.0.0.1"], false],
  ];
  for (const [domain, given, isRight] of names) {
    it(`${given.join(", ")} is ${isRight ? "" : "not "}that of ${domain}`, async () => {
      assert.equal((await faultOf(domain, { names: given })) === undefined, isRight);
    });
  }

  it("in the subject is none", async () => {
    const fault = await faultOf("example.org", { commonName: "example.org" });
    assert.match(`${fault?.message}`, /is not for example.org, but for no name at all/);
    assert.equal(certificateFaultOf(fault), "certificate-wrong-name");
  });

  it("of others is told only so far", async () => {
    const many = Array.from({ length: 50 }, (_, index) => `host${index}.example.net`);
    const fault = await faultOf("example.org", { names: many });
    assert.ok(`${fault?.message}`.length < 200);
  });
});

describe("Certificates: the fingerprint", () => {
  const pairs = Array.from({ length: 32 }, (_, index) => (index + 160).toString(16));
  const folded = pairs.join(":").toUpperCase();

  it("is read with colons and without, in either case", () => {
    for (const text of [folded, pairs.join(":"), pairs.join(""), ` ${pairs.join("")}\n`]) {
      assert.equal(foldFingerprint(text), folded);
    }
  });

  it("is nothing else", () => {
    const others = ["", pairs.slice(1).join(":"), `${folded}:AA`, pairs.join("-"), `${folded}:`];
    for (const text of [...others, pairs.join("").replace("a", "g"), `a:${pairs.join("")}`]) {
      assert.equal(foldFingerprint(text), undefined, text);
    }
    assert.throws(
      () => tlsOptions("example.org", { fingerprint: "AA:BB" }),
      /^TypeError: fingerprint: /,
    );
  });
});

describe("Certificates: faults", () => {
  it("are those of certificates only", () => {
    const error = (code: string) => Object.assign(new Error(), { code });
    assert.equal(certificateFaultOf(error("CERT_REVOKED")), "certificate-invalid");
    for (const code of ["ECONNREFUSED", "ERR_SSL_WRONG_VERSION_NUMBER", "ENOTFOUND"]) {
      assert.equal(certificateFaultOf(error(code)), undefined);
    }
    assert.equal(certificateFaultOf(new Error("closed")), undefined);
  });
});
