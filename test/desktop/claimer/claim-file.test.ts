// Claims in files: who can read them, and what they are never written over.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkPlaceOf,
  claimFileOf,
  readClaim,
  writeClaim,
} from "../../../src/desktop/claimer/index.js";
import type { Claim } from "../../../src/desktop/claimer/index.js";
import { ExitCode } from "../../../src/desktop/failure.js";
import { assertFails } from "./failures.js";
import { CERTIFIER_JID, OWNER, OWNER_JID, SPIME_JID } from "./world.js";

const { usage } = ExitCode;

const claim: Claim = {
  spime: SPIME_JID,
  osid: OWNER_JID,
  authorizes: OWNER,
  expiresAt: new Date("2099-01-02T03:04:05Z"),
  certifier: CERTIFIER_JID,
  claimKey: "AAAA",
};
const newer = { ...claim, expiresAt: new Date("2100-01-01T00:00:00Z"), claimKey: "BBBB" };

describe("Claimer: claim file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "microspime-claim-"));
    path = join(folder, "claim.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is read as it was written, and by its owner alone", async () => {
    await writeClaim(path, claim);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(await readClaim(path), claim);
    const unknown = { ...claim };
    delete unknown.certifier;
    await writeClaim(`${path}2`, unknown);
    assert.deepEqual(await readClaim(`${path}2`), unknown);
    assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), {
      spime: SPIME_JID,
      osid: OWNER_JID,
      authorizes: OWNER,
      expires: "2099-01-02T03:04:05.000Z",
      certifier: CERTIFIER_JID,
      claimkey: "AAAA",
    });
  });

  it("gives way to a newer claim of the same spime, also where others could read it", async () => {
    await writeClaim(path, claim);
    const text = readFileSync(path, "utf8").replace("4a6b", "4A6B");
    writeFileSync(`${path}2`, text, { mode: 0o644 });
    for (const place of [path, `${path}2`]) {
      await checkPlaceOf(place, newer);
      await writeClaim(place, newer);
      assert.deepEqual(await readClaim(place), newer);
      assert.equal(statSync(place).mode & 0o777, 0o600);
    }
  });

  const strangers: [name: string, content: string][] = [
    ["something else", "diary"],
    ["another JSON", "null"],
    ["a claim of another spime", JSON.stringify(fieldsOf({ spime: `x${SPIME_JID}` }))],
    ["a claim of another's", JSON.stringify(fieldsOf({ osid: `${OWNER}/home` }))],
  ];

  for (const [name, content] of strangers) {
    it(`does not replace ${name}, and leaves nothing beside it`, async () => {
      writeFileSync(path, content);
      for (const task of [checkPlaceOf, writeClaim]) {
        await assertFails(task(path, claim), usage, /json is there already, and/, /another --out/);
      }
      assert.equal(readFileSync(path, "utf8"), content);
      assert.deepEqual(readdirSync(folder), ["claim.json"]);
    });
  }

  it("says that it cannot be written", async () => {
    const nowhere = join(folder, "missing", "claim.json");
    for (const task of [checkPlaceOf, writeClaim]) {
      await assertFails(task(nowhere, claim), usage, /cannot be written \(ENOENT\)/, /--out/);
    }
    await assertFails(writeClaim(folder, claim), usage, /cannot be written \(EISDIR\)/, /--out/);
  });

  const broken: [name: string, content: string, RegExp][] = [
    ["JSON", "{", /json is no claim: not JSON\.$/],
    ["an object", "7", /is no claim: expires is missing/],
    ["a date", JSON.stringify(fieldsOf({ expires: "tomorrow" })), /expires is no date/],
    ["an address", JSON.stringify(fieldsOf({ spime: "a b" })), /spime is no address/],
    ["a certifier", JSON.stringify(fieldsOf({ certifier: 7 })), /certifier is missing/],
    ["a claim key", JSON.stringify(fieldsOf({ claimkey: "" })), /claimkey is missing/],
  ];

  for (const [name, content, message] of broken) {
    it(`is refused where it has not ${name}`, async () => {
      writeFileSync(path, content);
      await assertFails(readClaim(path), usage, message, /microspime claim writes/);
    });
  }

  it("is refused where it is not", async () => {
    await assertFails(readClaim(path), usage, /cannot be read \(ENOENT\)/, /microspime claim/);
  });

  it("has the spime's name", () => {
    assert.equal(claimFileOf("4A6B-5638@spime.example/spime"), "4a6b-5638.claim.json");
    assert.equal(claimFileOf("a%2fb@spime.example/y"), "a%252fb.claim.json");
    assert.equal(claimFileOf("spime.example/y"), "spime.example.claim.json");
  });
});

function fieldsOf(changes: Record<string, unknown>): Record<string, unknown> {
  const { expiresAt, claimKey: claimkey, ...rest } = claim;
  return { ...rest, expires: expiresAt.toISOString(), claimkey, ...changes };
}
