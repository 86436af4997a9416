// The configuration that a store gives: its first wrong field is named.

import { checkedConfiguration } from "../../src/firmware/configuration.js";
import type { Configuration } from "../../src/firmware/configuration.js";
import { equal, suite, thrownBy } from "./suite.js";

const GOOD =
  '{"host":"127.0.0.1","port":5223,"tls":true,"jid":"4a6b@spime.example/spime",' +
  '"password":"pencil","scopenode":"775b@scopenode.example/co2","exposure":"outdoor",' +
  '"samplePeriodS":60}';

interface Values {
  [name: string]: unknown;
}

/** The good one as a store gives it, with one field changed. */
function withField(name: string, value: unknown): Configuration {
  const values: Values = JSON.parse(GOOD);
  values[name] = value;
  return values as unknown as Configuration;
}

function withoutField(name: string): Configuration {
  const good: Values = JSON.parse(GOOD);
  const values: Values = {};
  for (const key in good) if (key !== name) values[key] = good[key];
  return values as unknown as Configuration;
}

/** Each field, what it must be, and values that are something else. */
const FIELDS: [string, string, unknown[]][] = [
  ["host", "string", [1, true, null, {}, ""]],
  ["port", "number", ["5223", true, null, [5223]]],
  ["tls", "boolean", ["true", 1, 0, null]],
  ["jid", "string", [1, null, ["a@b"], ""]],
  ["password", "string", [12345, null, ""]],
  ["scopenode", "string", [false, null, ""]],
  ["exposure", "string", [0, null, false]],
  ["samplePeriodS", "number", ["60", null, true, ""]],
];

export const configurationSuite = suite("configuration", function (test) {
  function refusalOf(configuration: Configuration): string {
    return thrownBy(function () {
      checkedConfiguration(configuration);
    });
  }

  test("a good one comes back as it is", function () {
    const good: Configuration = JSON.parse(GOOD);
    equal(checkedConfiguration(good) === good, true);
    equal(JSON.stringify(good), GOOD.slice(0, -1) + ',"certifier":"","encrypt":false,"sign":true}');
  });

  test("a certification service to sign with, and to encrypt with", function () {
    equal(typeof checkedConfiguration(withField("certifier", "c@spime.example/cert")), "object");
    const both = withField("certifier", "c@spime.example/cert");
    both.encrypt = true;
    equal(checkedConfiguration(both) === both, true);
  });

  test("what is told of the place is one of what there is", function () {
    const refusal = "configuration: samples.location must be one of exact coarse none";
    equal(refusalOf(withField("samples", { location: "corase" })), refusal);
    equal(refusalOf(withField("samples", { location: "" })), refusal);
    equal(
      refusalOf(withField("samples", { withoutFix: "last" })),
      "configuration: samples.withoutFix must be one of gap last-known",
    );
    const good = withField("samples", { location: "none", withoutFix: "last-known" });
    equal(checkedConfiguration(good) === good, true);
    const bare = withField("samples", {});
    equal(checkedConfiguration(bare) === bare, true);
  });

  test("owners are a list where they decide, and the PubSub service is a text", function () {
    const refusal = "configuration: claims.owners must be a list";
    equal(refusalOf(withField("claims", { policy: "owners" })), refusal);
    equal(refusalOf(withField("claims", { policy: "owners", owners: "a@b" })), refusal);
    const good = withField("claims", { policy: "owners", owners: ["a@b"], days: 1 });
    equal(checkedConfiguration(good) === good, true);
    equal(refusalOf(withField("pubsub", 1)), "configuration: pubsub must be a string");
  });

  test("reports are signed unless the configuration says no", function () {
    equal(checkedConfiguration(withField("sign", false)).sign, false);
    equal(refusalOf(withField("sign", "no")), "configuration: sign must be a boolean");
    equal(refusalOf(withField("sign", null)), "configuration: sign must be a boolean");
  });

  test("to encrypt without a certification service that has the keys is not possible", function () {
    const refusal = "configuration: certifier must be a string";
    equal(refusalOf(withField("encrypt", true)), refusal);
    equal(refusalOf(withField("certifier", 5)), refusal);
    equal(refusalOf(withField("encrypt", "yes")), "configuration: encrypt must be a boolean");
  });

  test("more than is asked for does not matter", function () {
    equal(typeof checkedConfiguration(withField("wifi", { ssid: "x", password: "y" })), "object");
    equal(typeof checkedConfiguration(withField("colour", "red")), "object");
  });

  test("no exposure is an exposure", function () {
    equal(typeof checkedConfiguration(withField("exposure", "")), "object");
  });

  test("no TLS is a choice", function () {
    equal(typeof checkedConfiguration(withField("tls", false)), "object");
  });

  FIELDS.forEach(function (row) {
    const refusal = "configuration: " + row[0] + " must be a " + row[1];

    test(row[0] + " is missing", function () {
      equal(refusalOf(withoutField(row[0])), refusal);
    });

    test(row[0] + " is something else", function () {
      row[2].forEach(function (value) {
        equal(refusalOf(withField(row[0], value)), refusal, JSON.stringify(value));
      });
    });
  });

  test("the first wrong field of several, and no value", function () {
    equal(refusalOf(JSON.parse("{}")), "configuration: host must be a string");
    equal(refusalOf(withField("password", 98765)).indexOf("98765"), -1);
  });
});
