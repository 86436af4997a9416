import assert from "node:assert/strict";
import { formatJid, parseJid } from "../../../src/desktop/server/jid.js";

const fold = (text: string) => {
  const jid = parseJid(text);
  return jid === undefined ? undefined : formatJid(jid);
};

describe("server: jid", () => {
  it("folds the localpart and the domain, never the resource", () => {
    assert.equal(
      fold("4A6B-5638-0312111D@Spime.Example/Web"),
      "4a6b-5638-0312111d@spime.example/Web",
    );
    assert.equal(fold("E\u0301@x/E\u0301"), "\u00e9@x/\u00c9");
    assert.equal(fold("x."), "x");
  });

  it("cuts at the first slash, then at the at-sign before it", () => {
    assert.deepEqual(parseJid("a@b/c@d/e"), { local: "a", domain: "b", resource: "c@d/e" });
    assert.deepEqual(parseJid("b/c@d"), { local: "", domain: "b", resource: "c@d" });
  });

  it("refuses what RFC 7622 does not allow", () => {
    const long = "l".repeat(1024);
    for (const text of ["", "@b", "a@", "a@b/", "a b@c", "a<@c", "a@b c", "a@b/\u0007", "/r"]) {
      assert.equal(parseJid(text), undefined, JSON.stringify(text));
    }
    for (const text of [`${long}@b`, long, `a@b/${long}`]) assert.equal(parseJid(text), undefined);
  });
});
