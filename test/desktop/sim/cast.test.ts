// The cast without a board: what a board would send, sent by a client with the desktop's own code, is
// verified with the key that the certification service tells, decrypted and counted.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import { serviceOf } from "../../../src/desktop/connecting.js";
import { clientOf } from "../../../src/desktop/certification/client-of.js";
import { Failure } from "../../../src/desktop/failure.js";
import { readKeyInfo } from "../../../src/desktop/openspime/key-info.js";
import { pubkeysQuery } from "../../../src/desktop/openspime/pubkeys.js";
import { sign } from "../../../src/desktop/openspime/signature.js";
import { encryptTransport } from "../../../src/desktop/openspime/transport.js";
import { parseXmlText } from "../../../src/desktop/openspime/xml-text.js";
import { type Cast, castOf, type CastOptions } from "../../../src/desktop/sim/cast.js";
import { Tally } from "../../../src/desktop/sim/tally.js";
import { findProsody, type Prosody, startProsody } from "../../support/prosody.js";
import {
  CERTIFIER_JID,
  credentials,
  JID,
  type OutsideServer,
  setup,
  startOutside,
} from "../cli/outside-server.js";
import { privateKey } from "../openspime/support.js";
import { dataXml, entryXml, openspimeXml, parseStanza } from "../scopenode/support.js";

const keys = { spime: privateKey("spime-2048"), scopenode: privateKey("scopenode-2048") };
const embedded: CastOptions = { tls: false, port: 0, outside: undefined, keys };

/** Logs in where the board would. */
async function logIn({ configuration }: Cast): Promise<Entity> {
  const { host, port, tls, jid, password = "", fingerprint } = configuration;
  const [bare, resource = ""] = jid.split("/");
  const [username, domain] = bare.split("@");
  const place = { service: serviceOf(host, port, tls), domain, resource };
  const trust = fingerprint === undefined ? { isTrusting: true } : { fingerprint };
  const entity = clientOf(place, trust, { username, password });
  entity.on("error", () => {});
  await entity.start();
  return entity;
}

async function askForKey(spime: Entity, { configuration }: Cast, osid: string) {
  const { certifier = "" } = configuration;
  const iq = xml("iq", { type: "get", to: certifier }, pubkeysQuery(osid));
  const [pubkeys] = (await spime.iqCaller.request(iq)).getChildElements();
  return readKeyInfo(pubkeys) ?? assert.fail("no key");
}

/** As the board writes it: what is encrypted has the key that was told. */
async function securedReport(spime: Entity, cast: Cast): Promise<Element> {
  const { scopenode, certifier } = cast.configuration;
  const date = new Date().toISOString();
  const data = dataXml(entryXml({ date }), entryXml({ date, ppm: "420" }));
  const { transportKey, text } = encryptTransport(data, await askForKey(spime, cast, scopenode));
  const signature = sign(parseXmlText(data) ?? assert.fail(), keys.spime);
  const openspime = openspimeXml(
    `<originator cert='${certifier}'><sign>${signature}</sign></originator>`,
    `<transport content-type='x-openspime/aes-base64' transport-key='${transportKey}'>${text}</transport>`,
  );
  const [child] = parseStanza(`<iq>${openspime}</iq>`).getChildElements();
  return xml("iq", { type: "set", to: scopenode }, child);
}

async function assertSecuredReportIsTaken(cast: Cast): Promise<void> {
  const spime = await logIn(cast);
  try {
    const { jid, scopenode } = cast.configuration;
    assert.ok((await askForKey(spime, cast, jid)).equals(createPublicKey(keys.spime)));
    assert.ok((await askForKey(spime, cast, scopenode)).equals(createPublicKey(keys.scopenode)));
    const reply = await spime.iqCaller.request(await securedReport(spime, cast));
    assert.deepEqual([reply.attrs.type, reply.children], ["result", []]);
    const { samples, signed, encrypted } = cast.tally ?? assert.fail();
    assert.deepEqual([samples, signed, encrypted], [2, 2, 2]);
  } finally {
    await spime.stop();
  }
}

