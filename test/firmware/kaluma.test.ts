// The board pico2w, as it is built, between its sensors and a server of ours: in Node, with Kaluma's manners around it
// (test/support/kaluma-fakes.ts). With JERRY it starts in that engine, with KALUMA in a build of Kaluma for Linux.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCertificationService } from "../../src/desktop/certification/index.js";
import type { CertificationService } from "../../src/desktop/certification/index.js";
import { readPrivateKey } from "../../src/desktop/openspime/keys.js";
import { arithmeticOf } from "../../src/desktop/provisioning/arithmetic.js";
import { keyRecord } from "../../src/desktop/provisioning/key-record.js";
import { startScopeNode } from "../../src/desktop/scopenode/index.js";
import type { Report, ScopeNode } from "../../src/desktop/scopenode/index.js";
import { readBundle } from "../../src/desktop/sim/bundle.js";
import { co2CurveOf } from "../../src/desktop/sim/co2-curve.js";
import { GpsTwin } from "../../src/desktop/sim/sensors/gps.js";
import { attachMhz19 } from "../../src/desktop/sim/sensors/mhz19.js";
import { VirtualClock } from "../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../src/desktop/sim/wire.js";
import { startServer } from "../../src/desktop/server/server.js";
import type { EmbeddedServer } from "../../src/desktop/server/server.js";
import { readPem } from "../desktop/openspime/support.js";
import { newAuthority, newCertificate } from "../support/certificates.js";
import type { Authority } from "../support/certificates.js";
import { findStunnel, startStunnel } from "../support/stunnel.js";
import { findProgram } from "../support/suites.js";
import { KalumaBoard } from "../support/kaluma-fakes.js";

const BOARD = "pico2w";
const PRELUDE = "test/support/kaluma-prelude.js";
const WIFI = { ssid: "home", password: "wifi secret" };
const PASSWORD = "correct-horse-4711";
const DOMAIN = "spime.example";
const COMPONENT = { domain: "scopenode.example", secret: "battery-staple-0815" };
const JID = `board@${DOMAIN}/roof`;
const CERTIFIER = `services@${DOMAIN}/cert`;
const SPEED = 5;
const PATIENCE_MS = 30_000;
/** Two joins that fail, and some samples between them. */
const OFFLINE_MS = 90_000;

type Fields = Readonly<Record<string, unknown>>;

const bytesOf = (text: string | Buffer) => Uint8Array.from(Buffer.from(text));

/** What provisioning would put onto a board. */
function filesOf(configuration: Fields): Map<string, Uint8Array> {
  const key = keyRecord(readPrivateKey("spime", readPem("spime-2048")), arithmeticOf(BOARD));
  return new Map([
    ["/microspime.json", bytesOf(JSON.stringify(configuration))],
    ["/microspime.key", bytesOf(key)],
    ["/microspime.seed", bytesOf(randomBytes(48))],
  ]);
}

/** A board and its sensors. */
class Life {
  readonly board: KalumaBoard;
  private readonly clock = new VirtualClock(SPEED);
  private readonly gps: GpsTwin;

  constructor(flash: Map<string, Uint8Array>, hasNetwork = true) {
    this.board = new KalumaBoard({ flash, clockMs: () => this.clock.nowMs() });
    if (hasNetwork) this.board.network.there = WIFI;
    const startMs = Date.now();
    const place = { latDegrees: 45.4642, lonDegrees: 9.19, altitudeM: 122, hdop: 1, satellites: 8 };
    const [gps, co2] = [new Wire(), new Wire()];
    // What blocks the board does not stop the satellites.
    const course = () => ({ timeMs: startMs + this.board.loop.nowMs(), ...place });
    this.gps = new GpsTwin(gps, { clock: this.clock, course });
    attachMhz19(co2, { curve: co2CurveOf("0,428")!, clock: this.clock, warmUpMs: 0 });
    this.board.run(readBundle(BOARD).text);
    [gps, co2].forEach((wire, port) => {
      const end = this.board.uarts.get(port);
      if (!end) return;
      wire.onBytesForBoard((bytes) => end.receive(bytes));
      end.onSent = (bytes) => wire.toSensor(bytes);
    });
    this.gps.start();
    this.board.start();
  }

  get log(): string {
    return this.board.log.join("\n");
  }

  count(event: string): number {
    return this.board.log.filter((line) => line.split(" ")[1] === event).length;
  }

  async until(isSo: () => boolean): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!isSo()) {
      assert.ok(performance.now() < endMs, this.log);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Power off. */
  stop(): void {
    this.gps.stop();
    this.clock.stop();
    this.board.stop();
  }

  assertClean(): void {
    const { loop, network, files } = this.board;
    assert.deepEqual(loop.lost, [], this.log);
    assert.deepEqual([...loop.misuses, ...network.misuses], [], this.log);
    assert.deepEqual([files.openCount, files.leaked], [0, 0]);
    assert.deepEqual(
      network.writes.filter((count) => count > 1024),
      [],
    );
  }
}

