// The agent's signing and encryption with all that is real: the author's stanzas as they come in a stream,
// each provider of RSA, key files as `microspime provision` writes them, keys of others from the answers of
// the certification service. What the agent itself writes is read by the desktop's own implementation, and
// by node:crypto alone. What is about envelopes only is in test/portable/opening.suite.ts, with toys.

import assert from "node:assert/strict";
import {
  constants,
  createDecipheriv,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicDecrypt,
  randomBytes,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import fc from "fast-check";
import { fromBase64 } from "../../src/firmware/bytes.js";
import { bigIntRsa } from "../../src/firmware/crypto/big-int-rsa.js";
import { chooseRsa } from "../../src/firmware/crypto/choose-rsa.js";
import { PORTABLE_CIPHER } from "../../src/firmware/crypto/portable-aes.js";
import { PORTABLE_HASHES } from "../../src/firmware/crypto/portable-hash.js";
import { createRandom } from "../../src/firmware/crypto/random.js";
import type { RsaProvider } from "../../src/firmware/crypto/rsa.js";
import { dotArithmetic } from "../../src/firmware/crypto/dot-arithmetic.js";
import type { DotProduct } from "../../src/firmware/crypto/dot-arithmetic.js";
import { LOOP_ARITHMETIC } from "../../src/firmware/crypto/loop-arithmetic.js";
import { createMontgomery } from "../../src/firmware/crypto/montgomery.js";
import { canonicalXml } from "../../src/firmware/openspime/canonical.js";
import {
  CORRUPTED_KEY,
  DECRYPTION_ERROR,
  INVALID_CERTIFIER,
  MALFORMED_TRANSPORT,
  NO_PUBLIC_KEY,
} from "../../src/firmware/openspime/conditions.js";
import { createKeyRing } from "../../src/firmware/openspime/key-ring.js";
import { openEnvelope } from "../../src/firmware/openspime/opening.js";
import { dataReport } from "../../src/firmware/openspime/report.js";
import { sealContent } from "../../src/firmware/openspime/sealing.js";
import type { Security } from "../../src/firmware/openspime/security.js";
import type { Store } from "../../src/firmware/platform.js";
import { childOf } from "../../src/firmware/xml/element.js";
import type { Element } from "../../src/firmware/xml/element.js";
import { createXmlParser } from "../../src/firmware/xml/parser.js";
import { streamReader } from "../portable/xml-events.js";
import type { Session } from "../../src/firmware/xmpp/session.js";
import { CAPS } from "../../src/firmware/xmpp/stream.js";
import { canonicalForms } from "../../src/desktop/openspime/canonical.js";
import { childrenNamed, textOf } from "../../src/desktop/openspime/element.js";
import { CORE } from "../../src/desktop/openspime/namespaces.js";
import { pubkeysResult } from "../../src/desktop/openspime/pubkeys.js";
import { isSignatureOf } from "../../src/desktop/openspime/signature.js";
import { decryptTransport } from "../../src/desktop/openspime/transport.js";
import { keyRecord } from "../../src/desktop/provisioning/key-record.js";
import type { Arithmetic } from "../../src/desktop/provisioning/key-record.js";
import { Random } from "../../src/desktop/server/random.js";
import {
  element as parseElement,
  partsOf,
  privateKey,
  publicKey,
  SIZES,
} from "../desktop/openspime/support.js";
import { iqXml, openspimeOf, parseStanza, readVector } from "../desktop/scopenode/support.js";

const SPIME = "4a6b-5638-0312111d@spime.openspime.com/spime";
const SCOPENODE = "775b-f2c2-2b3765f4@scopenode.openspime.com/co2";
const CERTIFIER = "services@spime.openspime.com/cert";
const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' " +
  "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' from='spime.openspime.com'>";
/** Of the author's entry. */
const FIELDS = ["date", "exposure", "lat", "lon", "ele", "ppm"];
const { RSA_NO_PADDING } = constants;

const paused: (() => void)[] = [];
const pause = (next: () => void) => void paused.push(next);

function drain(): void {
  for (let next = paused.shift(); next; next = paused.shift()) next();
}

/** What Espruino's `E.convolve` computes. */
const plainDot: DotProduct = (a, b, offset) => {
  let sum = 0;
  for (let index = 0; index < a.length; index++) {
    sum += a[index] * b[(index + offset) % b.length];
  }
  return sum;
};

interface Kind {
  readonly rsa: RsaProvider;
  /** Which constants a board's key file has for it. */
  readonly arithmetic: Arithmetic;
}

const bigInt = bigIntRsa();
assert.ok(bigInt);
const FAST: Kind = { rsa: bigInt, arithmetic: { limbBits: 24, accelerator: false } };
const KINDS: readonly Kind[] = [
  FAST,
  {
    rsa: createMontgomery(LOOP_ARITHMETIC, pause),
    arithmetic: { limbBits: 24, accelerator: false },
  },
  {
    rsa: createMontgomery(
      dotArithmetic(plainDot, () => {}),
      pause,
    ),
    arithmetic: { limbBits: 22, accelerator: true },
  },
];

function bytesOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function textOfBytes(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The one stanza of a stream, as the agent's parser gives it; `undefined` when it ends the stream. */
function stanzaIn(xml: string): Element | undefined {
  const stanzas: Element[] = [];
  const builder = streamReader({
    onHeader: () => {},
    onStanza: (element) => void stanzas.push(element),
    onEnd: () => {},
  });
  const fault = createXmlParser(CAPS, builder).push(bytesOf(HEADER + xml));
  return fault || stanzas.length !== 1 ? undefined : stanzas[0];
}

function memoryStore(files: Record<string, string> = {}): Store {
  return {
    read: (name) => files[name],
    write: (name, bytes) => void (files[name] = bytes),
  };
}

/** The session of an agent whose certification service has these keys, by JID. */
function sessionWith(keys: Readonly<Record<string, KeyObject>>): Session {
  return {
    start: () => {},
    stop: () => {},
    isOnline: () => true,
    jid: () => "board@spime.example/spime",
    ask: (to, type, payload, onAnswer) => {
      assert.deepEqual([to, type], [CERTIFIER, "get"]);
      const jid = stanzaIn(payload)?.attributes["jid"] ?? "";
      const key = keys[jid];
      const answer = key
        ? `<iq type='result' id='k'>${pubkeysResult(jid, key).toString()}</iq>`
        : `<iq type='error' id='k'/>`;
      onAnswer(stanzaIn(answer), key !== undefined);
      return "k";
    },
  };
}

interface Agent extends Security {
  readonly log: string[];
}

/** What the agent would put together with this key file and a full store. */
function agentWith(
  { rsa, arithmetic }: Kind,
  own: KeyObject,
  others: Record<string, KeyObject>,
): Agent {
  const seed = randomBytes(48).toString("latin1");
  const store = memoryStore({ "microspime.seed": seed });
  const [sha256, sha1] = PORTABLE_HASHES;
  const log: string[] = [];
  const around = { session: sessionWith(others), store, rsa, sha1 };
  return {
    rsa,
    key: keyRecord(own, arithmetic).toString("latin1"),
    sha1,
    cipher: PORTABLE_CIPHER,
    generator: createRandom(
      sha256,
      store,
      () => "",
      () => 0,
    ),
    service: CERTIFIER,
    keyRing: createKeyRing(
      { ...around, log: { write: (level, line) => void log.push(`${level} ${line}`) } },
      CERTIFIER,
    ),
    log,
  };
}

interface Opened {
  readonly content?: Element;
  readonly signer?: string;
  readonly error?: string;
}

/** What the agent makes of a stanza. */
function open(agent: Security, iq: string): Opened {
  const stanza = stanzaIn(iq);
  if (!stanza) return { error: "the stream" };
  const outcomes: Opened[] = [];
  openEnvelope(agent, stanza.children[0], stanza.attributes["from"] ?? "", (content, text) => {
    outcomes.push(content ? { content, signer: text } : { error: text });
  });
  drain();
  assert.equal(outcomes.length, 1, "one outcome");
  return outcomes[0];
}

function seal(agent: Security, content: string, encrypt: boolean, sign = true): string {
  const outcomes: (string | undefined)[] = [];
  sealContent(agent, content, SCOPENODE, { sign, encrypt }, (xml) => void outcomes.push(xml));
  drain();
  const [xml] = outcomes;
  assert.equal(outcomes.length, 1, "one outcome");
  assert.ok(xml, "sealed");
  return textOfBytes(xml);
}

/** The author's receiver. */
function scopenodeAgent(bits: number, kind = FAST): Agent {
  const keys = { [SPIME]: publicKey(`spime-${bits}`) };
  return agentWith(kind, privateKey(`scopenode-${bits}`), keys);
}

/** The form that the author's library signed: its element has no namespace of its own. */
function authorsForm(content: Element): string {
  return canonicalXml(content, "", content.namespace);
}

/** The author's content as the desktop reads it. */
function expectedForm(bits: number): string {
  const { payload } = partsOf(`report-sign-${bits}`);
  assert.ok(payload);
  return canonicalForms(payload)[0];
}

function flipped(bytes: Buffer, index: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index] ^= 1 << bit;
  return copy;
}

/** The vector with a text of it replaced. */
function exchanged(xml: string, old: string, text: string): string {
  const parts = xml.split(old);
  assert.equal(parts.length, 2, "it stands there once");
  return parts.join(text);
}

describe("OpenSpime in the agent: the author's stanzas", () => {
  for (const kind of KINDS) {
    for (const bits of SIZES) {
      it(`${kind.rsa.name}, ${bits} bits: verifies and decrypts each`, () => {
        const agent = scopenodeAgent(bits, kind);
        const signed = open(agent, readVector(`report-sign-${bits}`));
        const encrypted = open(agent, readVector(`report-encrypt-${bits}`));
        const both = open(agent, readVector(`report-sign-encrypt-${bits}`));
        assert.deepEqual([signed.signer, encrypted.signer, both.signer], [SPIME, "", SPIME]);
        for (const { content } of [signed, encrypted, both]) {
          assert.ok(content);
          assert.equal(content.attributes["xmlsn"], "openspime:protocol:extension:data");
          const entry = childOf(content, "entry");
          assert.deepEqual(
            entry?.children.map(({ name }) => name),
            FIELDS,
          );
        }
        assert.equal(signed.content && authorsForm(signed.content), expectedForm(bits));
      });

      it(`${kind.rsa.name}, ${bits} bits: signs the author's content with the author's bytes`, () => {
        const { content } = open(scopenodeAgent(bits), readVector(`report-sign-${bits}`));
        assert.ok(content);
        const xml = seal(
          agentWith(kind, privateKey(`spime-${bits}`), {}),
          authorsForm(content),
          false,
        );
        const { signature } = partsOf(`report-sign-${bits}`);
        assert.ok(xml.includes(`<sign>${signature}</sign>`));
      });

      it(`${kind.rsa.name}, ${bits} bits: gives the known answer of the provisioned key`, () => {
        const { key } = scopenodeAgent(bits, kind);
        const chosen: (string | undefined)[] = [];
        chooseRsa([kind.rsa], key, (rsa) => void chosen.push(rsa?.name));
        drain();
        assert.deepEqual(chosen, [kind.rsa.name]);
      });
    }
  }

  for (const bits of SIZES) {
    it(`${bits} bits: warns of a key that is short, and keeps it`, () => {
      const agent = scopenodeAgent(bits);
      open(agent, readVector(`report-sign-${bits}`));
      open(agent, readVector(`report-sign-${bits}`));
      const warning = `warn weak-key jid=${SPIME} bits=1024`;
      assert.deepEqual(agent.log, bits < 2048 ? [warning] : []);
    });

    it(`${bits} bits: another's keys`, () => {
      const [signed, encrypted] = ["sign", "encrypt"].map((name) =>
        readVector(`report-${name}-${bits}`),
      );
      const own = privateKey(`scopenode-${bits}`);
      const wrong = agentWith(FAST, own, { [SPIME]: publicKey(`scopenode-${bits}`) });
      assert.equal(open(wrong, signed).error, CORRUPTED_KEY);
      const otherSize = agentWith(FAST, own, { [SPIME]: publicKey(`spime-${3072 - bits}`) });
      assert.equal(open(otherSize, signed).error, CORRUPTED_KEY);
      assert.equal(open(agentWith(FAST, own, {}), signed).error, NO_PUBLIC_KEY);
      for (const name of [`spime-${bits}`, `scopenode-${3072 - bits}`]) {
        const agent = agentWith(FAST, privateKey(name), {});
        assert.equal(open(agent, encrypted).error, DECRYPTION_ERROR);
      }
    });

    it(`${bits} bits: another certification service`, () => {
      const xml = exchanged(readVector(`report-sign-${bits}`), CERTIFIER, "services@other/cert");
      assert.equal(open(scopenodeAgent(bits), xml).error, INVALID_CERTIFIER);
    });
  }
});

describe("OpenSpime in the agent: a bit changed in the author's stanzas", function () {
  this.timeout(60_000);

  it("any of the content: nothing is believed", () => {
    const xml = readVector("report-sign-1024");
    const agent = scopenodeAgent(1024);
    const [start, end] = [xml.indexOf("<data"), xml.indexOf("</transport>")];
    const bytes = Buffer.from(xml);
    const seen = { stream: 0, corrupted: 0, malformed: 0 };
    for (let index = start; index < end; index++) {
      for (let bit = 0; bit < 8; bit++) {
        const { error } = open(agent, flipped(bytes, index, bit).toString("latin1"));
        if (error === CORRUPTED_KEY) seen.corrupted++;
        else if (error === MALFORMED_TRANSPORT) seen.malformed++;
        else {
          assert.equal(error, "the stream", `bit ${bit} of byte ${index}`);
          seen.stream++;
        }
      }
    }
    assert.ok(seen.corrupted > 500 && seen.stream > 500, JSON.stringify(seen));
  });

  for (const bits of SIZES) {
    it(`any of the signature, ${bits} bits`, () => {
      const { signature = "" } = partsOf(`report-sign-${bits}`);
      const block = Buffer.from(signature, "base64");
      const xml = readVector(`report-sign-${bits}`);
      const agent = scopenodeAgent(bits);
      for (let index = 0; index < block.length; index++) {
        const text = flipped(block, index, index % 8).toString("base64");
        assert.equal(open(agent, exchanged(xml, signature, text)).error, CORRUPTED_KEY);
      }
    });

    it(`any of the certified key, ${bits} bits`, () => {
      const jwk = publicKey(`spime-${bits}`).export({ format: "jwk" });
      const modulus = Buffer.from(jwk.n ?? "", "base64url");
      for (let index = 0; index < modulus.length; index += 16) {
        // The lowest bits would make it even, which OpenSSL takes no more than the agent does.
        const n = flipped(modulus, index, 3).toString("base64url");
        const key = createPublicKey({ key: { ...jwk, n }, format: "jwk" });
        const agent = agentWith(FAST, privateKey(`scopenode-${bits}`), { [SPIME]: key });
        assert.equal(open(agent, readVector(`report-sign-${bits}`)).error, CORRUPTED_KEY);
      }
    });

    it(`any of the transport key, ${bits} bits`, () => {
      const { encrypted } = partsOf(`report-sign-encrypt-${bits}`);
      const blocks = Buffer.from(encrypted.transportKey, "base64");
      const xml = readVector(`report-sign-encrypt-${bits}`);
      const agent = scopenodeAgent(bits);
      for (let index = 0; index < blocks.length; index += 5) {
        const text = flipped(blocks, index, index % 8).toString("base64");
        const { error } = open(agent, exchanged(xml, encrypted.transportKey, text));
        assert.equal(error, DECRYPTION_ERROR, `byte ${index}`);
      }
    });

    it(`any of the encrypted text, ${bits} bits: unreadable, or not what was signed`, () => {
      const { encrypted } = partsOf(`report-sign-encrypt-${bits}`);
      const body = Buffer.from(encrypted.text, "base64");
      const xml = readVector(`report-sign-encrypt-${bits}`);
      const agent = scopenodeAgent(bits);
      for (let index = 0; index < body.length; index += 5) {
        const text = flipped(body, index, index % 8).toString("base64");
        const { error } = open(agent, exchanged(xml, encrypted.text, text));
        assert.ok(error === DECRYPTION_ERROR || error === CORRUPTED_KEY, `byte ${index}: ${error}`);
      }
    });
  }
});

describe("OpenSpime in the agent: what it writes", function () {
  this.timeout(120_000);
  const pairs = new Map<number, { spime: KeyObject; scopenode: KeyObject }>();
  const entry = {
    timeMs: Date.UTC(2008, 3, 2, 15, 54, 22),
    atMs: 0,
    latE9: 45475841199,
    lonE9: 9172959999,
    heightMm: 120500,
    co2Ppm: 176,
    placeAgeS: 0,
  };
  const content = dataReport([entry], bytesOf(`r&d < "é" > '\r`));
  const digest = createHash("sha1").update(content, "latin1").digest("hex");

  before(() => {
    for (const bits of SIZES) {
      const [spime, scopenode] = [privateKey(`spime-${bits}`), privateKey(`scopenode-${bits}`)];
      pairs.set(bits, { spime, scopenode });
    }
    const [spime, scopenode] = [1, 2].map(
      () => generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey,
    );
    pairs.set(4096, { spime, scopenode });
  });

  for (const kind of KINDS) {
    for (const bits of [...SIZES, 4096]) {
      const keysOf = () => {
        const pair = pairs.get(bits);
        assert.ok(pair);
        const publicKeys = {
          [SPIME]: createPublicKey(pair.spime),
          [SCOPENODE]: createPublicKey(pair.scopenode),
        };
        return { ...pair, publicKeys };
      };

      it(`${kind.rsa.name}, ${bits} bits: is what node:crypto and the desktop read`, () => {
        const { spime, scopenode, publicKeys } = keysOf();
        const xml = seal(agentWith(kind, spime, publicKeys), content, true);
        const parts = partsIn(xml);
        assert.equal(sealedIn(parts.signature, publicKeys[SPIME]), typeOne(digest, bits));
        assert.equal(decryptedBy(scopenode, parts), textOfBytes(content));
        const payload = decryptTransport(parts.encrypted, scopenode);
        assert.ok(payload);
        assert.equal(isSignatureOf(payload, parts.signature, publicKeys[SPIME]), true);
        assert.equal(isSignatureOf(payload, parts.signature, publicKeys[SCOPENODE]), false);
        assert.deepEqual(canonicalForms(payload), [textOfBytes(content)]);
      });

      it(`${kind.rsa.name}, ${bits} bits: is what another agent reads`, () => {
        const { spime, scopenode, publicKeys } = keysOf();
        const sender = agentWith(kind, spime, publicKeys);
        const receiver = agentWith(kind, scopenode, publicKeys);
        for (const isSecret of [false, true]) {
          const opened = open(receiver, iqXml(seal(sender, content, isSecret), { from: SPIME }));
          assert.equal(opened.signer, SPIME, opened.error);
          assert.equal(opened.content && canonicalXml(opened.content, ""), content);
        }
        const unsigned = seal(sender, content, true, false);
        const opened = open(receiver, iqXml(unsigned, { from: SPIME }));
        assert.deepEqual([opened.signer, opened.error], ["", undefined]);
        assert.equal(opened.content && canonicalXml(opened.content, ""), content);
      });
    }
  }

  it("has a key and a vector of its own each time", () => {
    const keys = { [SCOPENODE]: publicKey("scopenode-2048") };
    const agent = agentWith(FAST, privateKey("spime-2048"), keys);
    const texts = [1, 2, 3].map(() => partsIn(seal(agent, content, true)));
    const secrets = texts.map((parts) => transportKeyOf(privateKey("scopenode-2048"), parts));
    assert.equal(new Set(secrets.map(({ key }) => key.toString("hex"))).size, 3);
    assert.equal(new Set(secrets.map(({ iv }) => iv.toString("hex"))).size, 3);
    assert.equal(new Set(texts.map(({ signature }) => signature)).size, 1);
  });
});

interface Parts {
  readonly signature: string;
  readonly encrypted: { readonly transportKey: string; readonly text: string };
}

/** The parts of an envelope, as the desktop's parser finds them on the wire. */
function partsIn(xml: string): Parts {
  const openspime = openspimeOf(parseStanza(iqXml(xml)));
  const [originator] = childrenNamed(openspime, "originator", CORE);
  const [transport] = childrenNamed(openspime, "transport", CORE);
  const [sign] = childrenNamed(originator, "sign", CORE);
  assert.deepEqual(originator.attrs, { cert: CERTIFIER });
  assert.equal(transport.attrs["content-type"], "x-openspime/aes-base64");
  const encrypted = {
    transportKey: transport.attrs["transport-key"] ?? "",
    text: textOf(transport),
  };
  assert.match(encrypted.text, /^[A-Za-z0-9+/]+=*$/, "no line breaks");
  return { signature: textOf(sign), encrypted };
}

/** A block of type 1 around a digest, in hexadecimal. */
function typeOne(digest: string, bits: number): string {
  const padding = "ff".repeat(bits / 8 - 3 - digest.length / 2);
  return `0001${padding}00${digest}`;
}

function sealedIn(signature: string, key: KeyObject): string {
  const block = Buffer.from(signature, "base64");
  return publicDecrypt({ key, padding: RSA_NO_PADDING }, block).toString("hex");
}

/** By hand: the README of the vectors, and node:crypto. */
function transportKeyOf(key: KeyObject, { encrypted }: Parts) {
  const blocks = Buffer.from(encrypted.transportKey, "base64");
  const size = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  let text = "";
  for (let at = 0; at < blocks.length; at += size) {
    const block = blocks.subarray(at, at + size);
    const opened = privateDecrypt({ key, padding: RSA_NO_PADDING }, block);
    const zero = opened.indexOf(0, 2);
    assert.deepEqual([opened[0], opened[1]], [0, 2]);
    assert.ok(zero >= 10, "eight octets of padding");
    text += opened.toString("latin1", zero + 1);
  }
  const pieceBytes = size - 11;
  assert.equal(blocks.length, Math.ceil(text.length / pieceBytes) * size);
  const form =
    /^<transportkey xmlns='openspime:protocol:core:transportkey' version='0\.9'><key>(.{44})<\/key><vint>(.{24})<\/vint><\/transportkey>$/;
  const match = form.exec(text);
  assert.ok(match, text);
  return { key: Buffer.from(match[1], "base64"), iv: Buffer.from(match[2], "base64") };
}

function decryptedBy(privateKey: KeyObject, parts: Parts): string {
  const { key, iv } = transportKeyOf(privateKey, parts);
  const decipher = createDecipheriv("aes-256-cbc", key, iv);
  const body = Buffer.from(parts.encrypted.text, "base64");
  return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
}

// A content as a server may hold it, and the ways to write it.

interface Tree {
  readonly name: string;
  /** Its own; "" for one that inherits what surrounds it. */
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Tree | string)[];
}

