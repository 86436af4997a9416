import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileNameOf, KeyStore } from "../../../src/desktop/certification/key-store.js";
import { publicKey, readPem } from "../openspime/support.js";

const JID = "4A6B-5638-0312111D@spime.openspime.com/spime";

describe("Certification service: keys", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "microspime-keys-"));
  });

  after(() => rm(folder, { recursive: true }));

  it("reads a folder, of a private key the public half", async () => {
    assert.equal(fileNameOf(JID), "4a6b-5638-0312111d@spime.openspime.com%2Fspime.pem");
    await writeFile(join(folder, fileNameOf(JID)), readPem("spime-1024"));
    await writeFile(join(folder, "notes.txt"), "not a key");
    const store = new KeyStore(folder);
    await store.load();
    assert.equal(store.size, 1);
    assert.ok(store.find(JID.replace("D@", "d@"))?.equals(publicKey("spime-1024")));
    assert.equal(store.find(JID)?.type, "public");
    assert.equal(store.find(`${JID}x`), undefined);
  });

  it("keeps what it had when a key is wrong", async () => {
    const pems = new Map([[JID, readPem("spime-1024.pub")]]);
    const store = new KeyStore(pems);
    await store.load();
    pems.set("a@b/c", "no key");
    const message = "keys: a@b/c: not a PEM of an unencrypted public key";
    await assert.rejects(store.load(), { name: "TypeError", message });
    assert.ok(store.find(JID));
  });

  const rows: [name: string, source: string | Map<string, string>, message: RegExp | object][] = [
    ["a folder that is missing", "/nonexistent", { code: "ENOENT" }],
    ["no address", new Map([["a b", readPem("spime-1024.pub")]]), /"a b" is no address/],
    [
      "two keys for one",
      new Map([JID, JID.toLowerCase()].map((jid) => [jid, readPem("spime-1024.pub")])),
      /two for 4a6b/,
    ],
  ];
  for (const [name, source, message] of rows) {
    it(`rejects ${name}`, () => assert.rejects(new KeyStore(source).load(), message));
  }
});
