// The JSON Schema of a board's configuration: it has the fields that the firmware reads and the document names, lets
// nothing in that the firmware refuses, and each fault is told by its field.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import {
  configurationSchema,
  faultsIn,
} from "../../../src/desktop/provisioning/configuration-check.js";
import { checkedConfiguration } from "../../../src/firmware/configuration.js";
import type { Configuration } from "../../../src/firmware/configuration.js";
import { linesOf, runProgram } from "../cli/program.js";

/** With every field. */
const WHOLE: Configuration & { fingerprint: string } = {
  host: "xmpp.example.org",
  port: 5223,
  tls: true,
  jid: "board@example.org/spime",
  password: "secret-4711",
  scram:
    "SCRAM-SHA-256$4096:QSXCR+Q6sek8bf92$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
  mechanism: "SCRAM-SHA-256",
  fingerprint: "AB:".repeat(31) + "CD",
  linkTimeoutS: 60,
  scopenode: "node@scopenode.example.org/co2",
  certifier: "services@example.org/cert",
  sign: true,
  encrypt: true,
  claims: { policy: "button", owners: ["owner@example.org"], code: "1", windowS: 60, days: 365 },
  pubsub: "pubsub.example.org",
  exposure: "outdoor",
  samplePeriodS: 60,
  samples: {
    ...{ location: "coarse", withoutFix: "gap", leastPpm: 100, mostPpm: 5000, mostStepPpm: 0 },
  },
  queue: { whenFull: "thin", pages: 3 },
  reports: {
    ...{ entries: 20, periodS: 600, changePpm: 100, first: "live", restS: 1, retryS: 30 },
    ...{ quietFromHour: 22, quietUntilHour: 6 },
  },
  sleep: { awakeS: 180, asleepS: 2147 },
  statusTo: "owner@example.org/web",
  co2PreheatS: 0,
  updates: { trialS: 900, downgrade: false },
  wifi: { ssid: "Caf\u00c3\u00a9", password: "12345678" },
  uartPaths: { gps: "/dev/ttyS0", co2: "/dev/ttyS1" },
};

const LEAST: Configuration = {
  ...{ host: "10.0.0.1", port: 5222, tls: false, jid: "b@d/r", password: "x" },
  ...{ scopenode: "n@s/c", exposure: "", samplePeriodS: 0.5 },
};

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

const schema = configurationSchema() as Schema;
const fieldsOf = ({ properties = {} }: Schema) =>
  Object.keys(properties).filter((name) => name !== "$schema");

/** What the interfaces of the firmware declare, with what they inherit. */
function declaredIn(name: string): string[] {
  const file = "src/firmware/configuration.ts";
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022);
  const found = source.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  ) as ts.InterfaceDeclaration;
  const own = found.members.map((member) => (member.name as ts.Identifier).text);
  const parents = (found.heritageClauses ?? []).flatMap(({ types }) =>
    types.map(({ expression }) => (expression as ts.Identifier).text),
  );
  return [...own, ...parents.flatMap(declaredIn)];
}

/** The first column of the table that comes behind these words. */
function documentedBehind(words: string): string[] {
  const [, rest = ""] = readFileSync("docs/configuration.md", "utf8").split(words);
  const rows = /\n\| field.*\n\|[ -|]+\n((?:\|.*\n)+)/.exec(rest)?.[1] ?? "";
  return linesOf(rows).flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
  );
}

function withField(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(WHOLE)) as Record<string, unknown>;
  const names = path.split(".");
  const last = names.pop() ?? "";
  let at = copy;
  for (const name of names) at = at[name] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

