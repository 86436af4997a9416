import assert from "node:assert/strict";
import { openClaimKey, sealClaimKey } from "../../../src/desktop/openspime/claim-key.js";
import { sealChunks } from "../../../src/desktop/openspime/rsa.js";
import { privateKey, publicKey, publicKeyOfExponent3 } from "./support.js";

const OSID = "owner@mydomain.example/web";
const CLAIM_KEY = { osid: OSID, expiresAt: new Date("2027-11-25T00:00:00Z") };
const XMLNS = " xmlns='openspime:protocol:core:claimkey' version='0.9'";
const osid = `<osid>${OSID}</osid>`;
const expdate = "<expdate>2027-11-25T00:00:00+00:00</expdate>";

/** Numbers whose cubes are PKCS#1 blocks with text in front, or behind, and rubbish in the rest. */
const ROOTS = [
  "AUKKL5jXKK4iCCWywsspPP2Q6LzioOkLEAM7OKHDbeqYwMAQGFqM/vRWmQ==",
  "AUKKL5jXKK4iCCW1SVmBR83WDFuh5prT331FHcQD7HInAuZvDfsnqkCaNQ==",
  "AUKKL5jXKK4iCCWzMNbIGUzynQaf27KoTwbqlu8RUAzoOPi6g1HenFBRMw==",
  "AUKKL5jXKK4iCCWn1Rwp42jOuZ0j0QmpUgC+n4ReToSZQ5ZdfHRwfrlk3Q==",
  "AUKKL5jXKK4iCC13U8ieMQO8dzGQb4EZXJ+LC8v++Fk7mIF3thW+JBbbGQ==",
];

function open(text: string | Buffer) {
  const blocks = sealChunks(
    typeof text === "string" ? Buffer.from(text) : text,
    privateKey("spime-1024"),
  );
  return openClaimKey(blocks.toString("base64"), publicKey("spime-1024"));
}

describe("OpenSpime: claim key", () => {
  it("opens what is sealed", () => {
    const sealed = sealClaimKey(CLAIM_KEY, privateKey("spime-1024"));
    assert.deepEqual(openClaimKey(sealed, publicKey("spime-1024")), CLAIM_KEY);
  });

  it("refuses a forgery of cube roots, e = 3", () => {
    const blocks = ROOTS.map((root) => {
      const bytes = Buffer.from(root, "base64");
      return Buffer.concat([Buffer.alloc(128 - bytes.length), bytes]);
    });
    const forged = Buffer.concat(blocks).toString("base64");
    assert.equal(openClaimKey(forged, publicKeyOfExponent3()), undefined);
  });

  const space = " \r\n\t";
  const taken: [name: string, text: string][] = [
    ["as the document has it", `<claimkey${XMLNS}>${osid}${expdate}</claimkey>`],
    [
      "with white space where the author's library has it",
      `<claimkey${XMLNS}>${space}${osid}${expdate}${space}</claimkey>`,
    ],
    [
      "with white space around what it says",
      `<claimkey${XMLNS}><osid>${space}${OSID}${space}</osid>${expdate}</claimkey>`,
    ],
    [
      "with the author's misspelt namespace",
      `<claimkey${XMLNS.replace("xmlns", "xmlsn")}>${osid}${expdate}</claimkey>`,
    ],
    ["the other way round", `<claimkey>${expdate}${osid}</claimkey>`],
  ];
  for (const [name, text] of taken) {
    it(`takes one ${name}`, () => assert.deepEqual(open(text), CLAIM_KEY));
  }

  const refused: [name: string, text: string | Buffer][] = [
    ["text before its elements", `<claimkey${XMLNS}>x${osid}${expdate}</claimkey>`],
    ["text between them", `<claimkey${XMLNS}>${osid}x${expdate}</claimkey>`],
    ["text behind them", `<claimkey${XMLNS}>${osid}${expdate}<![CDATA[x]]></claimkey>`],
    [
      "an element in the osid",
      `<claimkey${XMLNS}><osid>${OSID}<a>x</a></osid>${expdate}</claimkey>`,
    ],
    [
      "an element in the date",
      `<claimkey${XMLNS}>${osid}${expdate.replace("T", "<a>x</a>T")}</claimkey>`,
    ],
    ["a third element", `<claimkey${XMLNS}>${osid}${expdate}<a/></claimkey>`],
    ["two of one name", `<claimkey${XMLNS}>${osid}${osid}</claimkey>`],
    ["another namespace", `<claimkey xmlns='urn:x'>${osid}${expdate}</claimkey>`],
    ["text behind its end", `<claimkey${XMLNS}>${osid}${expdate}</claimkey>x`],
    [
      "octets that are not UTF-8",
      Buffer.from(`<claimkey${XMLNS}><osid>${OSID}\xff</osid>${expdate}</claimkey>`, "latin1"),
    ],
    [
      "octets that are not UTF-8, in an attribute",
      Buffer.from(`<claimkey${XMLNS} a='\xff'>${osid}${expdate}</claimkey>`, "latin1"),
    ],
  ];
  for (const [name, text] of refused) {
    it(`refuses ${name}`, () => assert.equal(open(text), undefined));
  }
});
