// Claiming, OpenSpime v0.9 section 1.1.0, from the owner's side: a spime on a server, once for each server.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import { claimSpime, releaseSpime } from "../../../src/desktop/claimer/index.js";
import type { ClaimOptions } from "../../../src/desktop/claimer/claim.js";
import { ExitCode } from "../../../src/desktop/failure.js";
import { openClaimKey } from "../../../src/desktop/openspime/claim-key.js";
import { parseEnvelope } from "../../../src/desktop/openspime/envelope.js";
import { childElements } from "../../../src/desktop/openspime/element.js";
import { isSignatureOf } from "../../../src/desktop/openspime/signature.js";
import type { ServerFixture } from "../../support/servers.js";
import { assertFails } from "./failures.js";
import { deny, EXPIRES_AT, grant, grantAsPrinted, grantEncrypted, openspime } from "./spime.js";
import { silence } from "./spime.js";
import type { Behaviour } from "./world.js";
import {
  CERTIFIER_JID,
  DOMAIN,
  embedded,
  OWNER,
  OWNER_JID,
  ownerKey,
  ownerPublicKey,
  PASSWORD,
  prosody,
  SPIME_JID,
  spimePublicKey,
  strangeKey,
  World,
} from "./world.js";

const { notAcknowledged, network, loginRefused } = ExitCode;