describe("The simulation's cast", () => {
  let cast: Cast | undefined;

  afterEach(async () => {
    await cast?.close();
    cast = undefined;
  });

  for (const tls of [false, true]) {
    it(`takes a signed and encrypted report, ${tls ? "direct TLS" : "plain TCP"}`, async () => {
      cast = await castOf({ ...embedded, tls });
      const { certifier, encrypt } = cast.configuration;
      assert.deepEqual([certifier, encrypt], ["services@spime.localhost/cert", true]);
      assert.equal(
        cast.security,
        "signed (RSA-2048) and encrypted, keys told by services@spime.localhost/cert",
      );
      await assertSecuredReportIsTaken(cast);
    });
  }

  it("is the document's 1.0.0 without keys", async () => {
    cast = await castOf({ ...embedded, keys: undefined });
    assert.equal(cast.security, "plain (1.0.0)");
    assert.ok(!("certifier" in cast.configuration) && !("encrypt" in cast.configuration));
    const spime = await logIn(cast);
    const iq = xml("iq", { type: "get", to: "services@spime.localhost/cert" }, pubkeysQuery("a@b"));
    await assert.rejects(spime.iqCaller.request(iq));
    await spime.stop();
  });

  it("counts no signature but the board's own", () => {
    const tally = new Tally("board@spime.example/roof");
    const report = { iqId: "", entries: [], receivedAt: new Date(0) };
    const entries = [{ date: new Date(0), lat: 0, lon: 0, ppm: 400 }];
    for (const [osid, isSigned, isEncrypted] of [
      ["BOARD@spime.example/roof", true, true],
      ["board@spime.example/cellar", true, true],
      ["board@spime.example/roof", false, false],
    ] as const) {
      tally.add({ ...report, entries, osid, isSigned, isEncrypted });
    }
    assert.deepEqual([tally.samples, tally.signed, tally.encrypted], [3, 1, 2]);
  });

  describe("on a server from outside", () => {
    let server: OutsideServer;
    before(async () => {
      server = await startOutside();
    });
    after(() => server.server.close());

    it("takes a signed and encrypted report", async () => {
      cast = await castOf(outsideOf(server.host, server.c2sPort, server.componentPort));
      assert.equal(cast.configuration.certifier, CERTIFIER_JID);
      await assertSecuredReportIsTaken(cast);
    });

    it("gives the certification service a resource where it has none", async () => {
      const options = outsideOf(server.host, server.c2sPort, server.componentPort);
      const certifier = options.outside?.certifier;
      assert.ok(options.outside && typeof certifier === "object");
      const bare = { ...certifier, jid: CERTIFIER_JID.replace("/cert", "") };
      cast = await castOf({ ...options, outside: { ...options.outside, certifier: bare } });
      assert.equal(cast.configuration.certifier, CERTIFIER_JID);
      await assertSecuredReportIsTaken(cast);
    });

    it("leaves nobody there when one cannot join", async () => {
      const options = outsideOf(server.host, server.c2sPort, server.componentPort, "wrong");
      await assert.rejects(castOf(options), (error) => {
        return error instanceof Failure && error.exitCode === 4;
      });
      cast = await castOf(outsideOf(server.host, server.c2sPort, server.componentPort));
    });
  });
});

function outsideOf(
  host: string,
  port: number,
  componentPort: number,
  certifierPassword: string = credentials.MICROSPIME_CERT_PASSWORD,
  tls = false,
  fingerprint?: string,
): CastOptions {
  const [{ domain = "", secret = "" }] = setup.components;
  const service = serviceOf(host, port, tls);
  const outside = {
    ...{ host, port, jid: JID, password: credentials.MICROSPIME_PASSWORD },
    scopenode: { host, port: componentPort, domain, secret },
    certifier: { service, jid: CERTIFIER_JID, password: certifierPassword },
    ...(fingerprint !== undefined && { fingerprint }),
  };
  return { ...embedded, tls, outside };
}

const lack = findProsody() === undefined ? " (skipped: install prosody)" : "";

(lack ? describe.skip : describe)(`The simulation's cast on Prosody${lack}`, () => {
  let prosody: Prosody;
  let cast: Cast | undefined;

  before(async () => {
    prosody = await startProsody({ ...setup, tls: true });
  });
  after(() => prosody?.stop());
  afterEach(async () => {
    await cast?.close();
    cast = undefined;
  });

  for (const tls of [false, true]) {
    const how = tls
      ? "direct TLS, a certificate of its own"
      : "plain TCP where STARTTLS is offered";
    it(`takes a signed and encrypted report, ${how}`, async () => {
      const { host, c2sPort, directTlsPort = 0, componentPort } = prosody;
      const port = tls ? directTlsPort : c2sPort;
      const { fingerprint } = prosody;
      cast = await castOf(outsideOf(host, port, componentPort, undefined, tls, fingerprint));
      await assertSecuredReportIsTaken(cast);
    });
  }
});