describe("the board pico2w with Kaluma's manners", function () {
  this.timeout(PATIENCE_MS * 2);
  const reports: Report[] = [];
  let server: EmbeddedServer;
  let node: ScopeNode;
  let certifier: CertificationService;
  let configuration: Fields;
  let authority: Authority;
  let life: Life | undefined;

  before(async () => {
    authority = await newAuthority();
    server = await startServer({
      tlsPort: 0,
      certificate: await newCertificate({ names: [DOMAIN], authority }),
      ...{ domain: DOMAIN, port: 0, componentPort: 0, components: [COMPONENT] },
      accounts: ["board", "services"].map((localpart) => ({ localpart, password: PASSWORD })),
      resumeTimeoutMs: 500,
    });
    const { address, ports } = server;
    node = await startScopeNode({
      service: `xmpp://${address}:${ports.component}`,
      ...{ jid: `Node@${COMPONENT.domain}/co2`, ...COMPONENT },
      ...{ key: readPem("scopenode-2048"), acceptedCertifiers: [CERTIFIER] },
      onReport: (report) => void reports.push(report),
    });
    certifier = await startCertificationService({
      service: `xmpp://${address}:${ports.client}`,
      ...{ domain: DOMAIN, username: "services", password: PASSWORD },
      keys: new Map([
        [JID, readPem("spime-2048.pub")],
        [node.jid, readPem("scopenode-2048.pub")],
      ]),
    });
    configuration = {
      ...{ host: address, port: ports.client, tls: false, jid: JID, password: PASSWORD },
      ...{ scopenode: node.jid, certifier: CERTIFIER, encrypt: true, exposure: "outdoor" },
      ...{ samplePeriodS: 3, co2PreheatS: 0, wifi: WIFI },
    };
  });
  beforeEach(() => void (reports.length = 0));
  afterEach(() => {
    life?.stop();
    life?.assertClean();
    life = undefined;
  });
  after(async () => {
    await certifier?.stop();
    await node?.stop();
    await server?.close();
  });

  it("joins its network, logs in and reports, signed and encrypted", async () => {
    life = new Life(filesOf(configuration));
    await life.until(() => life!.count("acknowledged") >= 3);
    assert.ok(life.board.log[0]!.startsWith("info hello board=pico2w waiting=0"), life.log);
    assert.match(life.log, /^info rsa provider=bigint$/m);
    assert.equal(life.board.network.joins.length, 1);
    const [{ osid, isSigned, isEncrypted, entries }] = reports;
    assert.deepEqual([osid, isSigned, isEncrypted], [JID, true, true]);
    assert.ok(Math.abs(entries[0]!.date.getTime() - Date.now()) < 600_000, `${entries[0]!.date}`);
  });

  const withStunnel = findStunnel() ? it : it.skip;
  const lack = findStunnel() ? "" : " (skipped: install stunnel4)";

  /** As it is configured for a server behind a terminator of TLS in its own network. */
  async function throughStunnel(domain: string, test: (log: () => string) => Promise<void>) {
    const tlsPort = server.ports.tls!;
    const stunnel = await startStunnel({ tlsPort, domain, authority: authority.cert });
    try {
      life = new Life(filesOf({ ...configuration, host: stunnel.host, port: stunnel.port }));
      await test(() => stunnel.log());
    } finally {
      life?.stop();
      await stunnel.stop();
    }
  }

  withStunnel(`reports through stunnel to a server that wants TLS${lack}`, () =>
    throughStunnel(DOMAIN, async (log) => {
      await life!.until(() => life!.count("acknowledged") >= 2);
      assert.match(log(), /Certificate accepted/);
      assert.deepEqual([reports[0]!.isSigned, reports[0]!.isEncrypted], [true, true]);
    }),
  );

  withStunnel(`logs in nowhere when stunnel finds another server's certificate${lack}`, () =>
    throughStunnel("other.example", async (log) => {
      await life!.until(() => life!.count("offline") >= 2);
      assert.equal(life!.count("online"), 0);
      assert.match(log(), /verify/i);
      assert.equal(reports.length, 0);
    }),
  );

  it("goes on after a restart with what it has kept", async () => {
    const flash = filesOf(configuration);
    life = new Life(flash);
    await life.until(() => life!.count("acknowledged") >= 1);
    life.stop();
    life.assertClean();
    // Without a network its samples wait, over one more loss of power.
    life = new Life(new Map(flash), false);
    await life.until(() => life!.board.loop.nowMs() > OFFLINE_MS);
    assert.equal(life.count("online"), 0);
    const kept = life.board.files.flash;
    life.stop();
    life.assertClean();
    life = new Life(new Map(kept));
    await life.until(() => life!.count("acknowledged") >= 1);
    assert.match(life.board.log[0]!, /waiting=[1-9]/);
  });

  it("reports all again whose write was dropped in silence", async () => {
    life = new Life(filesOf(configuration));
    await life.until(() => life!.count("acknowledged") >= 1);
    const before = life.count("acknowledged");
    life.board.network.toDrop = 1;
    await life.until(() => life!.count("offline") >= 1);
    assert.match(life.log, /offline reason=disconnected:not-written /);
    await life.until(() => life!.count("acknowledged") > before + 1);
  });

  it("comes back when its network does", async () => {
    life = new Life(filesOf(configuration));
    await life.until(() => life!.count("acknowledged") >= 1);
    life.board.network.lose();
    await life.until(() => life!.board.network.joins.length > 1);
    life.board.network.there = WIFI;
    const before = life.count("acknowledged");
    await life.until(() => life!.count("acknowledged") > before);
  });

  describe("does not start, and says why,", () => {
    const wrong: [what: string, changed: Fields, reason: string][] = [
      ["with TLS, which it does not have", { tls: true }, "tls: this board has none"],
      [
        "with a server that is not in its network",
        { host: "xmpp.example.org" },
        "host must be a local address, or plainTo the same",
      ],
      [
        "with a server of which something else was said",
        { host: "xmpp.example.org", plainTo: "xmpp.example.com" },
        "host must be a local address, or plainTo the same",
      ],
      ["without encryption", { encrypt: false }, "encrypt must be true on a board without TLS"],
    ];
    for (const [what, changed, reason] of wrong) {
      it(what, () => {
        const stopped = new Life(filesOf({ ...configuration, ...changed }));
        stopped.stop();
        assert.equal(stopped.log, `error stopped reason=configuration: ${reason}`);
        assert.equal(stopped.board.loop.lost.length, 1);
      });
    }

    it("without its configuration", () => {
      const stopped = new Life(new Map());
      stopped.stop();
      assert.equal(stopped.log, "error stopped reason=no microspime.json");
    });
  });

  it("starts with a server elsewhere of which its owner has said so", () => {
    const elsewhere = { host: "xmpp.example.org", plainTo: "xmpp.example.org" };
    life = new Life(filesOf({ ...configuration, ...elsewhere }));
    assert.match(life.log, /^info hello board=pico2w/);
  });
});

