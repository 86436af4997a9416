// Signed and encrypted reports from the bundle to the ScopeNode: what the board sends is verified and
// decrypted by the desktop's own code, and once by openssl from the stanza that --trace shows.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCertificationService } from "../../../src/desktop/certification/index.js";
import type { CertificationService } from "../../../src/desktop/certification/index.js";
import { canonicalForms } from "../../../src/desktop/openspime/canonical.js";
import { parseXmlText } from "../../../src/desktop/openspime/xml-text.js";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Report, ScopeNode } from "../../../src/desktop/scopenode/index.js";
import { findProsody, type Prosody, startProsody } from "../../support/prosody.js";
import {
  CERTIFIER_JID,
  credentials,
  JID,
  type OutsideServer,
  securedOptions,
  setup,
  startOutside,
} from "../cli/outside-server.js";
import {
  assertOutcome,
  assertSuccess,
  eventsOf,
  named,
  runProgram,
  type RunOptions,
} from "../cli/program.js";
import { readPem } from "../openspime/support.js";

const VECTORS = "test/vectors/openspime";
const TIMEOUT_MS = 60_000;
const fast = ["--json", "--speed", "20"];

const sim = (args: string[], options: RunOptions = {}) =>
  runProgram(["sim", ...args], { timeoutMs: TIMEOUT_MS, ...options });

/** As the ScopeNode's reports say it: every sample came signed by the board and encrypted. */
function assertSecured(stdout: string, reports: number): void {
  assertOutcome(stdout, reports);
  const [{ stored, signed, encrypted }] = named(eventsOf(stdout), "outcome");
  assert.deepEqual([signed, encrypted], [stored, stored]);
}

/** The stanzas that a traced board has sent with a transport. */
function reportsIn(stdout: string): string[] {
  const sent = named(eventsOf(stdout), "stanza").filter(({ direction }) => direction === "sent");
  return sent.map(({ text }) => `${text}`).filter((text) => text.includes("<transport"));
}

/** A folder for --keys. */
function keyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "microspime-keys-"));
  for (const name of ["spime", "scopenode"]) {
    copyFileSync(`${VECTORS}/${name}-2048.pem`, join(folder, `${name}.pem`));
  }
  return folder;
}

