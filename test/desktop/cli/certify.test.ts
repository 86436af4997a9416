// `microspime certify` as a person runs it.

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { client, xml } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import { fileNameOf } from "../../../src/desktop/certification/index.js";
import { readKeyInfo } from "../../../src/desktop/openspime/key-info.js";
import { type EmbeddedServer, startServer } from "../../../src/desktop/server/server.js";
import { publicKey, readPem } from "../openspime/support.js";
import { assertFailure, assertSuccess, eventsOf, linesOf, runProgram } from "./program.js";
import type { RunOptions } from "./program.js";

const DOMAIN = "spime.example";
const CERT_DOMAIN = "cert.example";
const PASSWORD = "paper-clip-1729";
const SECRET = "battery-staple-0815";
const SPIME_JID = `4A6B-5638-0312111D@${DOMAIN}/spime`;
const OWNER_JID = "owner@mydomain.example/web";
const VECTORS = "test/vectors/openspime";

const certify = (args: string[], options?: RunOptions) => runProgram(["certify", ...args], options);

describe("microspime certify", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "microspime-certify-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const pathOf = (jid: string) => join(folder, fileNameOf(jid));
  const register = (jid: string, name: string) =>
    writeFileSync(pathOf(jid), readPem(`${name}.pub`));

  describe("as a service", () => {
    let server: EmbeddedServer;
    let asker: Entity;

    before(async () => {
      server = await startServer({
        domain: DOMAIN,
        accounts: ["asker", "services"].map((localpart) => ({ localpart, password: PASSWORD })),
        components: [{ domain: CERT_DOMAIN, secret: SECRET }],
        componentPort: 0,
        tlsPort: 0,
      });
      const service = `xmpp://127.0.0.1:${server.ports.client}`;
      asker = client({ service, domain: DOMAIN, username: "asker", password: PASSWORD });
      asker.on("error", () => {});
      await asker.start();
    });

    after(async () => {
      await asker?.stop();
      await server?.close();
    });

    const component = () => [
      ...["--component", `127.0.0.1:${server.ports.component}`],
      ...["--component-domain", CERT_DOMAIN],
    ];
    const account = (port = server.ports.client) => [
      ...["--xmpp", `127.0.0.1:${port}`, "--jid", `services@${DOMAIN}`],
    ];
    const secrets = { MICROSPIME_SECRET: SECRET, MICROSPIME_CERT_PASSWORD: PASSWORD };

    async function keyAt(to: string, jid: string): Promise<Element | undefined> {
      const query = xml("pubkeys", { xmlns: "urn:xmpp:tmp:pubkey", jid });
      const reply = await asker.iqCaller.request(xml("iq", { type: "get", to }, query));
      return reply.getChildElements()[0];
    }

    /** Asks for the key once the program is there, and ends it. */
    async function asked(jid: string, args: string[], signal: NodeJS.Signals = "SIGINT") {
      const keys: (Element | undefined)[] = [];
      const onLine = (_line: string, program: ChildProcess) =>
        void keyAt(jid, SPIME_JID)
          .then((key) => keys.push(key))
          .finally(() => program.kill(signal));
      const ended = await certify(["--keys", folder, ...args], { env: secrets, onLine });
      return { ended, keys };
    }

    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      it(`tells the keys of a folder as a component, until ${signal}`, async () => {
        register(SPIME_JID, "spime-2048");
        const { ended, keys } = await asked(CERT_DOMAIN, component(), signal);
        assertSuccess(ended);
        assert.equal(ended.stdout, `${CERT_DOMAIN} tells 1 public key of ${folder}.\n`);
        assert.ok(keys[0] && readKeyInfo(keys[0])?.equals(publicKey("spime-2048")));
      });
    }

    it("tells them as a client account", async () => {
      register(SPIME_JID, "spime-2048");
      register(OWNER_JID, "scopenode-2048");
      const { ended, keys } = await asked(`services@${DOMAIN}/cert`, account());
      assertSuccess(ended);
      assert.match(ended.stdout, /^services@spime\.example\/cert tells 2 public keys of /);
      assert.ok(keys[0] && readKeyInfo(keys[0])?.equals(publicKey("spime-2048")));
    });

    it("with --tls and a certificate of the server's own making wants --trusting", async () => {
      register(SPIME_JID, "spime-2048");
      const tls = [...account(server.ports.tls), "--tls"];
      const refused = await certify(["--keys", folder, ...tls], { env: secrets });
      assertFailure(refused, 3, /cannot log in as services@.*self-signed/, /--trusting/);
      const { ended, keys } = await asked(`services@${DOMAIN}/cert`, [...tls, "--trusting"]);
      assertSuccess(ended);
      assert.equal(keys.length, 1);
    });

    it("reads the folder again on SIGHUP, and keeps what it had where a file is wrong", async () => {
      register(SPIME_JID, "spime-2048");
      const steps: (() => void)[] = [
        () => writeFileSync(pathOf(OWNER_JID), "no key"),
        () => register(OWNER_JID, "scopenode-2048"),
      ];
      const onLine = (_line: string, program: ChildProcess) => {
        const step = steps.shift();
        step?.();
        program.kill(step ? "SIGHUP" : "SIGINT");
      };
      const args = ["--keys", folder, ...component(), "--json"];
      const ended = await certify(args, { env: secrets, onLine });
      assertSuccess(ended);
      const [started, error, reloaded, ...others] = eventsOf(ended.stdout);
      assert.deepEqual(started, { event: "started", jid: CERT_DOMAIN, keys: 1 });
      assert.equal(error?.event, "error");
      assert.match(
        String(error?.["message"]),
        /owner@\S+web: not a PEM.* still told: 1 public key/,
      );
      assert.deepEqual(reloaded, { event: "reloaded", keys: 2 });
      assert.deepEqual(others, []);
    });

    it("says what is wrong with a login", async () => {
      const wrong = { env: { MICROSPIME_SECRET: "wrong", MICROSPIME_CERT_PASSWORD: "wrong" } };
      const asComponent = await certify(["--keys", folder, ...component()], wrong);
      assertFailure(asComponent, 4, /cannot join .*secret refused/, /needs a component "cert\.exa/);
      const asClient = await certify(["--keys", folder, ...account()], wrong);
      assertFailure(asClient, 4, /cannot log in as services@.*not-authorized/, /Check --jid/);
      assert.doesNotMatch(asComponent.stderr + asClient.stderr, /wrong/);
    });
  });

  describe("--add", () => {
    const add = (jid: string, name: string, ...more: string[]) =>
      certify(["--keys", folder, "--add", jid, "--key", `${VECTORS}/${name}.pem`, ...more]);
    const keyOf = (jid: string) => createPublicKey(readFileSync(pathOf(jid), "utf8"));

    it("registers the public half, in a folder that it makes", async () => {
      folder = join(folder, "new", "keys");
      const ended = await add(SPIME_JID, "spime-2048");
      assertSuccess(ended);
      assert.equal(ended.stdout, `${SPIME_JID} has a key now: ${pathOf(SPIME_JID)}\n`);
      assert.match(readFileSync(pathOf(SPIME_JID), "utf8"), /^-----BEGIN PUBLIC KEY-----/);
      assert.ok(keyOf(SPIME_JID).equals(publicKey("spime-2048")));
      folder = join(folder, "..", "..");
    });

    it("leaves a key that is there, and writes over another only with --force", async () => {
      register(SPIME_JID, "spime-2048");
      const same = await add(SPIME_JID.toLowerCase(), "spime-2048");
      assertSuccess(same);
      assert.match(same.stdout, /has this key already/);
      const other = await add(SPIME_JID, "scopenode-2048.pub");
      assertFailure(other, 2, /has another key, and nothing was written/, /--force writes over/);
      assert.ok(keyOf(SPIME_JID).equals(publicKey("spime-2048")));
      const forced = await add(SPIME_JID, "scopenode-2048.pub", "--force", "--json");
      assertSuccess(forced);
      const path = pathOf(SPIME_JID);
      const expected = { event: "registered", jid: SPIME_JID, path, state: "replaced" };
      assert.deepEqual(eventsOf(forced.stdout), [expected]);
      assert.ok(keyOf(SPIME_JID).equals(publicKey("scopenode-2048")));
      assert.deepEqual(readdirSync(folder), [fileNameOf(SPIME_JID)]);
    });

    it("does not put a second key beside one in a file that is spelled otherwise", async () => {
      register(SPIME_JID, "spime-2048");
      renameSync(pathOf(SPIME_JID), join(folder, encodeURIComponent(SPIME_JID) + ".pem"));
      const ended = await add(SPIME_JID, "scopenode-2048", "--force");
      assertFailure(ended, 2, /is not in .*spime\.pem/, /Replace that file/);
      assert.equal(readdirSync(folder).length, 1);
    });

    it("warns of a key that is short for today", async () => {
      const { status, stderr } = await add(SPIME_JID, "spime-1024");
      assert.deepEqual([status, linesOf(stderr).length], [0, 1]);
      assert.match(stderr, /warning: 1024 bits/);
    });

    it("says what cannot be written or read", async () => {
      writeFileSync(join(folder, "file"), "");
      const nowhere = ["--keys", join(folder, "file"), "--add", SPIME_JID];
      const ended = await certify([...nowhere, "--key", `${VECTORS}/spime-2048.pem`]);
      assertFailure(ended, 2, /file cannot be written \(\w+\)/, /Give another --keys/);
      const missing = await certify([
        "--keys",
        folder,
        "--add",
        SPIME_JID,
        "--key",
        "/nonexistent",
      ]);
      assertFailure(missing, 2, /\/nonexistent cannot be read \(ENOENT\)/, /Give a PEM file/);
    });
  });

  const at = ["--component", "127.0.0.1:1", "--component-domain", CERT_DOMAIN];
  const secret = ["--component-secret", "x"];
  const rows: [
    name: string,
    args: () => string[],
    status: number,
    message: RegExp,
    advice: RegExp,
  ][] = [
    ["no server", () => ["--keys", folder], 2, /No server is named/, /Give --component/],
    ["no folder", () => [...at, ...secret], 2, /--keys is missing/, /certify --help/],
    ["no secret", () => ["--keys", folder, ...at], 2, /--component-secret \(or MICRO/, /--help/],
    [
      "no password",
      () => ["--keys", folder, "--xmpp", "a:1", "--jid", "a@b"],
      2,
      /--password \(or MICROSPIME_CERT/,
      /--help/,
    ],
    ["no account", () => ["--keys", folder, "--xmpp", "a:1"], 2, /--jid is missing/, /--help/],
    [
      "two logins",
      () => ["--keys", folder, "--xmpp", "a:1", ...at],
      2,
      /two ways to log in/,
      /Leave one/,
    ],
    [
      "a key for nobody",
      () => ["--keys", folder, "--key", "x"],
      2,
      /--key is for --add/,
      /whose key/,
    ],
    [
      "force for nothing",
      () => ["--keys", folder, "--force"],
      2,
      /--force is for --add/,
      /whose key/,
    ],
    ["no key to add", () => ["--keys", folder, "--add", "a@b/c"], 2, /--key is missing/, /--help/],
    [
      "adding and serving",
      () => ["--add", "a@b/c", "--key", "x", ...at],
      2,
      /--add registers/,
      /Leave --xmpp/,
    ],
    ["no address", () => ["--add", "a b@c"], 2, /must be an address/, /--help/],
    [
      "a folder that is missing",
      () => ["--keys", join(folder, "x"), ...at, ...secret],
      2,
      /x cannot be read \(ENOENT\)/,
      /--add puts keys there/,
    ],
    [
      "a secret beyond ASCII",
      () => ["--keys", folder, ...at, "--component-secret", "é"],
      2,
      /secret: not printable/,
      /Check --component,/,
    ],
    [
      "nobody there",
      () => ["--keys", folder, ...at, ...secret],
      3,
      /cannot join the server at 127\.0\.0\.1:1: .*ECONNREFUSED/,
      /Check --component,/,
    ],
  ];
  for (const [name, args, status, message, advice] of rows) {
    it(`says what is wrong: ${name}`, async () => {
      assertFailure(await certify(args()), status, message, advice);
    });
  }

  it("names the file of a folder that is no key", async () => {
    mkdirSync(join(folder, "keys"));
    writeFileSync(join(folder, "keys", fileNameOf(SPIME_JID)), "no key");
    const ended = await certify(["--keys", join(folder, "keys"), ...at, ...secret]);
    assertFailure(ended, 2, /keys: 4a6b-\S+\/spime: not a PEM/, /Replace that file/);
  });
});