/** The program that a variable names, or what to write behind the title of a test that is skipped. */
function named(variable: string): { program?: string | undefined; lack: string } {
  const name = process.env[variable];
  if (name === undefined) return { lack: ` (skipped: set ${variable})` };
  const program = findProgram(name);
  return { program, lack: program ? "" : ` (skipped: there is no ${name} (${variable}))` };
}

describe("the board pico2w in JerryScript", () => {
  const { program, lack } = named("JERRY");

  (lack ? it.skip : it)(`starts, chooses its RSA and dials${lack}`, () => {
    const configuration = {
      ...{ host: "127.0.0.1", port: 5222, tls: false, jid: JID, password: PASSWORD, wifi: WIFI },
      ...{ scopenode: "n@s.example/co2", certifier: CERTIFIER, encrypt: true },
      ...{ exposure: "outdoor", samplePeriodS: 60 },
    };
    const texts = [...filesOf(configuration)].map(([path, bytes]) => [
      path,
      Buffer.from(bytes).toString("latin1"),
    ]);
    const folder = mkdtempSync(join(tmpdir(), "microspime-kaluma-"));
    try {
      const [files, rounds] = [join(folder, "files.js"), join(folder, "rounds.js")];
      // ASCII: the engine takes a source for UTF-8.
      const literal = JSON.stringify(Object.fromEntries(texts)).replace(
        /[\u0080-\u00ff]/g,
        (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
      );
      writeFileSync(files, `var FILES = ${literal};`);
      writeFileSync(rounds, "passRounds(40);");
      const programs = [files, PRELUDE, `build/${BOARD}.js`, rounds];
      const { stdout } = spawnSync(program!, programs, {
        ...{ encoding: "latin1", timeout: PATIENCE_MS },
      });
      assert.deepEqual(stdout.split("\n").slice(0, 3), [
        "info hello board=pico2w waiting=0",
        "info rsa provider=bigint",
        "info connecting server=127.0.0.1:5222",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(PATIENCE_MS);
});

describe("the board pico2w in Kaluma for Linux", () => {
  const { program, lack } = named("KALUMA");

  // That build has no driver of a network (targets/linux/boards/default/board.js): there it ends, and says so.
  (lack ? it.skip : it)(`starts, up to the device that is missing there${lack}`, () => {
    const options = { encoding: "latin1", timeout: 10_000, input: "" } as const;
    const { stdout } = spawnSync(program!, [`build/${BOARD}.js`], options);
    assert.match(stdout, /error stopped reason=IEEE 802\.11 device not found/);
  });
});
