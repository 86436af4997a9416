// `microspime claim` and `microspime release` as a person runs them: what they print, and how they end.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../../src/desktop/server/server.js";
import { startProgress } from "../../../src/desktop/cli/progress.js";
import { findProsody, startProsody } from "../../support/prosody.js";
import type { Prosody } from "../../support/prosody.js";
import { deny, grant, silence } from "../claimer/spime.js";
import type { Behaviour } from "../claimer/world.js";
import {
  CERTIFIER_JID,
  DOMAIN,
  embedded,
  environment,
  OWNER,
  OWNER_JID,
  PASSWORD,
  SPIME_JID,
  World,
} from "../claimer/world.js";
import { assertFailure, assertSuccess, eventsOf, linesOf, runProgram } from "./program.js";

const KEY = "test/vectors/openspime/scopenode-2048.pem";
const SPIME_KEY = "test/vectors/openspime/spime-2048.pub.pem";
const CODE = "pairing-code-8274";

describe("microspime claim", () => {
  let world: World;
  let folder: string;
  let out: string;
  before(async () => void (world = await World.start(embedded)));
  after(() => world.stop());
  beforeEach(() => {
    world.behaviour = grant();
    world.requests.length = 0;
    folder = mkdtempSync(join(tmpdir(), "microspime-claim-"));
    out = join(folder, "claim.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (args: string[], env = {}) =>
    runProgram(args, { env: { ...environment, ...env } as Record<string, string> });
  const claim = (args: string[] = [], env = {}) =>
    run(["claim", SPIME_JID, ...world.accountOptions, ...source, "--out", out, ...args], env);
  const release = (...args: string[]) =>
    run(["release", SPIME_JID, ...world.accountOptions, ...args]);
  const source = ["--spime-certifier", CERTIFIER_JID];

  it("says who is authorized and until when, and writes it into a file", async () => {
    const ended = await claim();
    assertSuccess(ended);
    assert.deepEqual(linesOf(ended.stdout), [
      `${SPIME_JID} is claimed.`,
      `  authorized  ${OWNER}, logged in as ${OWNER_JID}`,
      "  until       2099-01-02 03:04:05 UTC",
      `  claim file  ${out}`,
    ]);
    assert.equal(statSync(out).mode & 0o777, 0o600);
    const { spime, certifier } = JSON.parse(readFileSync(out, "utf8")) as Record<string, string>;
    assert.deepEqual([spime, certifier], [SPIME_JID, CERTIFIER_JID]);
  });

  it("may be repeated, also with a key instead of a certification service", async () => {
    assertSuccess(await claim());
    const args = ["claim", SPIME_JID, ...world.accountOptions, "--spime-key", SPIME_KEY];
    assertSuccess(await run([...args, "--out", out]));
    assert.equal("certifier" in JSON.parse(readFileSync(out, "utf8")), false);
  });

  it("prints with --json one object, and not the claim key", async () => {
    const { stdout } = await claim(["--json"]);
    const expires = "2099-01-02T03:04:05.000Z";
    const who = { spime: SPIME_JID, osid: OWNER_JID, authorizes: OWNER, expires };
    const told = [{ event: "claimed", ...who, certifier: CERTIFIER_JID, file: out }];
    assert.deepEqual(eventsOf(stdout), told);
  });

  it("signs with a certification service of its own, and shows a code", async () => {
    const signing = ["--key", KEY, "--certifier-jid", `owner@${DOMAIN}/keys`];
    assertSuccess(await claim(signing, { MICROSPIME_CODE: CODE }));
    const request = String(world.requests[0]);
    assert.match(request, /<originator [^>]*cert="owner@spime\.example\/keys"/);
    assert.match(request, new RegExp(`<request [^>]*code="${CODE}"`));
  });

  it("traces stanzas, and neither password nor code", async () => {
    const { stdout } = await claim(["--trace"], { MICROSPIME_CODE: CODE });
    assert.match(stdout, /^→ <iq .*<request .*code="…"/m);
    assert.match(stdout, /^← <iq .*<claimkey/m);
    assert.ok(!stdout.includes(PASSWORD) && !stdout.includes(CODE));
  });

  const failures: [string, Behaviour, args: string[], status: number, RegExp, RegExp][] = [
    [
      "a refusal",
      deny("auth", "forbidden"),
      [],
      1,
      /\/spime does not let you claim it\.$/,
      /--code/,
    ],
    ["another spime", deny("cancel", "item-not-found"), [], 1, /is another spime\.$/, /resource/],
    ["a crowd", deny("wait", "resource-constraint"), [], 1, /too many requests/, /few minutes/],
    ["no answer", silence, ["--wait", "1"], 1, /has not answered in 1 s\.$/, /--wait/],
    ["a key that expired", grant({ expiresAt: new Date(0) }), [], 1, /expired at 1970/, /clocks/],
    ["another's key", grant({ osid: "a@b/c" }), [], 1, /authorizes "a@b\/c", not owner@/, /--jid/],
    ["nothing", () => true, [], 1, /has answered the claim with something else/, /--trace/],
    [
      "a wrong password",
      grant(),
      ["--password", "no"],
      4,
      /cannot log in at 127\S+: not-/,
      /--jid/,
    ],
    ["no server", grant(), ["--xmpp", "127.0.0.1:1"], 3, /cannot log in .*REFUSED/, /--xmpp/],
    [
      "no certification service",
      grant(),
      ["--spime-certifier", `services@${DOMAIN}/no`],
      3,
      /public key of 4a6b\S+ cannot be had/,
      /--spime-key/,
    ],
    ["no claim of that spime", grant(), ["--out", KEY], 2, /pem is there already, and/, /--out/],
    ["no folder", grant(), ["--out", "no/where"], 2, /where cannot be written \(ENOENT\)/, /--out/],
    [
      "no PEM",
      grant(),
      ["--spime-key", "package.json"],
      2,
      /package\.json: .* not a PEM/,
      /openssl/,
    ],
    [
      "a lonely key",
      grant(),
      ["--key", KEY],
      2,
      /no certification service is named/,
      /--certifier/,
    ],
    ["no key", grant(), ["--certifier", "a.b"], 2, /--certifier .* --key is missing/, /PEM/],
    [
      "two certification services",
      grant(),
      ["--key", KEY, "--certifier", "a.b", "--certifier-jid", "a@b"],
      2,
      /one certification service only/,
      /Leave --certifier out/,
    ],
    ["no full address", grant(), ["--jid", OWNER], 2, /must be a full address/, /--help/],
  ];

  for (const [name, behaviour, args, status, message, advice] of failures) {
    it(`says what is wrong: ${name}`, async () => {
      world.behaviour = behaviour;
      assertFailure(await claim(args), status, message, advice);
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it("says what is missing", async () => {
    const account = world.accountOptions;
    const unknown = await run(["claim", SPIME_JID, ...account, "--out", out]);
    assertFailure(unknown, 2, /nobody is named who has it\.$/, /--spime-certifier/);
    const silent = await claim([], { MICROSPIME_PASSWORD: "" });
    assertFailure(silent, 2, /--password \(or MICROSPIME_PASSWORD\) is needed/, /owner@/);
    const signing = ["--key", KEY, "--certifier-jid", "services@a.b"];
    const dumb = await claim(signing, { MICROSPIME_CERT_PASSWORD: "" });
    assertFailure(dumb, 2, /MICROSPIME_CERT_PASSWORD\) is needed/, /services@a\.b/);
    assert.equal(world.requests.length, 0);
  });

  it("asks nothing of a spime if the file could not be written", async () => {
    writeFileSync(out, "diary");
    assertFailure(await claim(), 2, /is there already/, /another --out/);
    assert.equal(world.requests.length, 0);
  });

  describe("release", () => {
    it("says that it is done", async () => {
      world.behaviour = () => true;
      const ended = await release();
      assertSuccess(ended);
      assert.match(ended.stdout, /^4a6b\S+\/spime is released\.\nA claim file of it/);
      const { stdout } = await release("--json");
      assert.deepEqual(eventsOf(stdout), [{ event: "released", spime: SPIME_JID }]);
    });

    it("says why it is not", async () => {
      world.behaviour = deny("auth", "forbidden");
      assertFailure(await release(), 1, /does not let you release it\.$/, /same account/);
      const nobody = await run(["release", `${SPIME_JID}2`, ...world.accountOptions]);
      assertFailure(nobody, 1, /\/spime2 is not there\.$/, /switched on/);
    });
  });
});

const title = "microspime release over TLS";
if (findProsody() === undefined)
  describe.skip(`${title} (skipped: install prosody)`, () => it("runs"));
else describe(title, verifiesCertificates);

/** Nobody is there to release anything: whoever is told so has been let in. */
function verifiesCertificates(): void {
  let prosody: Prosody;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "microspime-tls-"));
    const accounts = [{ localpart: "owner", password: PASSWORD }];
    // Without one it would not listen on the component port, which is waited for.
    const components = [{ domain: "scopenode.example", secret: "unused" }];
    prosody = await startProsody({ domain: DOMAIN, accounts, components, tls: true });
    writeFileSync(join(folder, "cert.pem"), prosody.certificate ?? "");
  });
  after(async () => {
    await prosody?.stop();
    rmSync(folder, { recursive: true });
  });

  function release(args: string[], env: Record<string, string> = {}) {
    const { host, c2sPort, directTlsPort } = prosody;
    const port = args.includes("--tls") ? directTlsPort : c2sPort;
    const account = ["--xmpp", `${host}:${port}`, "--jid", OWNER_JID];
    const options = { env: { ...environment, ...env } };
    return runProgram(["release", `owner@${DOMAIN}/away`, ...account, ...args], options);
  }

  for (const args of [["--tls"], []]) {
    const name = args[0] ?? "STARTTLS";
    it(`believes with ${name} no certificate of the server's own making`, async () => {
      const ended = await release(args);
      assertFailure(ended, 3, /cannot log in at .*self-signed/, /NODE_EXTRA_CA_CERTS.*--trusting/);
    });

    it(`believes with ${name} one that it is told the fingerprint of, and no other`, async () => {
      const right = await release([...args, "--fingerprint", prosody.fingerprint ?? ""]);
      assertFailure(right, 1, /\/away is not there\.$/, /switched on/);
      const wrong = await release([...args, "--fingerprint", "ab".repeat(32)]);
      const shown = new RegExp(`another one, with the fingerprint ${prosody.fingerprint}\\.$`);
      assertFailure(wrong, 3, shown, /^--fingerprint or NODE_EXTRA_CA_CERTS/);
    });

    it(`believes with ${name} one that it is told to, for the domain`, async () => {
      const env = { NODE_EXTRA_CA_CERTS: join(folder, "cert.pem") };
      assertFailure(await release(args, env), 1, /\/away is not there\.$/, /switched on/);
    });

    it(`believes with --trusting any, ${name}`, async () => {
      assertFailure(await release([...args, "--trusting"]), 1, /\/away is not there\.$/, /on/);
    });
  }

  it("with a fingerprint talks to no server without TLS (CVE-2016-10027)", async () => {
    const server = await startServer({ domain: DOMAIN });
    try {
      const where = ["--xmpp", `${server.address}:${server.ports.client}`];
      const ended = await release([...where, "--fingerprint", prosody.fingerprint ?? ""]);
      assertFailure(ended, 3, /cannot log in at .*: the server offers no TLS\.$/, /Check --xmpp/);
    } finally {
      await server.close();
    }
  });

  it("takes either any certificate or one", async () => {
    const ended = await release(["--trusting", "--fingerprint", "ab".repeat(32)]);
    assertFailure(ended, 2, /--trusting believes any certificate/, /Leave one of them out/);
    const wrong = await release(["--fingerprint", "ab:cd"]);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /must be a SHA-256/);
  });

  it("says that a port is not one for direct TLS, or only for that", async () => {
    const { host, c2sPort, directTlsPort } = prosody;
    const advice = /--tls: a port for direct TLS needs it/;
    const plain = await release(["--tls", "--xmpp", `${host}:${c2sPort}`]);
    assertFailure(plain, 3, /: no TLS that works \(ERR_SSL_WRONG_VERSION_NUMBER\)\.$/, advice);
    const direct = await release(["--xmpp", `${host}:${directTlsPort}`]);
    assertFailure(direct, 3, /cannot log in at \S+: \S.*\.$/, advice);
    assert.doesNotMatch(direct.stderr, /undefined/);
  });
}

describe("The progress of a claim", () => {
  it("is a line on a terminal, which is gone at the end", () => {
    const written: string[] = [];
    const stop = startProgress("Waiting", { isTTY: true, write: (text) => written.push(text) });
    stop();
    assert.deepEqual(written, ["\r\x1b[KWaiting … 0 s", "\r\x1b[K"]);
  });

  it("is nothing elsewhere", () => {
    startProgress("Waiting", { write: () => assert.fail("written") })();
  });
});
