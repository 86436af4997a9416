import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { canonicalForms } from "../../../src/desktop/openspime/canonical.js";
import { encryptChunks } from "../../../src/desktop/openspime/rsa.js";
import { isSignatureOf, sign } from "../../../src/desktop/openspime/signature.js";
import { decryptTransport, encryptTransport } from "../../../src/desktop/openspime/transport.js";
import { dataXml, entryXml } from "../scopenode/support.js";
import { element, partsOf, privateKey, publicKey, SIZES } from "./support.js";

const recipient = privateKey("scopenode-1024");
const to = publicKey("scopenode-1024");
const data = dataXml(entryXml());
const KEY = Buffer.alloc(32, 1);
const IV = Buffer.alloc(16, 2);

describe("OpenSpime: encrypted transport", () => {
  for (const bits of SIZES) {
    it(`reads back what it wrote, signature included, ${bits} bits`, () => {
      const signature = sign(element(data), privateKey(`spime-${bits}`));
      const encrypted = encryptTransport(data, publicKey(`scopenode-${bits}`));
      const payload = decryptTransport(encrypted, privateKey(`scopenode-${bits}`));
      assert.ok(payload);
      assert.deepEqual(canonicalForms(payload), canonicalForms(element(data)));
      assert.equal(isSignatureOf(payload, signature, publicKey(`spime-${bits}`)), true);
    });
  }

  it("has a key and IV of its own each time, and writes no line breaks", () => {
    const [one, other] = [encryptTransport(data, to), encryptTransport(data, to)];
    assert.notEqual(one.text, other.text);
    assert.match(one.text + one.transportKey, /^[A-Za-z0-9+/=]+$/);
  });

  it("takes white space in the base64", () => {
    const { transportKey, text } = encryptTransport(data, to);
    const broken = (base64: string) => base64.replace(/.{64}/g, "$&\r\n ");
    assert.ok(
      decryptTransport({ transportKey: broken(transportKey), text: broken(text) }, recipient),
    );
  });

  it("takes the author's misspelt and indented key text", () => {
    const root = "xmlsn='openspime:protocol:core:transportkey' version='0.9'";
    assert.ok(decryptTransport(encryptedWith(keyText({ root, space: "\n   " })), recipient));
  });

  const rows: [name: string, text: string][] = [
    ["no XML", "spime"],
    ["another element", keyText({ name: "key" })],
    ["another namespace", keyText({ root: "xmlns='other'" })],
    ["a short key", keyText({ key: Buffer.alloc(31).toString("base64") })],
    ["a long IV", keyText({ iv: Buffer.alloc(17).toString("base64") })],
    ["a key that is not base64", keyText({ key: "*".repeat(44) })],
    ["no IV", keyText({ iv: "" })],
    ["a third element", keyText({ space: "<more/>" })],
    ["a DOCTYPE", `<!DOCTYPE a>${keyText({})}`],
  ];
  for (const [name, text] of rows) {
    it(`one failure: transport key with ${name}`, () => {
      assert.equal(decryptTransport(encryptedWith(text), recipient), undefined);
    });
  }

  const contents: [name: string, content: string | Buffer][] = [
    ["no XML", "spime"],
    ["nothing", ""],
    ["two elements", data + data],
    ["text beside the element", `${data}x`],
    ["an open element", "<data>"],
    ["an unbound prefix", "<a:data/>"],
    ["a DOCTYPE", `<!DOCTYPE data>${data}`],
    ["a comment", data.replace("<entry>", "<!-- --><entry>")],
    ["a processing instruction", `<?x y?>${data}`],
    ["an attribute twice", "<data a='1' a='2'/>"],
    ["UTF-8 that is cut", Buffer.from([0x3c, 0x61, 0x3e, 0xc3, 0x3c, 0x2f, 0x61, 0x3e])],
    ["65 levels", "<a>".repeat(65) + "</a>".repeat(65)],
    ["more than 64 Ki characters", `<a>${"x".repeat(65536)}</a>`],
  ];
  for (const [name, content] of contents) {
    it(`one failure: ${name} inside`, () => {
      assert.equal(decryptTransport(encryptedWith(keyText({}), content), recipient), undefined);
    });
  }

  it("one failure, and no throw, for any octet changed", () => {
    const { transportKey, text } = encryptTransport(data, to);
    const check = (part: "transportKey" | "text", index: number, octet: number) => {
      const whole = { transportKey, text };
      const bytes = Buffer.from(whole[part], "base64");
      const at = index % bytes.length;
      fc.pre(bytes[at] !== octet);
      bytes[at] = octet;
      const payload = decryptTransport({ ...whole, [part]: bytes.toString("base64") }, recipient);
      // CBC lets some changes through that leave it XML: the signature is for these.
      if (part === "transportKey") assert.equal(payload, undefined);
    };
    const octet = fc.integer({ min: 0, max: 255 });
    const part = fc.constantFrom("transportKey" as const, "text" as const);
    fc.assert(fc.property(part, fc.nat(10_000), octet, check), { numRuns: 300 });
  });

  it("no failure but this one for any text", () => {
    const { transportKey } = partsOf("report-encrypt-1024").encrypted;
    const check = (key: string, text: string) => {
      assert.equal(decryptTransport({ transportKey: key, text }, recipient), undefined);
      assert.equal(decryptTransport({ transportKey, text }, recipient), undefined);
    };
    fc.assert(fc.property(fc.string(), fc.base64String(), check), { numRuns: 100 });
  });
});

function keyText(changes: Partial<Record<"name" | "root" | "key" | "iv" | "space", string>>) {
  const { name = "transportkey", space = "" } = changes;
  const { key = KEY.toString("base64"), iv = IV.toString("base64") } = changes;
  const { root = "xmlns='openspime:protocol:core:transportkey' version='0.9'" } = changes;
  return `<${name} ${root}>${space}<key>${key}</key><vint>${iv}</vint>${space}</${name}>`;
}

function encryptedWith(text: string, content: string | Buffer = data) {
  const cipher = createCipheriv("aes-256-cbc", KEY, IV);
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return {
    transportKey: encryptChunks(Buffer.from(text), to).toString("base64"),
    text: body.toString("base64"),
  };
}
