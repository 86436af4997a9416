// The suite of docs/nacl.md whole: the board `sim-nacl`, whose bundle has it, reports over the embedded server to a ScopeNode that has
// it, and to one that has not.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCertificationService } from "../../../src/desktop/certification/index.js";
import type { CertificationService } from "../../../src/desktop/certification/index.js";
import { startScopeNode } from "../../../src/desktop/scopenode/index.js";
import type { Report, ScopeNode } from "../../../src/desktop/scopenode/index.js";
import {
  CERTIFIER_JID,
  credentials,
  JID,
  type OutsideServer,
  setup,
  startOutside,
} from "../cli/outside-server.js";
import { assertSuccess, eventsOf, named, runProgram } from "../cli/program.js";
import { readPem } from "../openspime/support.js";

const TIMEOUT_MS = 60_000;
const NACL = "x-openspime/nacl-base64";
const RSA = "x-openspime/aes-base64";

const sim = (args: string[], env = {}) =>
  runProgram(["sim", "--json", "--speed", "20", "--trace", ...args], {
    timeoutMs: TIMEOUT_MS,
    env,
  });

function stanzasIn(stdout: string, direction: string, part: string): string[] {
  const stanzas = named(eventsOf(stdout), "stanza").filter(
    (event) => event.direction === direction,
  );
  return stanzas.map(({ text }) => `${text}`).filter((text) => text.includes(part));
}

/** Whoever has the keys in its store does not ask. */
const questionsIn = (stdout: string) => stanzasIn(stdout, "sent", "<keys xmlns").filter(isQuestion);
const isQuestion = (text: string) => !text.includes("<openspime");

const reportsIn = (stdout: string) => stanzasIn(stdout, "sent", "<transport");

describe("sim, with the suite of docs/nacl.md", function () {
  this.timeout(TIMEOUT_MS + 2000);

  it("has its reports taken, signed and encrypted, with the same signed key in each", async () => {
    const ended = await sim(["--suite", "nacl", "--reports", "3"]);
    assertSuccess(ended);
    const [{ stored, signed, encrypted }] = named(eventsOf(ended.stdout), "outcome");
    assert.ok(Number(stored) >= 3);
    assert.deepEqual([signed, encrypted], [stored, stored]);
    const reports = reportsIn(ended.stdout);
    assert.equal(reports.length, 3);
    const keys = reports.map((report) => {
      assert.match(report, new RegExp(`<sign content-type="${NACL}">[A-Za-z0-9+/]{86}==</sign>`));
      assert.match(
        report,
        new RegExp(`<transport content-type="${NACL}" transport-key="[^"]{44}">`),
      );
      assert.doesNotMatch(report, /<ppm>|<lat>|<entry>/);
      return /<openspime[^>]*><originator[^>]* osid=.*?<\/openspime>/.exec(report)?.[0] ?? "";
    });
    assert.ok(keys[0]?.includes("<ed25519>"), reports[0]);
    assert.equal(new Set(keys).size, 1);
    assert.equal(questionsIn(ended.stdout).length, 1);
  });

  it("is not used where the configuration does not say so", async () => {
    const ended = await sim(["--reports", "2"]);
    assertSuccess(ended);
    assert.doesNotMatch(ended.stdout, /disco#info|nacl-base64\W+transport/);
    for (const report of reportsIn(ended.stdout)) assert.ok(report.includes(RSA), report);
  });

  it("goes with nothing that has none of it", async () => {
    for (const other of [["--plain"], ["--engine", "espruino"]]) {
      const { status, stderr } = await sim(["--suite", "nacl", ...other]);
      assert.equal(status, 2, stderr);
      assert.match(stderr, /--suite nacl and --(plain|engine espruino) do not go together\./);
    }
  });

  describe("and a ScopeNode of another's", () => {
    const reports: Report[] = [];
    let folder: string;
    let server: OutsideServer;
    let service: CertificationService;
    let node: ScopeNode;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "microspime-nacl-"));
      for (const name of ["spime", "scopenode"])
        copyFileSync(`test/vectors/openspime/${name}-2048.pem`, join(folder, `${name}.pem`));
      server = await startOutside();
      node = await startNode(false);
      service = await startCertificationService({
        service: `xmpp://${server.host}:${server.c2sPort}`,
        ...{ domain: setup.domain, username: "services" },
        password: credentials.MICROSPIME_CERT_PASSWORD,
        keys: new Map([
          [JID, readPem("spime-2048.pub")],
          [node.jid, readPem("scopenode-2048.pub")],
        ]),
      });
    });
    after(async () => {
      await service?.stop();
      await node?.stop();
      await server?.server.close();
      rmSync(folder, { recursive: true });
    });

    function startNode(nacl: boolean): Promise<ScopeNode> {
      const [{ domain, secret }] = setup.components;
      return startScopeNode({
        service: `xmpp://${server.host}:${server.componentPort}`,
        jid: `node@${domain}/co2`,
        ...{ domain, secret, nacl },
        key: readPem("scopenode-2048"),
        acceptedCertifiers: [CERTIFIER_JID],
        onReport: (report) => void reports.push(report),
      });
    }

    async function run(...args: string[]): Promise<string> {
      reports.length = 0;
      const where = ["--xmpp", `${server.host}:${server.c2sPort}`, "--jid", JID];
      const whom = ["--scopenode", node.jid, "--keys", folder, "--certifier", CERTIFIER_JID];
      const store = ["--store", join(folder, "store")];
      const ended = await sim(
        ["--suite", "nacl", ...store, ...where, ...whom, ...args],
        credentials,
      );
      assertSuccess(ended);
      assert.ok(reports.length > 0);
      for (const { osid, isSigned, isEncrypted } of reports) {
        assert.deepEqual([osid, isSigned, isEncrypted], [JID, true, true]);
      }
      return ended.stdout;
    }

    it("reports as the document has it where that one does not have the suite", async () => {
      const stdout = await run("--reports", "2");
      for (const report of reportsIn(stdout)) assert.ok(report.includes(RSA), report);
      assert.equal(questionsIn(stdout).length, 0);
    });

    it("reports in the suite when that one has it, and asks for its key once in its life", async () => {
      await node.stop();
      node = await startNode(true);
      const recordings = ["haicom-305N", "garmin17n"].map(
        (name) => `test/vectors/nmea/${name}.log`,
      );
      const asked: number[] = [];
      for (const gps of recordings) {
        const stdout = await run("--reports", "2", "--gps", gps);
        for (const report of reportsIn(stdout))
          assert.ok(report.includes(`<transport content-type="${NACL}"`), report);
        asked.push(questionsIn(stdout).length);
      }
      assert.deepEqual(asked, [1, 0]);
    });
  });
});