const NAMESPACES = ["openspime:protocol:extension:data", "urn:example:other"];
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  "&": ["&amp;", "&#38;", "&#x26;"],
  "<": ["&lt;", "&#60;", "&#x3c;"],
  ">": ["&gt;", "&#62;", "&#x3E;"],
  "'": ["&apos;", "&#39;", "&#x27;"],
  '"': ["&quot;", "&#34;", "&#x22;"],
  "\t": ["&#9;", "&#x9;"],
  "\n": ["&#10;", "&#xA;"],
  "\r": ["&#13;", "&#xD;"],
  é: ["é", "&#233;", "&#xe9;"],
};
const BLANKS = ["", " ", "\n", "\t ", "  "];

/** Writes it in one of the many ways that are the same to a reader. */
function written(tree: Tree, inherited: string, random: Random): string {
  const { name, children } = tree;
  const namespace = tree.namespace || inherited;
  const attributes = Object.entries(tree.attributes);
  if (namespace !== inherited || random.coin()) attributes.push(["xmlns", namespace]);
  random.shuffle(attributes);
  const head = attributes.map(([key, value]) => {
    const quote = random.pick(["'", '"']);
    const blanks = random.pick([" ", "\n", " \t"]);
    const around = `${random.pick(BLANKS)}=${random.pick(BLANKS)}`;
    return `${blanks}${key}${around}${quote}${spelt(value, quote, random)}${quote}`;
  });
  const start = `<${name}${head.join("")}${random.pick(BLANKS)}`;
  if (children.length === 0 && random.coin()) return `${start}/>`;
  const inside = children.map((child) =>
    typeof child === "string" ? spelt(child, "", random) : written(child, namespace, random),
  );
  return `${start}>${inside.join("")}</${name}${random.pick(BLANKS)}>`;
}