describe("sim, signed and encrypted", function () {
  this.timeout(TIMEOUT_MS + 2000);
  let folder: string;
  before(() => void (folder = keyFolder()));
  after(() => rmSync(folder, { recursive: true }));

  for (const transport of [[], ["--tls"]]) {
    it(["has its reports taken so", ...transport].join(" "), async () => {
      const ended = await sim([...fast, ...transport, "--reports", "3"]);
      assertSuccess(ended);
      assertSecured(ended.stdout, 3);
    });
  }

  it("says so in scene and summary", async () => {
    const { stdout } = await sim(["--speed", "20", "--reports", "2"]);
    assert.match(
      stdout,
      /\n {2}security {3}signed \(RSA-2048\) and encrypted,\n {13}keys told by services@\S+\/cert\n/,
    );
    assert.match(stdout, /\nThe ScopeNode took \d+ samples, all signed and encrypted\.\n/);
  });

  it("shows a trace in which no value can be read", async () => {
    const { stdout } = await sim([...fast, "--trace", "--reports", "2"]);
    const reports = reportsIn(stdout);
    assert.equal(reports.length, 2);
    for (const report of reports) {
      assert.match(report, /<originator [^>]*cert=['"]services@spime\.localhost\/cert['"]/);
      assert.match(report, /<sign>[A-Za-z0-9+/]+=*<\/sign>/);
      assert.match(report, /<transport [^>]*content-type=['"]x-openspime\/aes-base64['"]/);
      assert.match(report, /<transport [^>]*transport-key=['"][A-Za-z0-9+/]+=*['"]/);
      assert.doesNotMatch(report, /<ppm>|<lat>|<entry>/);
    }
  });

  it("shows one with --keys that openssl opens and verifies", async () => {
    const { stdout } = await sim([...fast, "--trace", "--reports", "1", "--keys", folder]);
    const [report] = reportsIn(stdout);
    const data = opened(report, join(folder, "scopenode.pem"));
    const [{ time, ppm }] = named(eventsOf(stdout), "acknowledged");
    assert.ok(data.includes(`<date>${time}</date>`) && data.includes(`<ppm>${ppm}</ppm>`), data);
    const [form = assert.fail()] = canonicalForms(parseXmlText(data) ?? assert.fail());
    const digest = createHash("sha1").update(form, "utf8").digest("hex");
    assert.equal(digestSigned(report, `${VECTORS}/spime-2048.pub.pem`), digest);
  });

  describe("for a ScopeNode and a certification service that run elsewhere", () => {
    const reports: Report[] = [];
    let server: OutsideServer;
    let node: ScopeNode;
    let service: CertificationService;

    before(async () => {
      server = await startOutside();
      const [{ domain, secret }] = setup.components;
      node = await startScopeNode({
        service: `xmpp://${server.host}:${server.componentPort}`,
        jid: `Node@${domain}/co2`,
        ...{ domain, secret },
        key: readPem("scopenode-2048"),
        acceptedCertifiers: [CERTIFIER_JID],
        onReport: (report) => void reports.push(report),
      });
      service = await startCertifier();
    });
    after(async () => {
      await service?.stop();
      await node?.stop();
      await server?.server.close();
    });
    beforeEach(() => void (reports.length = 0));

    function startCertifier(): Promise<CertificationService> {
      return startCertificationService({
        service: `xmpp://${server.host}:${server.c2sPort}`,
        ...{ domain: setup.domain, username: "services" },
        password: credentials.MICROSPIME_CERT_PASSWORD,
        keys: new Map([
          [JID, readPem("spime-2048.pub")],
          [node.jid, readPem("scopenode-2048.pub")],
        ]),
      });
    }

    const where = () => [
      ...["--xmpp", `${server.host}:${server.c2sPort}`, "--jid", JID],
      ...["--scopenode", node.jid, "--keys", folder],
    ];

    async function expectReports(...options: string[]): Promise<void> {
      const args = [...fast, "--reports", "2", ...where(), ...options];
      assertSuccess(await sim(args, { env: credentials }));
      assert.ok(reports.length >= 2);
      for (const { osid, isSigned, isEncrypted } of reports) {
        assert.deepEqual([osid, isSigned, isEncrypted], [JID, true, true]);
      }
    }

    it("reports in the board's name", () => expectReports("--certifier", CERTIFIER_JID));

    it("tells the keys itself with --certifier-jid", async () => {
      await service.stop();
      try {
        // Another recording: the dates of the first would make it a replay.
        const gps = ["--gps", "test/vectors/nmea/haicom-305N.log"];
        await expectReports("--certifier-jid", CERTIFIER_JID, ...gps);
      } finally {
        service = await startCertifier();
      }
    });
  });

  it("has what it plays again noticed as a replay, answered and not taken twice", async () => {
    const gps = ["--gps", "test/vectors/nmea/garmin17n.log"];
    const ended = await sim([...fast, ...gps, "--period", "1", "--reports", "12"]);
    assertSuccess(ended);
    const events = eventsOf(ended.stdout);
    const entries = named(events, "acknowledged").map((report) => Number(report["entries"]));
    const [{ stored, replayed }] = named(events, "outcome");
    assert.ok(Number(replayed) > 0, ended.stdout);
    assert.equal(
      Number(stored) + Number(replayed),
      entries.reduce((sum, count) => sum + count, 0),
    );
  });

  it("goes on when the server went away and came back", async () => {
    let server = await startOutside();
    const restart = async () => {
      await server.server.close();
      server = await startOutside(server);
    };
    let restarted: Promise<void> | undefined;
    const onLine = (line: string) => {
      if (line.startsWith('{"event":"acknowledged","number":2,')) restarted = restart();
    };
    try {
      const args = [...fast, "--reports", "4", ...securedOptions(server)];
      const ended = await sim(args, { env: credentials, onLine });
      assert.ok(restarted, ended.stderr);
      await restarted;
      assertSuccess(ended);
      // What was sent before all were back has been refused, and sent again.
      const [{ acknowledged, stored, signed, encrypted }] = named(
        eventsOf(ended.stdout),
        "outcome",
      );
      assert.deepEqual([acknowledged, signed, encrypted], [4, stored, stored]);
    } finally {
      await server.server.close();
    }
  });
});

const lack = findProsody() === undefined ? " (skipped: install prosody)" : "";

(lack ? describe.skip : describe)(`sim on Prosody, signed and encrypted${lack}`, function () {
  this.timeout(TIMEOUT_MS + 2000);
  let prosody: Prosody;
  before(async () => {
    prosody = await startProsody({ ...setup, tls: true });
  });
  after(() => prosody?.stop());

  for (const tls of [false, true]) {
    it(`has three reports taken over ${tls ? "direct TLS" : "plain TCP"}`, async () => {
      const c2sPort = (tls ? prosody.directTlsPort : prosody.c2sPort) ?? 0;
      const where = securedOptions({ ...prosody, c2sPort });
      const pinned = tls ? ["--tls", "--fingerprint", prosody.fingerprint ?? ""] : [];
      const args = [...fast, "--reports", "3", ...where, ...pinned];
      const ended = await sim(args, { env: credentials });
      assertSuccess(ended);
      assertSecured(ended.stdout, 3);
    });
  }
});

/** A boot from flash, a login, and some private operations in an interpreter. */
const ENGINE_TIMEOUT_MS = 170_000;
const lacksSocat = spawnSync("socat", ["-V"]).error !== undefined;

/** ESPRUINO_SMALL is a build with a board's few variables. */
for (const [variable, name, sizes] of [
  ["ESPRUINO", "Espruino", [1024, 2048]],
  ["ESPRUINO_SMALL", "Espruino with few variables", [2048]],
] as [string, string, number[]][]) {
  const binary = process.env[variable];
  const lackOfEngine = !binary
    ? ` (skipped: set ${variable})`
    : lacksSocat
      ? " (skipped: install socat)"
      : "";

  (lackOfEngine ? describe.skip : describe)(
    `sim in ${name}, signed and encrypted${lackOfEngine}`,
    function () {
      this.timeout(ENGINE_TIMEOUT_MS + 2000);

      for (const bits of sizes) {
        it(`has two reports taken, ${bits} bits`, async () => {
          const env = { ESPRUINO: binary ?? "" };
          const args = ["--json", "--engine", "espruino", "--bits", `${bits}`, "--reports", "2"];
          const ended = await sim(args, { env, timeoutMs: ENGINE_TIMEOUT_MS });
          assert.equal(ended.status, 0, `${ended.stdout}${ended.stderr}`);
          assertSecured(ended.stdout, 2);
        });
      }
    },
  );
}

function partOf(stanza: string, pattern: RegExp): Buffer {
  const [, base64 = assert.fail(`no ${pattern}`)] = pattern.exec(stanza) ?? [];
  return Buffer.from(base64, "base64");
}

function openssl(args: string[], input: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync("openssl", args, { input });
  assert.equal(status, 0, String(stderr));
  return stdout;
}

/** What is in the transport, by the ScopeNode's private key. */
function opened(stanza: string, keyFile: string): string {
  const blocks = partOf(stanza, / transport-key=['"]([^'"]+)/);
  const decrypt = ["pkeyutl", "-decrypt", "-inkey", keyFile];
  let text = "";
  for (let at = 0; at < blocks.length; at += 256) {
    text += openssl(decrypt, blocks.subarray(at, at + 256)).toString();
  }
  const [key, iv] = [/<key>([^<]+)/, /<vint>([^<]+)/].map((one) => partOf(text, one));
  const cipher = [
    "enc",
    "-d",
    "-aes-256-cbc",
    "-K",
    key.toString("hex"),
    "-iv",
    iv.toString("hex"),
  ];
  return openssl(cipher, partOf(stanza, /<transport [^>]*>([^<]+)/)).toString("utf8");
}

function digestSigned(stanza: string, keyFile: string): string {
  const recover = ["pkeyutl", "-verifyrecover", "-pubin", "-inkey", keyFile];
  return openssl(recover, partOf(stanza, /<sign>([^<]+)/)).toString("hex");
}
