// The hash of what a board tells about itself, computed as XEP-0115 section 5.1 says.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { discoInfo, PRESENCE } from "../../src/firmware/xmpp/discovery.js";
import { stanza } from "../portable/fake-server.js";

describe("xmpp/discovery", () => {
  const query = stanza(discoInfo(undefined));

  it("XEP-0115: the hash in the presence is that of the answer to disco#info", () => {
    const { category = "", type = "" } = query.children[0]?.attributes ?? {};
    const features = query.children.slice(1).map(({ attributes }) => attributes["var"] ?? "");
    const text = [`${category}/${type}//`, ...features.sort()].map((part) => `${part}<`).join("");
    const caps = stanza(PRESENCE).children[1]?.attributes;
    assert.deepEqual(
      [caps?.["hash"], caps?.["ver"]],
      ["sha-1", createHash("sha1").update(text).digest("base64")],
    );
  });

  it("XEP-0030: one identity, and the features that it has", () => {
    assert.deepEqual(
      query.children.map(({ name, attributes }) => [name, attributes["var"]]),
      [
        ["identity", undefined],
        ["feature", "http://jabber.org/protocol/disco#info"],
        ["feature", "openspime:protocol:core"],
        ["feature", "urn:xmpp:ping"],
      ],
    );
    assert.equal(query.namespace, "http://jabber.org/protocol/disco#info");
  });
});