function spelt(value: string, quote: string, random: Random): string {
  return value.replace(/[&<>'"\t\n\ré]/g, (character) => {
    const isNeeded = "&<>\r".includes(character) || (quote && `${quote}\t\n`.includes(character));
    return isNeeded || random.coin() ? random.pick(SPELLINGS[character]) : character;
  });
}

function trees(): fc.Arbitrary<Tree> {
  const name = fc.stringMatching(/^[a-w][a-z]{0,5}$/);
  const character = fc.constantFrom(..."ab<>&'\"\t\n\r é東".split(""));
  const text = fc.string({ unit: character, minLength: 1, maxLength: 6 });
  const attributes = fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true });
  const namespace = fc.constantFrom("", ...NAMESPACES);
  const leaf: fc.Arbitrary<Tree> = fc.record({
    name,
    namespace,
    attributes,
    children: fc.array(text, { maxLength: 1 }),
  });
  return fc.record({
    name,
    // Like the author's own, or one of a namespace.
    namespace,
    attributes,
    children: fc.array(fc.oneof(leaf, text), { maxLength: 4 }),
  });
}

describe("OpenSpime in the agent: what a server writes anew", function () {
  this.timeout(60_000);
  const rsaKeys = { [SPIME]: publicKey("spime-1024") };
  const signer = agentWith(FAST, privateKey("spime-1024"), {});
  const receiver = agentWith(FAST, privateKey("scopenode-1024"), rsaKeys);

  /** The tree as its signer, who knows of no stream, sees it: canonical, by the desktop's canonicaliser. */
  function signedForm(tree: Tree): string {
    const [form] = canonicalForms(parseElement(written(tree, "", new Random(1))));
    return form;
  }

  function envelope(tree: Tree, seed: number, signature: string): string {
    const random = new Random(seed);
    const content = written(tree, tree.namespace ? CORE : "jabber:client", random);
    const cert = random.pick([`cert='${CERTIFIER}'`, `xmlns:s='t' cert = "${CERTIFIER}"`]);
    const core = tree.namespace ? ` xmlns='${CORE}'` : "";
    return (
      `<iq type='set' xml:lang='en' id='q' from='${SPIME}'><openspime version="0.9"${core}>` +
      `<originator ${cert} ><sign>\n ${signature} </sign></originator>` +
      `<transport>${content}</transport></openspime></iq>`
    );
  }

  it("still verifies, whatever its quotes, order, entities, namespaces and blanks", () => {
    const check = (tree: Tree, seed: number) => {
      const form = signedForm(tree);
      const { signature } = signatureIn(seal(signer, bytesOf(form), false));
      const opened = open(receiver, envelope(tree, seed, signature));
      assert.equal(opened.signer, SPIME, opened.error);
    };
    fc.assert(fc.property(trees(), fc.integer({ min: 2, max: 99999 }), check), { numRuns: 300 });
  });

  it("does not verify with a letter more in it", () => {
    const check = (tree: Tree, seed: number) => {
      const { signature } = signatureIn(seal(signer, bytesOf(signedForm(tree)), false));
      const changed = { ...tree, children: [...tree.children, "x"] };
      assert.equal(open(receiver, envelope(changed, seed, signature)).error, CORRUPTED_KEY);
    };
    fc.assert(fc.property(trees(), fc.integer({ min: 2, max: 99999 }), check), { numRuns: 50 });
  });
});

function signatureIn(xml: string) {
  const [, signature] = /<sign>([^<]+)<\/sign>/.exec(xml) ?? [];
  assert.ok(signature && fromBase64(signature).length === 128);
  return { signature };
}
