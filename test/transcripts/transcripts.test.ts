// Each stanza of the protocol document (test/transcripts/*.xml) in both directions: what our parties write in a
// tour is the same but for its variable parts, and what is printed is read by those who get it.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { readdirSync } from "node:fs";
import type { ClaimingState } from "../../src/firmware/openspime/claiming.js";
import { answerRequest } from "../../src/firmware/openspime/requests.js";
import { takeMessage } from "../../src/firmware/openspime/seeking.js";
import { createTurns } from "../../src/firmware/turns.js";
import type { SeekSurroundings } from "../../src/firmware/openspime/seeking.js";
import { childOf } from "../../src/firmware/xml/element.js";
import type { Element } from "../../src/firmware/xml/element.js";
import { conditionsOf } from "../../src/firmware/xmpp/login.js";
import { foldAddress } from "../../src/desktop/openspime/address.js";
import { answerPubkeys } from "../../src/desktop/certification/answers.js";
import { KeyStore } from "../../src/desktop/certification/key-store.js";
import { openClaimKey, sealClaimKey } from "../../src/desktop/openspime/claim-key.js";
import { parseClaimResponse } from "../../src/desktop/openspime/claim.js";
import { parseEntry } from "../../src/desktop/openspime/entry.js";
import { parseEnvelope } from "../../src/desktop/openspime/envelope.js";
import { keyValueOf, readKeyInfo } from "../../src/desktop/openspime/key-info.js";
import { SPIMESEEK } from "../../src/desktop/openspime/namespaces.js";
import { openEnvelope } from "../../src/desktop/openspime/opening.js";
import { itemsOf } from "../../src/desktop/openspime/pubsub.js";
import { parseSeekRequest, parseSeekResponse } from "../../src/desktop/openspime/seek.js";
import { isSignatureOf, sign } from "../../src/desktop/openspime/signature.js";
import { encryptTransport } from "../../src/desktop/openspime/transport.js";
import { parseData } from "../../src/desktop/scopenode/report.js";
import { playTour } from "../../src/desktop/tour/tour.js";
import { privateKey, publicKey } from "../desktop/openspime/support.js";
import { createCutStore } from "../portable/cut-store.js";
import { stanza } from "../portable/fake-server.js";
import { createToySecurity } from "../portable/toy-security.js";
import { asPrinted, elementIn, FOLDER, found, golden, normalised } from "./golden.js";
import type { Naming } from "./golden.js";

/** Who is who in the document, and in the tour. */
const ROLES: Readonly<Record<string, string>> = {
  "4a6b-5638-0312111d@spime.openspime.com/spime": "board",
  "775b-f2c2-2b3765f4@scopenode.openspime.com/co2": "scopenode",
  "services@spime.openspime.com/cert": "certifier",
  "owner@mydomain.com/web": "claimer",
  "spimeowner@mydomain.com/web": "claimer",
  "owner@mydomain.com": "claimer, bare",
  "pubsub.openspime.com": "pubsub",
  "cert.spimeowners.com": "owner's certifier",
};

const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".xml"))
  .map((file) => file.replace(/\.xml$/, ""));

/** By section and place: its whole name. */
const whole = (name: string) => names.find((one) => one.startsWith(name)) ?? assert.fail(name);

/** The printed stanza, with values in the places of its base64. */
const printed = (name: string, ...values: string[]) => golden(whole(name), ...values);

function namingBy(roles: Readonly<Record<string, string>>): Naming {
  return (jid) => roles[foldAddress(jid)] ?? foldAddress(jid);
}

/** `from` is written by the server; several entries are as one, and the document's answers have no measurement. */
function shapeOf(stanza: string, roles: Readonly<Record<string, string>>): string {
  return normalised(stanza, namingBy(roles))
    .replace(/^(<\w+[^>]*?) from="[^"]*"/, "$1")
    .replace(/<response .*<.response>/s, (response) =>
      response.replaceAll(/<ppm>[^<]*<.ppm>/g, "").replaceAll(/(<entry>.*?<.entry>)\1+/gs, "$1"),
    );
}

interface Seen {
  readonly from: string;
  readonly to: string;
  readonly shape: string;
}