/** What the spime does, what is said of it, the exit code. */
const failures: [name: string, Behaviour, RegExp, advice: RegExp][] = [
  [
    "one that does not let him",
    deny("auth", "forbidden"),
    /^4a6b\S+ does not let you claim it\.$/,
    /--code/,
  ],
  ["another spime", deny("cancel", "item-not-found"), /says that it is another spime/, /resource/],
  [
    "too many claims",
    deny("wait", "resource-constraint"),
    /is busy, or has had too many requests/,
    /in a few minutes/,
  ],
  ["an error that passes", deny("wait", "internal-server-error"), /refuses \(int/, /again later/],
  ["one that does not", deny("cancel", "gone"), /refuses \(gone\)/, /--trace/],
  ["a claim not understood", deny("modify", "bad-request"), /does not understand/, /--trace/],
  [
    "one without claims",
    deny("cancel", "feature-not-implemented"),
    /cannot be claimed/,
    /firmware/,
  ],
  [
    "a signature that does not verify",
    deny("cancel", "not-allowed", "signature-error-public-key-corrupted"),
    /finds that your signature does not verify/,
    /public half/,
  ],
  ["no answer", silence, /^4a6b\S+ has not answered in 0\.5 s\.$/, /--wait/],
  ["something else", () => openspime(xml("transport", {}, xml("other"))), /else/, /--trace/],
  ["an empty result", () => true, /something else/, /--trace/],
  ["another's claim key", grant({ osid: `owner@${DOMAIN}/home` }), /"owner@\S+home", not/, /--jid/],
  ["an expired one", grant({ expiresAt: new Date(0) }), /expired at 1970/, /clocks/],
  ["another's authorization", grant({ authorizes: `x@${DOMAIN}` }), /of "x@\S+", not/, /not kept/],
  ["a claim key of another spime", grant({ key: strangeKey }), /does not open/, /old key/],
  ["no base64", grant({ claimKey: "?" }), /does not open/, /old key/],
];

function describeClaimingOn(fixture: ServerFixture): void {
  const title = `Claimer: OpenSpime 1.1.0 on ${fixture.name}`;
  if (fixture.skipped) describe.skip(`${title} (skipped: ${fixture.skipped})`, () => it("runs"));
  else describe(title, () => defineSuite(fixture));
}

function defineSuite(fixture: ServerFixture): void {
  let world: World;
  before(async () => void (world = await World.start(fixture)));
  after(() => world.stop());
  beforeEach(() => {
    world.requests.length = 0;
    world.behaviour = grant();
  });

  const claim = (changes: Partial<ClaimOptions> = {}) =>
    claimSpime({ ...world.account, spime: SPIME_JID, spimeCertifier: CERTIFIER_JID, ...changes });

  it("asks as the document prints it, and keeps what a certified key opens", async () => {
    const claimed = await claim();
    const { claimKey, ...rest } = claimed;
    assert.deepEqual(rest, {
      spime: SPIME_JID,
      osid: OWNER_JID,
      authorizes: OWNER,
      expiresAt: EXPIRES_AT,
      certifier: CERTIFIER_JID,
    });
    assert.equal(openClaimKey(claimKey, spimePublicKey)?.osid, OWNER_JID);
    const [{ attrs }] = world.requests;
    assert.deepEqual([attrs.type, attrs.from, attrs.to], ["set", OWNER_JID, SPIME_JID]);
    assert.deepEqual(shapeOf(requestIn(world)), [
      ["openspime", "openspime:protocol:core", { version: "0.9" }],
      ["transport", "openspime:protocol:core", {}],
      ["claim", "openspime:protocol:extension:claim", { version: "0.9" }],
      ["request", "openspime:protocol:extension:claim", { claims: SPIME_JID }],
    ]);
  });

  it("takes the answer as the document prints it", async () => {
    world.behaviour = grantAsPrinted;
    assert.equal((await claim()).osid, OWNER_JID);
  });

  it("compares addresses folded", async () => {
    world.behaviour = grant({
      osid: OWNER_JID.replace("owner", "OWNER"),
      authorizes: OWNER.toUpperCase(),
    });
    const spime = SPIME_JID.replace("4a6b", "4A6B");
    assert.equal((await claim({ spime })).spime, SPIME_JID);
  });

  it("needs no certification service for a key that is given", async () => {
    const claimed = await claim({ spimeCertifier: undefined, spimeKey: spimePublicKey });
    assert.equal("certifier" in claimed, false);
  });

  it("shows a pairing code", async () => {
    await claim({ code: "1234 & <5>" });
    const [, , , [, , request]] = shapeOf(requestIn(world));
    assert.deepEqual(request, { claims: SPIME_JID, code: "1234 & <5>" });
  });

  for (const [name, certifier] of [
    ["a certification service elsewhere", () => CERTIFIER_JID],
    [
      "one of his own",
      () => ({
        service: world.account.service,
        jid: `owner@${DOMAIN}/keys`,
        password: PASSWORD,
      }),
    ],
  ] as const) {
    it(`signs with ${name}, and opens what is encrypted`, async () => {
      world.behaviour = grantEncrypted;
      await claim({ signing: { key: ownerKey, certifier: certifier() } });
      const envelope = parseEnvelope(requestIn(world), { decrypts: false, verifies: true });
      assert.ok("value" in envelope && "payload" in envelope.value.content);
      const { osid, signature, content } = envelope.value;
      assert.equal(osid, OWNER_JID);
      assert.match(signature?.certifier ?? "", /^(services@\S+\/cert|owner@\S+\/keys)$/);
      assert.ok(isSignatureOf(content.payload, signature?.text ?? "", ownerPublicKey));
    });
  }

  it("tells of stanzas after the login, in both directions", async () => {
    const seen: string[] = [];
    await claim({ onStanza: (direction, text) => seen.push(`${direction} ${text}`) });
    assert.ok(seen.some((one) => /^sent <iq .*<request claims=/.test(one)));
    assert.ok(seen.some((one) => /^received <iq .*<claimkey/.test(one)));
    assert.ok(seen.every((one) => /^(sent|received) <(iq|message|presence)/.test(one)));
  });

  for (const [name, behaviour, message, advice] of failures) {
    it(`says what is wrong: ${name}`, async () => {
      world.behaviour = behaviour;
      await assertFails(claim({ timeoutMs: 500 }), notAcknowledged, message, advice);
    });
  }

  it("says that nobody is there", async () => {
    const away = claim({ spime: `${SPIME_JID}2`, spimeKey: spimePublicKey });
    await assertFails(away, notAcknowledged, /\/spime2 is not there\.$/, /full address/);
  });

  it("asks nothing of a spime whose key nobody has", async () => {
    const unknown = claim({ spime: `other@${DOMAIN}/x` });
    await assertFails(unknown, notAcknowledged, /has no key of other@/, /--spime-key/);
    const deaf = claim({ spimeCertifier: `services@${DOMAIN}/away` });
    await assertFails(deaf, network, /cannot be had: services@\S+ answered/, /--spime-certifier/);
    assert.equal(world.requests.length, 0);
  });

  it("releases, and says why not", async () => {
    const options = { ...world.account, spime: SPIME_JID };
    world.behaviour = () => true;
    await releaseSpime(options);
    assert.deepEqual(shapeOf(requestIn(world)).at(-1), [
      "release",
      "openspime:protocol:extension:claim",
      { claims: SPIME_JID },
    ]);
    world.behaviour = deny("auth", "forbidden");
    await assertFails(
      releaseSpime(options),
      notAcknowledged,
      /does not let you release/,
      /same acc/,
    );
    world.behaviour = deny("cancel", "item-not-found");
    await assertFails(releaseSpime(options), notAcknowledged, /no claim of yours/, /Check/);
  });

  it("says that it cannot log in", async () => {
    await assertFails(claim({ password: "wrong" }), loginRefused, /cannot log in at/, /--password/);
    const elsewhere = claim({ service: "xmpp://127.0.0.1:1" });
    await assertFails(elsewhere, network, /cannot log in at 127\.0\.0\.1:1: .*REFUSED/, /--xmpp/);
  });

  it("says that its certification service cannot log in", async () => {
    const login = { service: world.account.service, jid: `services@${DOMAIN}`, password: "wrong" };
    const signed = claim({ signing: { key: ownerKey, certifier: login } });
    await assertFails(signed, loginRefused, /certification service cannot log in/, /--certifier-p/);
  });

  it("names the field that is wrong", async () => {
    await assert.rejects(claim({ spime: "a@b" }), /^TypeError: spime: /);
    await assert.rejects(claim({ jid: OWNER }), /^TypeError: jid: /);
    await assert.rejects(claim({ service: "localhost" }), /^TypeError: service: /);
    await assert.rejects(claim({ spimeCertifier: undefined }), /^TypeError: spimeKey: /);
  });
}

describeClaimingOn(embedded);
describeClaimingOn(prosody);

describe("Claimer: when the server goes", () => {
  it("says so", async () => {
    const world = await World.start(embedded);
    world.behaviour = () => {
      void world.stop();
      return new Promise(() => {});
    };
    const spimeKey = createPublicKey(ownerKey);
    const claiming = claimSpime({ ...world.account, spime: SPIME_JID, spimeKey });
    await assertFails(claiming, network, /has lost its connection/, /same full address/);
  });
});

function requestIn(world: World): Element {
  return world.requests[0]?.getChildElements()[0] ?? assert.fail("no request");
}

/** Name, namespace and attributes of the element and of the first child of each, down to the last. */
function shapeOf(element: Element): [string, string, Record<string, string | undefined>][] {
  const attributes = Object.entries(element.attrs).filter(([name]) => !name.startsWith("xml"));
  const [child] = childElements(element) as Element[];
  const own = [element.name, element.getNS() ?? "", Object.fromEntries(attributes)] as const;
  return [[...own], ...(child ? shapeOf(child) : [])];
}