describe("the schema of a board's configuration", () => {
  const parts: [field: string, name: string][] = [
    ["claims", "ClaimsSettings"],
    ["samples", "SampleSettings"],
    ["queue", "QueueSettings"],
    ["reports", "ReportSettings"],
    ["sleep", "SleepSettings"],
    ["updates", "UpdateSettings"],
    ["wifi", "WifiSettings"],
  ];

  it("has the fields that the firmware declares, and the fingerprint that only Node asks for", () => {
    const declared = [...declaredIn("Configuration"), "fingerprint"];
    assert.deepEqual(fieldsOf(schema).sort(), declared.sort());
    for (const [field, name] of parts) {
      assert.deepEqual(fieldsOf(schema.properties![field]!).sort(), declaredIn(name).sort(), field);
    }
  });

  it("has the fields that docs/configuration.md has", () => {
    assert.deepEqual(fieldsOf(schema).sort(), documentedBehind("# A board").sort());
    for (const field of ["samples", "queue", "reports"]) {
      const documented = documentedBehind(`\`${field}\` has`);
      assert.deepEqual(fieldsOf(schema.properties![field]!).sort(), documented.sort(), field);
    }
  });

  it("lets in what has every field, and what has the least", () => {
    for (const right of [WHOLE, LEAST]) {
      assert.deepEqual(faultsIn(right), []);
      checkedConfiguration(JSON.parse(JSON.stringify(right)) as Configuration);
    }
  });

  /** What each may be besides, which the firmware takes too. */
  const variants: [path: string, values: unknown[]][] = [
    ["password", [undefined]],
    ["scram", [undefined]],
    ["mechanism", ["SCRAM-SHA-1"]],
    ["fingerprint", ["ab".repeat(32)]],
    ["certifier", ["cert.example.org", "cert.example.org/x"]],
    ["exposure", ["indoor", ""]],
    ["samples.location", ["exact", "none"]],
    ["samples.withoutFix", ["last-known"]],
    ["queue.whenFull", ["oldest"]],
    ["reports.first", ["oldest"]],
    ["claims", [{ policy: "none" }, { policy: "open", days: 1 }, { policy: "first", days: 1 }]],
    ["claims", [{ policy: "code", code: "12", days: 1 }, undefined]],
    ["wifi.password", ["", "0".repeat(64)]],
  ];
  for (const [path, values] of variants) {
    it(`lets ${path} be ${values.map((value) => JSON.stringify(value)).join(", ")}`, () => {
      for (const value of values) {
        const varied = withField(path, value);
        assert.deepEqual(faultsIn(varied), []);
        checkedConfiguration(varied as Configuration);
      }
    });
  }

  /** `true`: the firmware refuses it too, and names the field. */
  const wrong: [path: string, value: unknown, fault: RegExp, isFirmwares?: boolean][] = [
    ["host", undefined, /^is missing: it must be the server's name/, true],
    ["host", "", /^must be the server's name/, true],
    ["port", "5222", /^must be a whole number from 1 to 65535$/, true],
    ["port", 0, /^must be a whole number from 1/, true],
    ["port", 65536, /^must be a whole number/],
    ["tls", "yes", /^must be true or false$/, true],
    ["jid", undefined, /^is missing: it must be a full address like/, true],
    ["jid", "board@example.org", /^must be a full address like/],
    ["password", 4711, /^must be a text/],
    ["scram", "PLAIN$1:a$b:c", /^must be MECHANISM\$/],
    ["mechanism", "PLAIN", /^must be SCRAM-SHA-256 or/],
    ["fingerprint", "ab", /^must be a SHA-256: 64/],
    ["scopenode", undefined, /^is missing: it must be an address/, true],
    ["certifier", "services@example.org", /^must be a full address like services@/],
    ["encrypt", 1, /^must be true or false/, true],
    ["exposure", "space", /^must be outdoor, indoor or empty$/],
    ["exposure", undefined, /^is missing: it must be outdoor/, true],
    ["samplePeriodS", 0, /^must be a number above 0/, true],
    ["samples.location", "here", /^must be exact, coarse or none$/, true],
    ["samples.withoutFix", "guess", /^must be gap or last-known$/, true],
    ["samples.leastPpm", 6000, /^must be mostPpm at most/],
    ["queue.whenFull", "newest", /^must be oldest or thin$/, true],
    ["queue.pages", 2, /^must be a whole number from 3/, true],
    ["reports.entries", 21, /^must be a whole number from 1 to 20$/, true],
    ["reports.entries", 1.5, /^must be a whole number from 1 to 20$/, true],
    ["reports.first", "newest", /^must be oldest or live$/, true],
    ["reports.quietUntilHour", undefined, /^is missing: it must be an hour/],
    ["sleep.asleepS", 2148, /^must be a number above 0, 2147 at most$/],
    ["claims.policy", "friends", /^must be none, open, owners/],
    ["claims.days", undefined, /^is missing: it must be a number above 0$/],
    ["claims.windowS", undefined, /^is missing: it must be a number above 0$/],
    ["co2PreheatS", "60", /^must be a number from 0/, true],
    ["updates.trialS", 0, /^must be a number above 0$/],
    ["updates.downgrade", "no", /^must be true or false$/],
    ["wifi.ssid", "x".repeat(33), /^must be a text of 1 to 32 bytes$/],
    ["wifi.password", "1234567", /^must be 8 to 63 characters/],
    ["wifi.ssid", "Caf\u00e9", /^must be UTF-8 written byte by byte/],
    ["colour", "red", /^is no field of a configuration$/],
    ["samples.colour", "red", /^is no field of a configuration$/],
  ];
  for (const [path, value, fault, isFirmwares] of wrong) {
    it(`refuses ${path} as ${JSON.stringify(value)}, by that name`, () => {
      const varied = withField(path, value);
      const faults = faultsIn(varied);
      assert.deepEqual(
        faults.map(({ field }) => field),
        [path],
      );
      assert.match(faults[0]!.fault, fault);
      if (!isFirmwares) return;
      const name = new RegExp(`^configuration: ${path.replace(".", "\\.")} must be`);
      assert.throws(() => checkedConfiguration(varied as Configuration), { message: name });
    });
  }

  const together: [name: string, changed: object, field: string, fault: RegExp][] = [
    [
      "neither password nor scram",
      { password: undefined, scram: undefined },
      "password",
      /^is missing, and so is scram$/,
    ],
    [
      "encryption without a certification service",
      { certifier: "", claims: undefined },
      "certifier",
      /^must be named, because/,
    ],
    ["claims without one", { certifier: undefined, encrypt: false }, "certifier", /^is missing/],
    [
      "owners without a list",
      { claims: { policy: "owners", days: 1 } },
      "claims.owners",
      /^is missing: it must be a list/,
    ],
    ["a code without one", { claims: { policy: "code", days: 1 } }, "claims.code", /^is missing/],
  ];
  for (const [name, changed, field, fault] of together) {
    it(`refuses ${name}`, () => {
      const faults = faultsIn(JSON.parse(JSON.stringify({ ...WHOLE, ...changed })));
      assert.deepEqual(
        faults.map((found) => found.field),
        [field],
      );
      assert.match(faults[0]!.fault, fault);
    });
  }

  for (const whole of [null, [], 5, "text"]) {
    it(`refuses ${JSON.stringify(whole)} in the place of all`, () => {
      assert.deepEqual(faultsIn(whole), [{ field: "", fault: "must be an object" }]);
    });
  }
});

describe("microspime check-configuration", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "microspime-check-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function check(text: string, ...options: string[]) {
    const file = join(folder, "microspime.json");
    writeFileSync(file, text);
    return runProgram(["check-configuration", file, ...options]);
  }

  it("says that all is right", async () => {
    const { status, stdout, stderr } = await check(JSON.stringify(LEAST));
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /microspime\.json is right\.\n$/);
  });

  it("names each wrong field and what it may be, and no value", async () => {
    const text = JSON.stringify({ ...LEAST, port: "secret-1", password: 4711, colour: "red" });
    const { status, stdout, stderr } = await check(text);
    assert.equal(status, 2);
    assert.deepEqual(linesOf(stdout).sort(), [
      "colour is no field of a configuration",
      "password must be a text that is not empty",
      "port must be a whole number from 1 to 65535",
    ]);
    assert.match(stderr, /microspime\.json: 3 fields are wrong\.\ndocs\/configuration\.md/);
    assert.doesNotMatch(stdout + stderr, /secret-1|4711|red/);
  });

  it("is JSON for scripts", async () => {
    const { status, stdout } = await check(JSON.stringify({ ...LEAST, tls: 1 }), "--json");
    assert.equal(status, 2);
    const fault = { event: "fault", field: "tls", fault: "must be true or false" };
    assert.deepEqual(
      linesOf(stdout).map((line) => JSON.parse(line) as object),
      [fault],
    );
  });

  it("refuses what is no JSON, and what is not there", async () => {
    const { status, stderr } = await check("{");
    assert.equal(status, 2);
    assert.match(stderr, /microspime\.json is no JSON\.\nMend it/);
    const missing = await runProgram(["check-configuration", join(folder, "none")]);
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /cannot be read \(ENOENT\)\.\n/);
    assert.match((await runProgram(["check-configuration"])).stderr, /No file is named\.\n/);
  });

  it("prints the schema that is published", async () => {
    const { stdout } = await runProgram(["check-configuration", "--schema"]);
    const published = readFileSync("schema/microspime.schema.json", "utf8");
    assert.deepEqual(JSON.parse(stdout), JSON.parse(published));
  });
});