describe("the document's stanzas, written", function () {
  this.timeout(60_000);
  const seen: Seen[] = [];

  before(async () => {
    const raw: { from: string; to: string; xml: string }[] = [];
    let roles: Readonly<Record<string, string>> = {};
    await playTour(
      { engine: "node", bits: 1024, patienceS: 30 },
      {
        onScene: (scene) => {
          const named = Object.fromEntries(scene.roles);
          const bare = [...scene.roles].find(([, role]) => role === "claimer")![0].split("/")[0];
          roles = { ...named, [bare ?? ""]: "claimer, bare" };
        },
        onSection() {},
        onStanza: (from, to, xml) => void raw.push({ from, to, xml }),
        onDone() {},
        onLog() {},
      },
    );
    seen.push(...raw.map(({ from, to, xml }) => ({ from, to, shape: shapeOf(xml, roles) })));
  });

  for (const name of names) {
    it(name, () => {
      const { attrs } = elementIn(asPrinted(name));
      const [from, to] = [attrs.from ?? "", attrs.to ?? ""].map(namingBy(ROLES));
      const between = seen.filter((one) => one.from === from && one.to === to);
      assert.ok(between.length > 0, `nothing from ${from} to ${to}`);
      const shapes = [...new Set(between.map(({ shape }) => shape))];
      const wanted = shapeOf(asPrinted(name), ROLES);
      assert.ok(shapes.includes(wanted), `${wanted}\n\nis none of\n\n${shapes.join("\n\n")}`);
    });
  }
});

const spime = privateKey("spime-2048");
const scopenode = privateKey("scopenode-2048");
const JIDS = {
  spime: "4a6b-5638-0312111d@spime.openspime.com/spime",
  owner: "owner@mydomain.com/web",
  seeker: "spimeowner@mydomain.com/web",
};

