// Which server a board in Node talks to: RFC 9525, by the domain of its JID, or by a fingerprint.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OwnCertificate } from "../../../src/desktop/server/options.js";
import { type EmbeddedServer, startServer } from "../../../src/desktop/server/server.js";
import { logEventOf, type LogEvent } from "../../../src/desktop/sim/agent-log.js";
import { startNodeBoard } from "../../../src/desktop/sim/node-board.js";
import { VirtualClock } from "../../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../../src/desktop/sim/wire.js";
import { type Authority, newAuthority, newCertificate } from "../../support/certificates.js";
import type { Wanted } from "../../support/certificates.js";
import { credentials, JID, outsideOptions, PASSWORD, setup } from "../cli/outside-server.js";
import { assertFailure, assertSuccess, type Ended, runProgram } from "../cli/program.js";

const DOMAIN = setup.domain;
const OTHER = Array.from({ length: 32 }, () => "AB").join(":");

describe("A board's server", () => {
  let server: EmbeddedServer | undefined;
  afterEach(() => server?.close());

  async function start(certificate?: OwnCertificate): Promise<EmbeddedServer> {
    server = await startServer({
      ...setup,
      tlsPort: 0,
      componentPort: 0,
      ...(certificate && { certificate }),
    });
    return server;
  }

  describe("by its certificate's authority, dates and names", () => {
    let folder: string;
    let authority: Authority;
    before(async () => {
      authority = await newAuthority();
      folder = mkdtempSync(join(tmpdir(), "microspime-authority-"));
      writeFileSync(join(folder, "authority.pem"), authority.cert);
    });
    after(() => rmSync(folder, { recursive: true }));

    async function sim(wanted: Wanted, host = "127.0.0.1", ...args: string[]): Promise<Ended> {
      const { ports } = await start(await newCertificate({ authority, ...wanted }));
      const where = { host, c2sPort: ports.tls ?? 0, componentPort: ports.component ?? 0 };
      const env = { ...credentials, NODE_EXTRA_CA_CERTS: join(folder, "authority.pem") };
      const flags = ["--tls", "--reports", "1", "--speed", "20", ...outsideOptions(where)];
      return runProgram(["sim", ...flags, ...args], { env });
    }

    function assertDistrusted(ended: Ended, fault: string): void {
      const message = new RegExp(`does not prove that it is that of ${DOMAIN}: ${fault}\\.$`);
      assertFailure(ended, 3, message, /--fingerprint or --trusting/);
    }

    it("is the one of the JID's domain, whatever host was dialled", async () =>
      assertSuccess(await sim({ names: ["elsewhere.example", DOMAIN] })));

    it("CVE-2022-24968: is not one that is for the dialled host only", async () =>
      assertDistrusted(await sim({ names: ["localhost"] }, "localhost"), "certificate-wrong-name"));

    const wrong: [name: string, wanted: Wanted, fault: string][] = [
      ["has another name", { names: ["other.example"] }, "certificate-wrong-name"],
      ["has a longer name", { names: [`x.${DOMAIN}`] }, "certificate-wrong-name"],
      ["has the name in its subject only", { commonName: DOMAIN }, "certificate-wrong-name"],
      ["has expired", { names: [DOMAIN], toDay: -1 }, "certificate-expired"],
      ["is not yet valid", { names: [DOMAIN], fromDay: 1 }, "certificate-not-yet-valid"],
    ];
    for (const [name, wanted, fault] of wrong) {
      it(`is not one whose certificate ${name}`, async () =>
        assertDistrusted(await sim(wanted), fault));
    }

    it("is not one whose certificate has signed itself, unless any will do", async () => {
      const { ports, address } = await start();
      const where = { host: address, c2sPort: ports.tls ?? 0, componentPort: ports.component ?? 0 };
      const args = ["sim", "--tls", "--reports", "1", "--speed", "20", ...outsideOptions(where)];
      assertDistrusted(await runProgram(args, { env: credentials }), "certificate-self-signed");
      assertSuccess(await runProgram([...args, "--trusting"], { env: credentials }));
    });

    it("is the one of the fingerprint, whatever else is wrong", async () => {
      const made = await newCertificate({ names: ["other.example"], toDay: -1 });
      const { ports, address } = await start(made);
      const where = { host: address, c2sPort: ports.tls ?? 0, componentPort: ports.component ?? 0 };
      const args = ["sim", "--tls", "--reports", "1", "--speed", "20", ...outsideOptions(where)];
      const bare = made.fingerprint.replaceAll(":", "").toLowerCase();
      const pinned = await runProgram([...args, "--fingerprint", bare], { env: credentials });
      assertSuccess(pinned);
      const other = await runProgram([...args, "--fingerprint", OTHER], { env: credentials });
      assertDistrusted(other, "certificate-wrong-fingerprint");
    });
  });

  describe("that is not the right one", () => {
    /** The board's log until it has been offline three times. */
    async function offline(fingerprint?: string): Promise<LogEvent[]> {
      const { ports, address: host } = await start();
      const clock = new VirtualClock(100);
      const events: LogEvent[] = [];
      const board = await new Promise<{ stop(): Promise<void> }>((resolve) => {
        const started = startNodeBoard({
          configuration: {
            ...{ host, port: ports.tls ?? 0, tls: true, jid: JID, password: PASSWORD },
            ...(fingerprint && { fingerprint }),
            ...{ scopenode: "node@scopenode.example/co2", exposure: "", samplePeriodS: 60 },
          },
          files: {},
          ...{ gps: new Wire(), co2: new Wire(), clock, onTraffic: undefined, onCrash() {} },
          onLog(line) {
            const event = logEventOf(line);
            if (event?.name !== "offline") return;
            if (events.push(event) === 3) resolve(started);
          },
        });
      });
      clock.stop();
      await board.stop();
      assert.deepEqual(server?.sessions(), []);
      return events;
    }

    const faults: [fault: string, fingerprint?: string][] = [
      ["certificate-self-signed"],
      ["certificate-wrong-fingerprint", OTHER],
    ];
    for (const [fault, fingerprint] of faults) {
      it(`is named as ${fault}, and tried again, each time later`, async () => {
        const events = await offline(fingerprint);
        const reasons = events.map(({ values }) => values["reason"]);
        assert.deepEqual(reasons, Array(3).fill(`disconnected:${fault}`));
        events.forEach(({ values }, failures) => {
          const retryMs = Number(values["retryMs"]);
          assert.ok(retryMs >= 500 * 2 ** failures && retryMs <= 1000 * 2 ** failures);
        });
      });
    }
  });
});
