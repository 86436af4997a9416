// `microspime provision --register` and `--login-keys` on the embedded server and on Prosody: what was written is
// tried, by logging in with it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logInOnce } from "../../../src/desktop/accounts/log-in.js";
import type { Configuration } from "../../../src/firmware/configuration.js";
import { NodeBoard } from "../../support/node-board.js";
import type { ScramKeys } from "../../../src/desktop/provisioning/board-configuration.js";
import { type EmbeddedServer, startServer } from "../../../src/desktop/server/server.js";
import type { ServerOptions } from "../../../src/desktop/server/server.js";
import { findProsody, type Prosody, startProsody } from "../../support/prosody.js";
import type { ProsodyOptions } from "../../support/prosody.js";
import { assertFailure, type Ended, linesOf, runProgram } from "../cli/program.js";
import { bound, DOMAIN } from "../server/peers.js";

const JID = `board@${DOMAIN}/spime`;
const PASSWORD = "correct-horse-4711";
const accounts = [{ localpart: "board", password: PASSWORD }];
const KEY = ["--key", "test/vectors/openspime/spime-2048.pem"];

interface Written {
  readonly password?: string;
  readonly scram?: string;
  readonly fingerprint?: string;
  readonly tls: boolean;
}

/** RFC 5803's form, with ClientKey for StoredKey. */
function keysIn(text: string | undefined): ScramKeys {
  const parts = /^(SCRAM-SHA-256|SCRAM-SHA-1)\$(\d+):([^$:]+)\$([^$:]+):([^$:]+)$/.exec(text ?? "");
  assert.ok(parts, text);
  const [, mechanism, iterations, salt, clientKey, serverKey] = parts;
  return {
    mechanism: mechanism as ScramKeys["mechanism"],
    ...{ iterations: Number(iterations), salt, clientKey, serverKey },
  };
}