describe("the document's stanzas, read", () => {
  it("1.0.0-1: the ScopeNode has the entry", () => {
    const data = found(printed("1.0.0-1"), "data");
    const parsed = parseData(data);
    assert.ok("value" in parsed);
    const [{ lat, lon, eleM, ppm, exposure, date }] = parsed.value;
    assert.deepEqual(
      [lat, lon, eleM, ppm, exposure, date.toISOString()],
      [45.475841199050905, 9.172725677490234, 120, 176.4, "outdoor", "2008-04-02T16:54:22.000Z"],
    );
  });

  it("1.0.0-2, 1.0.1-4, publish results: the board and the claimer see an empty result", () => {
    for (const name of ["1.0.0-2", "1.0.1-4", "1.2.0-2", "1.2.1-2"]) {
      const answer = stanza(printed(name));
      assert.deepEqual([answer.attributes["type"], answer.children.length], ["result", 0], name);
    }
  });

  it("1.0.0-3, 1.0.1-5: the board sees which condition, and that its data is wrong", () => {
    for (const name of ["1.0.0-3", "1.0.1-5"]) {
      const error = childOf(stanza(printed(name)), "error");
      assert.equal(error?.attributes["type"], "modify");
      assert.equal(conditionsOf(error), "bad-request+inconsistent-data-with-scope");
    }
  });

  it("1.0.1-1: the ScopeNode decrypts and verifies", async () => {
    const canonical =
      '<data xmlns="openspime:protocol:extension:data" version="0.9"><entry></entry></data>';
    const payload = elementIn(canonical);
    const { transportKey, text } = encryptTransport(canonical, createPublicKey(scopenode));
    const report = printed("1.0.1-1", sign(payload, spime), transportKey, text);
    const envelope = parseEnvelope(found(report, "openspime"), { decrypts: true, verifies: true });
    assert.ok("value" in envelope);
    const opened = await openEnvelope(envelope.value, JIDS.spime, {
      privateKey: scopenode,
      verification: {
        certifiers: ["services@spime.openspime.com/cert"],
        keys: {
          verify: async (_certifier, _osid, check) => {
            assert.ok(check(publicKey("spime-2048")), "the signature");
            return { value: publicKey("spime-2048") };
          },
        },
      },
    });
    assert.ok("value" in opened);
    assert.deepEqual([opened.value.signer, opened.value.isEncrypted], [JIDS.spime, true]);
  });

  it("pubkeys queries: the certification service tells the key", async () => {
    const pem = String(createPublicKey(spime).export({ type: "spki", format: "pem" }));
    const store = new KeyStore(
      new Map([
        [JIDS.spime, pem],
        [JIDS.seeker, pem],
      ]),
    );
    await store.load();
    for (const name of ["1.0.1-2", "1.2.0-4", "1.2.1-4", "1.2.1-6"]) {
      const answer = answerPubkeys(found(printed(name), "pubkeys"), store);
      assert.ok(typeof answer !== "string", name);
      assert.ok(readKeyInfo(elementIn(answer.toString()))?.equals(createPublicKey(spime)), name);
    }
  });

  it("pubkeys results: whoever asked has the key", () => {
    const { modulus, exponent } = keyValueOf(createPublicKey(spime));
    for (const name of ["1.0.1-3", "1.2.0-5", "1.2.1-5", "1.2.1-7"]) {
      const pubkeys = found(printed(name, modulus, exponent), "pubkeys");
      assert.ok(readKeyInfo(pubkeys)?.equals(createPublicKey(spime)), name);
    }
  });

  it("1.1.0-1: the board answers with a claim key", () => {
    const answers: string[] = [];
    const state: ClaimingState = {
      pressedUntilMs: 0,
      lastFrom: "",
      lastEndS: 0,
      lastAnswer: "",
    };
    const around = {
      security: createToySecurity(),
      store: createCutStore(),
      settings: { policy: "owners", owners: ["owner@mydomain.com"], days: 1 },
      jid: JIDS.spime,
      nowS: 1795564800,
      monotonicMs: 1,
    };
    const query = stanza(printed("1.1.0-1"));
    const from = query.attributes["from"] ?? "";
    answerRequest(
      createTurns(
        () => 0,
        (next) => next(),
      ),
      around,
      state,
      query.children[0],
      from,
      (error, result) => {
        answers.push(error || (result ?? ""));
      },
    );
    assert.match(answers[0] ?? "", /<response authorizes="owner@mydomain\.com"><claimkey>/);
  });

  it("1.1.0-2, also just as printed: the claimer opens the claim key", () => {
    const expiresAt = new Date("2030-01-01T00:00:00Z");
    const key = sealClaimKey({ osid: JIDS.owner, expiresAt }, spime);
    const full = printed("1.1.0-2", key);
    for (const xml of [full, full.replace(/<claim xmlns='[^']*' version='0.9'>/, "<claim>")]) {
      const response = parseClaimResponse(found(xml, "claim"));
      assert.equal(response?.authorizes, "owner@mydomain.com");
      const opened = openClaimKey(response?.claimKey ?? "", createPublicKey(spime));
      assert.deepEqual(opened, { osid: JIDS.owner, expiresAt });
    }
  });

  it("1.2.0-3, 1.2.1-3: the ScopeNode has the request, and its signature covers it", () => {
    for (const [name, isRequired] of [
      ["1.2.0-3", false],
      ["1.2.1-3", true],
    ] as const) {
      const payload = found(asPrinted(whole(name)), "spimeseek");
      const values = [sign(payload, spime), ...(isRequired ? ["AAAA"] : [])];
      const [item] = itemsOf(elementIn(printed(name, ...values)));
      assert.equal(item?.node, "spimeseek");
      const envelope = parseEnvelope(item.payload!, { decrypts: true, verifies: true });
      assert.ok("value" in envelope && "payload" in envelope.value.content);
      const request = parseSeekRequest(envelope.value.content.payload);
      assert.deepEqual(request, {
        id: "7abc78af21",
        spimeId: "4A6B-5638-0312111D@spime.openspime.com/spime",
        expiresAt: new Date("2008-04-01T11:23:54Z"),
        isEncryptionRequired: isRequired,
      });
      const { signature, claimKey } = envelope.value;
      assert.ok(
        isSignatureOf(
          envelope.value.content.payload,
          signature?.text ?? "",
          createPublicKey(spime),
        ),
      );
      assert.equal(claimKey !== undefined, isRequired);
    }
  });

  it("1.2.0-1, 1.2.1-1: what the PubSub service takes is what it tells its subscribers", () => {
    for (const section of ["1.2.0", "1.2.1"]) {
      const [published, told] = [`${section}-1`, `${section}-3`].map((name) =>
        normalised(found(asPrinted(whole(name)), "openspime")),
      );
      assert.equal(published, told);
    }
  });

  it("1.2.0-6: the board finds where it was", () => {
    const latitudes: string[] = [];
    const message = stanza(printed("1.2.0-6"));
    const around = {
      security: createToySecurity(),
      turns: createTurns(
        () => 0,
        (next) => next(),
      ),
      configuration: { encrypt: false },
      nowS: 1207065262,
      onFound: (entry: Element) => void latitudes.push(childOf(entry, "lat")?.text ?? ""),
    } as unknown as SeekSurroundings;
    takeMessage(around, { id: "7abc78af21", endS: 1207065263 }, message, "a@b/c");
    assert.deepEqual(latitudes, ["45.475841199050905"]);
    const response = parseSeekResponse(found(printed("1.2.0-6"), "spimeseek"));
    const entry = parseEntry(response!.entries[0], SPIMESEEK);
    assert.ok(typeof entry !== "string");
    assert.deepEqual([entry.lat, entry.eleM, entry.ppm], [45.475841199050905, 120, undefined]);
  });

  it("1.2.1-8: the claimer decrypts", async () => {
    const text =
      '<spimeseek xmlns="http://openspime.org/protocol/spimeseek" version="0.9">' +
      '<response id="7abc78af21"></response></spimeseek>';
    const { transportKey, text: body } = encryptTransport(text, createPublicKey(scopenode));
    const message = printed("1.2.1-8", transportKey, body);
    const envelope = parseEnvelope(found(message, "openspime"), { decrypts: true, verifies: true });
    assert.ok("value" in envelope);
    const opened = await openEnvelope(envelope.value, "a@b/c", { privateKey: scopenode });
    assert.ok("value" in opened);
    assert.equal(parseSeekResponse(opened.value.payload)?.id, "7abc78af21");
  });
});