describe("microspime provision: the board's account", () => {
  let folder: string;
  let out: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "microspime-account-"));
    out = join(folder, "board");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function provision(where: string, args: string[], env: Record<string, string> = {}) {
    const board = ["--xmpp", where, "--jid", JID, "--scopenode", "node@scope.example/co2"];
    return runProgram(["provision", "--out", out, ...KEY, ...board, ...args], { env });
  }

  const read = (name: string) => readFileSync(join(out, name), "utf8");
  const written = () => JSON.parse(read("microspime.json")) as Written;

  function assertWritten({ status, stdout, stderr }: Ended, ...more: string[]): void {
    assert.equal(status, 0, stderr);
    const names = ["microspime.json", "microspime.key", "microspime.seed"];
    const all = [...names, ...more, "spime.pem", "spime.pub.pem"].sort();
    assert.deepEqual(readdirSync(out).sort(), all);
    assert.deepEqual(
      linesOf(stdout).sort(),
      all.map((name) => join(out, name)),
    );
    for (const name of all) assert.equal(statSync(join(out, name)).mode & 0o777, 0o600, name);
  }

  /** Nothing that could be taken for a board. */
  function assertRefused(ended: Ended, status: number, message: RegExp, advice: RegExp): void {
    assertFailure(ended, status, message, advice);
    assert.equal(ended.stdout, "");
    assert.deepEqual(existsSync(out) ? readdirSync(out) : [], []);
  }

  describe("on the embedded server", () => {
    let server: EmbeddedServer | undefined;
    afterEach(() => server?.close());

    async function start(options: ServerOptions = {}) {
      server = await startServer({ domain: DOMAIN, ...options });
      const { address, ports } = server;
      return { where: `${address}:${ports.client}`, service: `xmpp://${address}:${ports.client}` };
    }

    const registration = {};

    it("is made, with a strong password of its own", async () => {
      const { where, service } = await start({ registration });
      const ended = await provision(where, ["--register"]);
      assertWritten(ended);
      const { password = "" } = written();
      assert.match(password, /^[\w-]{24}$/);
      await logInOnce({ service, jid: JID }, { password });
      assert.match(ended.stderr, /^microspime: board@spime\.example\/spime is registered at /);
      assert.doesNotMatch(ended.stderr + ended.stdout, new RegExp(password));
    });

    it("is made with the password that is given", async () => {
      const { where, service } = await start({ registration });
      const env = { MICROSPIME_PASSWORD: PASSWORD };
      assertWritten(await provision(where, ["--register"], env));
      assert.equal(written().password, PASSWORD);
      await logInOnce({ service, jid: JID }, { password: PASSWORD });
    });

    it("says where the password is from that was in the environment, of that alone", async () => {
      const { where } = await start({ registration });
      const env = { MICROSPIME_PASSWORD: PASSWORD };
      const ended = await provision(where, ["--register"], env);
      assert.match(ended.stderr, /its password is the one in MICROSPIME_PASSWORD\.\n/);
      assert.ok(!ended.stderr.includes(PASSWORD));
      const other = ["--out", join(folder, "other"), "--jid", `other@${DOMAIN}/spime`];
      const given = await provision(where, ["--register", "--password", PASSWORD, ...other]);
      assert.equal(given.status, 0);
      assert.doesNotMatch(given.stderr, /MICROSPIME_PASSWORD/);
    });

    it("is made, and keys are in the place of a password, which is kept beside them", async () => {
      const { where, service } = await start({ registration });
      const ended = await provision(where, ["--register", "--login-keys"]);
      assertWritten(ended, "spime.password");
      const { password, scram } = written();
      assert.equal(password, undefined);
      await logInOnce({ service, jid: JID }, { keys: keysIn(scram) });
      const kept = read("spime.password").trim();
      await logInOnce({ service, jid: JID }, { password: kept });
      assert.doesNotMatch(read("microspime.json"), new RegExp(kept));
    });

    it("is there, and keys are in the place of its password", async () => {
      const { where, service } = await start({ accounts });
      const ended = await provision(where, ["--login-keys"], { MICROSPIME_PASSWORD: PASSWORD });
      assertWritten(ended);
      const { password, scram } = written();
      assert.equal(password, undefined);
      const { mechanism, salt, iterations, clientKey, serverKey } = keysIn(scram);
      assert.deepEqual([mechanism, iterations], ["SCRAM-SHA-256", 4096]);
      const octets = [salt, clientKey, serverKey].map((text) => Buffer.from(text, "base64").length);
      assert.deepEqual(octets, [16, 32, 32]);
      await logInOnce({ service, jid: JID }, { keys: keysIn(scram) });
      assert.match(ended.stderr, /SCRAM-SHA-256, 4096 iterations\).*\n.*changes.*run this again/);
      assert.doesNotMatch(read("microspime.json") + ended.stderr, new RegExp(PASSWORD));
    });

    it("has keys of SCRAM-SHA-1 where there is nothing else", async () => {
      const { where, service } = await start({ accounts, mechanisms: ["SCRAM-SHA-1"] });
      assertWritten(await provision(where, ["--login-keys"], { MICROSPIME_PASSWORD: PASSWORD }));
      const { scram } = written();
      assert.equal(keysIn(scram).mechanism, "SCRAM-SHA-1");
      await logInOnce({ service, jid: JID }, { keys: keysIn(scram) });
    });

    it("logs the board in with what was written", async () => {
      const { where } = await start({ accounts });
      assertWritten(await provision(where, ["--login-keys"], { MICROSPIME_PASSWORD: PASSWORD }));
      const board = new NodeBoard(JSON.parse(read("microspime.json")) as Configuration);
      const { values } = await board.next("online");
      await board.stop();
      assert.equal(values["jid"], JID);
    });

    it("stays online meanwhile", async () => {
      const { where } = await start({ accounts });
      const board = await bound(server!, "spime", { user: "board", password: PASSWORD });
      assertWritten(await provision(where, ["--login-keys"], { MICROSPIME_PASSWORD: PASSWORD }));
      assert.deepEqual(server?.sessions(), [JID]);
      await board.close();
    });

    it("is made over TLS by the certificate that is told, and the board is told it too", async () => {
      await start({ registration, tlsPort: 0 });
      const where = `${server?.address}:${server?.ports.tls}`;
      const flags = ["--tls", "--register", "--login-keys"];
      const advice = /^--fingerprint or NODE_EXTRA_CA_CERTS=FILE name a certificate/;
      assertRefused(await provision(where, flags), 3, /at .*: self-signed certificate\.$/, advice);
      const other = [...flags, "--fingerprint", "ab".repeat(32)];
      assertRefused(await provision(where, other), 3, /certificate is another one/, advice);
      const fingerprint = server?.tlsFingerprint ?? "";
      const pinned = await provision(where, [...flags, "--fingerprint", fingerprint]);
      assertWritten(pinned, "spime.password");
      const { tls, fingerprint: told } = written();
      assert.deepEqual([tls, told], [true, fingerprint]);
    });

    const refused: [name: string, options: ServerOptions, message: RegExp, advice: RegExp][] = [
      ["is there already", { registration, accounts }, /is there already\.$/, /Leave --register/],
      ["is not to be had there", {}, /offers no registration\.$/, /Ask its operator/],
      [
        "is to be had elsewhere",
        { registration: { url: "https://example.org/join" } },
        /registers elsewhere\.$/,
        /register it at https:\/\/example\.org\/join, and give its password/,
      ],
      [
        "is one too many",
        { registration: { maxAccounts: 1 }, accounts: [{ localpart: "other", password: "x" }] },
        /takes no more accounts for now\.$/,
        /Try again/,
      ],
    ];
    for (const [name, options, message, advice] of refused) {
      it(`${name}: exit code 4, and nothing is written`, async () => {
        const { where } = await start(options);
        assertRefused(await provision(where, ["--register"]), 4, message, advice);
      });
    }

    it("is not made over an open line: exit code 4", async () => {
      await start({ registration });
      const where = `0.0.0.0:${server?.ports.client}`;
      const ended = await provision(where, ["--register"]);
      assertRefused(ended, 4, /would go over an open line\.$/, /^Use --tls/);
    });

    it("has another password: exit code 4, and nothing is written", async () => {
      const { where } = await start({ accounts });
      const ended = await provision(where, ["--login-keys"], { MICROSPIME_PASSWORD: "wrong" });
      assertRefused(ended, 4, /refuses the login \(not-authorized\)\.$/, /Check --jid/);
    });

    it("is not made where files cannot be written", async () => {
      const { where, service } = await start({ registration });
      assertWritten(await provision(where, ["--register"]));
      const before = read("microspime.json");
      const again = await provision(where, ["--register", "--jid", `other@${DOMAIN}/spime`]);
      assertFailure(again, 2, /is there already/, /Nothing was written/);
      assert.equal(read("microspime.json"), before);
      const other = { service, jid: `other@${DOMAIN}/spime` };
      await assert.rejects(logInOnce(other, { password: "any" }), /not-authorized/);
    });

    it("cannot be reached: exit code 3, and nothing is written", async () => {
      const { where } = await start();
      await server?.close();
      for (const flag of ["--register", "--login-keys"]) {
        const ended = await provision(where, [flag], { MICROSPIME_PASSWORD: PASSWORD });
        assertRefused(ended, 3, /ECONNREFUSED/, /Check --xmpp/);
      }
    });

    it("needs no certificate where nobody looks at one", async () => {
      const ended = await provision("a:1", ["--fingerprint", "ab".repeat(32), "--password", "x"]);
      assertRefused(ended, 2, /without --tls the board sees none/, /Give --tls too/);
    });

    it("may be made or not: then its password is kept", async () => {
      const { service } = await start({ registration, manners: { split: false } });
      const proxy = await proxyBefore(server!, swallowResult);
      try {
        const where = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
        const ended = await provision(where, ["--register"]);
        assertFailure(ended, 3, /Whether .* is registered .* is not known: /, /microspime\.json/);
        await logInOnce({ service, jid: JID }, { password: written().password ?? "" });
      } finally {
        proxy.close();
      }
    });

    it("is not believed to a server that does not know the password", async () => {
      await start({ accounts, manners: { split: false } });
      const liar = await proxyBefore(server!, forgeSignature);
      try {
        const where = `127.0.0.1:${(liar.address() as AddressInfo).port}`;
        const ended = await provision(where, ["--login-keys"], { MICROSPIME_PASSWORD: PASSWORD });
        assertRefused(
          ended,
          4,
          /could not prove that it knows the password/,
          /the server you mean/,
        );
      } finally {
        liar.close();
      }
    });
  });

  const lack = findProsody() === undefined ? " (skipped: install prosody)" : "";

  (lack ? describe.skip : describe)(`on Prosody${lack}`, () => {
    let prosody: Prosody | undefined;
    afterEach(async () => {
      await prosody?.stop();
      prosody = undefined;
    });

    async function start(options: Omit<ProsodyOptions, "domain">) {
      // Without one it would not listen on the component port, which is waited for.
      const components = [{ domain: "scope.example", secret: "unused" }];
      prosody = await startProsody({ domain: DOMAIN, components, ...options });
      const { host, c2sPort } = prosody;
      return { where: `${host}:${c2sPort}`, service: `xmpp://${host}:${c2sPort}` };
    }

    for (const hash of ["SHA-256", "SHA-1"] as const) {
      it(`is made by STARTTLS, with keys of SCRAM-${hash}`, async () => {
        const { where, service } = await start({ registration: {}, hash, tls: true });
        const { fingerprint = "" } = prosody!;
        const flags = ["--register", "--login-keys", "--fingerprint", fingerprint];
        assertWritten(await provision(where, flags), "spime.password");
        const { scram, fingerprint: told } = written();
        assert.equal(keysIn(scram).mechanism, `SCRAM-${hash}`);
        // The board will not do STARTTLS.
        assert.equal(told, undefined);
        await logInOnce({ service, jid: JID, fingerprint }, { keys: keysIn(scram) });
      });
    }

    it("is made by direct TLS", async () => {
      await start({ registration: {}, tls: true });
      const { host, directTlsPort, fingerprint = "" } = prosody!;
      const flags = ["--tls", "--register", "--fingerprint", fingerprint];
      assertWritten(await provision(`${host}:${directTlsPort}`, flags));
      const place = { service: `xmpps://${host}:${directTlsPort}`, jid: JID, fingerprint };
      await logInOnce(place, { password: written().password ?? "" });
    });

    it("has no keys where the server makes a new salt for each login", async () => {
      const { where } = await start({ accounts });
      const ended = await provision(where, ["--login-keys"], { MICROSPIME_PASSWORD: PASSWORD });
      assertRefused(ended, 4, /another salt at each login/, /internal_hashed/);
    });

    it("keeps its password where it was made, and there are no keys", async () => {
      const { where, service } = await start({ registration: {} });
      const ended = await provision(where, ["--register", "--login-keys"]);
      assert.equal(ended.status, 4);
      assert.match(ended.stderr, /registered, but there are no keys for it: .*another salt/);
      assert.match(ended.stderr, /microspime\.json holds its password instead\./);
      await logInOnce({ service, jid: JID }, { password: written().password ?? "" });
    });

    it("wants more than a password: exit code 4, and nothing is written", async () => {
      const { where } = await start({ registration: { fields: ["email+", "nick"] } });
      const ended = await provision(where, ["--register"]);
      assertRefused(
        ended,
        4,
        /demands more than a password: email\.$/,
        /by the server's own means/,
      );
    });

    it("is made where more than a password may be left out", async () => {
      const { where } = await start({ registration: { fields: ["nick"] } });
      assertWritten(await provision(where, ["--register"]));
    });

    it("is there already, or not to be had: exit code 4", async () => {
      const { where } = await start({ registration: {}, accounts });
      assertRefused(await provision(where, ["--register"]), 4, /is there already/, /--register/);
      await prosody?.stop();
      const closed = await start({});
      const ended = await provision(closed.where, ["--register"]);
      assertRefused(ended, 4, /offers no registration/, /Ask its operator/);
    });
  });
});

/** In place of the server's signature another one. */
function forgeSignature(text: string): string {
  const forged = Buffer.from(`v=${Buffer.alloc(32).toString("base64")}`).toString("base64");
  return text.replace(/(<success[^>]*>)[^<]+/, `$1${forged}`);
}

/** The connection breaks where the answer to the second iq would come. */
function swallowResult(text: string): string | undefined {
  return /<iq/.test(text) && !text.includes("<query") ? undefined : text;
}

/** A way to the server on which all that it says is changed, or cut. */
async function proxyBefore(
  { address, ports }: EmbeddedServer,
  change: (text: string) => string | undefined,
): Promise<Server> {
  const proxy = createServer((client) => {
    const server = connect(ports.client, address);
    client.pipe(server);
    server.on("data", (bytes) => {
      const text = change(bytes.toString());
      if (text === undefined) client.destroy();
      else client.write(text);
    });
    for (const socket of [client, server]) {
      socket.on("error", () => {});
      socket.on("close", () => [client, server].forEach((one) => one.destroy()));
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return proxy;
}
