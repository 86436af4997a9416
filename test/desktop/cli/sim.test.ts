// `microspime sim` as a person runs it: what it prints, and how it ends.

import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPem } from "../openspime/support.js";
import {
  credentials,
  JID,
  type OutsideServer,
  outsideOptions,
  PASSWORD,
  SECRET,
  securedOptions,
  startOutside,
} from "./outside-server.js";
import {
  assertFailure,
  assertOutcome,
  assertSuccess,
  eventsOf,
  linesOf,
  named,
  runProgram,
  type RunOptions,
} from "./program.js";

/** `  1  2015-04-13 20:26:43   44.068841  -121.314191  1127.7 m   670 ppm  8 ms` */
const REPORT =
  / +\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +-?\d+\.\d{6} +-?\d+\.\d{6} +-?\d+\.\d m +\d+ ppm {2}\d+ ms/;

const sim = (args: string[], options?: RunOptions) => runProgram(["sim", ...args], options);
/** What signing adds is in ../sim/secure.test.ts. */
const fast = ["--plain", "--speed", "50"];
const log = (name: string) => `test/vectors/nmea/${name}.log`;
const isReport = (line: string) => REPORT.test(line);
const acknowledgedIn = (stdout: string) => named(eventsOf(stdout), "acknowledged");

describe("microspime sim", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "microspime-cli-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: string | Buffer): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  describe("prints", () => {
    it("a scene, a line a report and a summary, and ends after --reports", async () => {
      const ended = await sim(["--reports", "5", ...fast]);
      assertSuccess(ended);
      const lines = linesOf(ended.stdout);
      assert.equal(lines[0], "A simulated board reports to a ScopeNode");
      assert.match(
        lines[1],
        /^ {2}server {5}embedded XMPP server at 127\.0\.0\.1:\d+ \(plain TCP\)$/,
      );
      assert.match(ended.stdout, /\n {2}security {3}plain \(1\.0\.0\)\n/);
      assert.match(ended.stdout, /\n {2}board {6}build\/sim\.js \(\d+ bytes\) in Node v/);
      assert.equal(lines.filter(isReport).length, 5);
      assert.equal(lines.at(-3), "5 reports acknowledged, 0 refused.");
      assert.match(lines.at(-2) ?? "", /^Answers took \d+ ms \(median\), \d+ ms at most\.$/);
      assert.match(lines.at(-1) ?? "", /^The ScopeNode took \d+ samples\.$/);
    });

    it("no colours into a pipe, and nothing wider than 80 columns", async () => {
      const { stdout } = await sim(["--reports", "3", "--speed", "50"]);
      assert.ok(!stdout.includes("\x1b"));
      // A report of several samples says so, and may be wider: on a machine too busy for this speed.
      const tooWide = (line: string) => line.length > 80 && !line.endsWith(" samples");
      assert.deepEqual(linesOf(stdout).filter(tooWide), []);
    });

    it("its columns below their headings", async () => {
      const { stdout } = await sim(["--reports", "1", ...fast]);
      const lines = stdout.split("\n");
      const heading = lines.find((line) => line.includes("time (UTC)")) ?? "";
      const report = lines.find(isReport) ?? "";
      assert.equal(heading.indexOf("time"), report.indexOf("2015"));
      assert.equal(heading.indexOf("answer"), report.search(/\d+ ms/));
      for (const [title, unit] of [
        ["height", " m "],
        ["CO2", " ppm"],
      ]) {
        assert.equal(
          heading.indexOf(title) + title.length,
          report.indexOf(unit) + unit.trimEnd().length,
        );
      }
    });

    it("with --json one object a line", async () => {
      const ended = await sim(["--json", "--reports", "2", ...fast]);
      assertSuccess(ended);
      const events = eventsOf(ended.stdout);
      assert.equal(named(events, "scene").length, 1);
      assert.deepEqual(
        named(events, "acknowledged").map(({ number }) => number),
        [1, 2],
      );
      const { lat, lon, time, ppm } = named(events, "acknowledged")[0];
      assert.match(`${time}`, /^2015-04-13T20:2\d:\d\d\+00:00$/);
      assert.ok(
        Math.abs(Number(lat) - 44.06884) < 1e-4 && Math.abs(Number(lon) + 121.31419) < 1e-4,
      );
      assert.ok(Number(ppm) >= 428 && Number(ppm) <= 1104);
      assertOutcome(ended.stdout, 2);
    });

    it("a remark that comes again and again only once, and how often", async () => {
      const { stdout } = await sim(["--gps", log("skytraq"), ...fast]);
      const gaps = linesOf(stdout).filter((line) => line.includes("gap reason=no-fix"));
      assert.deepEqual(gaps, ["     warn gap reason=no-fix"]);
      assert.match(stdout, /\n {5}… \d+ more times?\n/);
    });

    it("no more when its reader has seen enough, as `head` does", async () => {
      let lines = 0;
      const onLine = (_: string, program: ChildProcess) => {
        if (++lines === 3) program.stdout?.destroy();
      };
      assertSuccess(await sim([...fast], { onLine }));
    });
  });

  describe("--trace", () => {
    let server: OutsideServer;
    before(async () => {
      server = await startOutside();
    });
    after(() => server.server.close());

    it("shows the report and its result, and never the password", async () => {
      const options = ["--trace", "--reports", "1", "--speed", "20", ...outsideOptions(server)];
      const ended = await sim(options, { env: credentials });
      assertSuccess(ended);
      const lines = linesOf(ended.stdout);
      const report = lines.find((line) => /^→ <iq .*openspime:protocol:extension:data/.test(line));
      const id = / id=['"]([^'"]+)/.exec(report ?? "")?.[1];
      assert.ok(id);
      assert.ok(lines.some((line) => line.startsWith("← <iq ") && line.includes(id)));
      assert.ok(lines.some((line) => /^← .*result/.test(line)));
      for (const secret of [PASSWORD, SECRET]) {
        const base64 = Buffer.from(secret).toString("base64").replace(/=*$/, "").slice(0, -1);
        for (const form of [secret, base64, Buffer.from(secret).toString("hex")]) {
          assert.ok(!ended.stdout.includes(form));
        }
      }
    });

    it("sees into the TLS of the engine in Node, also as JSON", async () => {
      const { stdout } = await sim([
        "--trace",
        "--json",
        "--plain",
        "--tls",
        "--reports",
        "1",
        "--speed",
        "20",
      ]);
      const stanzas = named(eventsOf(stdout), "stanza");
      assert.ok(
        stanzas.some(({ direction, text }) => direction === "sent" && /<ppm>/.test(`${text}`)),
      );
      assert.ok(stanzas.some(({ direction }) => direction === "received"));
    });
  });

  describe("plays", () => {
    it("a recording once, without --reports", async () => {
      const ended = await sim(["--json", "--gps", log("haicom-305N"), ...fast]);
      assertSuccess(ended);
      const reports = acknowledgedIn(ended.stdout);
      // 80 s of it, a sample every 3 s; some may go together on a busy machine.
      assert.ok(reports.length > 15 && reports.length <= 27, `${reports.length}`);
      assert.deepEqual(named(eventsOf(ended.stdout), "note"), []);
      const times = reports.map(({ time }) => `${time}`);
      assert.deepEqual(times, [...times].sort());
    });

    it("it again for as many reports as are wanted", async () => {
      const ended = await sim(["--json", "--gps", log("garmin17n"), "--reports", "3", ...fast]);
      assertSuccess(ended);
      assert.equal(acknowledgedIn(ended.stdout).length, 3);
      assert.ok(named(eventsOf(ended.stdout), "note").length > 0);
    });

    it("over direct TLS", async () => {
      const ended = await sim(["--tls", "--reports", "2", ...fast]);
      assertSuccess(ended);
      assert.match(ended.stdout, /\(direct TLS\)/);
    });

    it("your own files", async () => {
      const co2 = file("co2.csv", "seconds,ppm\n0,1234\n");
      const options = ["--json", "--gps", log("rx210"), "--co2", co2, "--reports", "2", ...fast];
      const ended = await sim(options);
      assertSuccess(ended);
      for (const { ppm, lat } of acknowledgedIn(ended.stdout)) {
        assert.equal(ppm, "1234");
        assert.match(`${lat}`, /^50\.00/);
      }
    });
  });

  describe("helps", () => {
    for (const [args, shown] of [
      [["--help"], /^Usage: microspime \[options\] \[command\][^]*\n {2}sim \[options\] /],
      [["sim", "--help"], /^Usage: microspime sim \[options\][^]*--reports <count>/],
      [["help", "sim"], /^Usage: microspime sim/],
    ] as const) {
      it(`with ${args.join(" ")}, on 80 columns`, async () => {
        const ended = await runProgram([...args]);
        assertSuccess(ended);
        assert.match(ended.stdout, shown);
        assert.deepEqual(
          linesOf(ended.stdout).filter((line) => line.length > 80),
          [],
        );
      });
    }
  });

  describe("refuses", () => {
    const everywhere = ["--xmpp", "127.0.0.1:5222", "--jid", "a@b/c"];
    const reachable = [...everywhere, "--password", "x"];
    const certifiers = [
      ...["--certifier-jid", "services@b/cert", "--certifier-password", "x"],
      ...["--certifier", "services@b/cert"],
    ];
    for (const [name, args, message, advice] of [
      [
        "an unknown option",
        ["--sped", "5"],
        /unknown option '--sped'\. Did you mean --speed\?/,
        /--help/,
      ],
      [
        "a speed that is no number",
        ["--speed", "fast"],
        /'fast' is invalid.*0\.1 to 100/,
        /--help/,
      ],
      ["a speed of 0", ["--speed", "0"], /from 0\.1 to 100/, /--help/],
      ["no report at all", ["--reports", "0"], /a whole number from 1 on/, /--help/],
      ["half a report", ["--reports", "1.5"], /a whole number from 1 on/, /--help/],
      ["a patience beyond timers", ["--patience", "99999999"], /from 1 to 86400/, /--help/],
      ["an unknown engine", ["--engine", "v8"], /Allowed choices are node, espruino/, /--help/],
      ["an argument", ["now"], /too many arguments/, /--help/],
      ["a server without a port", ["--xmpp", "localhost"], /host:port/, /--help/],
      [
        "an address that is none",
        [...everywhere, "--jid", "board"],
        /board@example\.org/,
        /--help/,
      ],
      ["a server without an account", ["--xmpp", "localhost:5222"], /--jid is needed/, /--help/],
      ["an account without a password", everywhere, /--password .*is needed/, /--help/],
      ["an account without a server", ["--jid", "a@b/c"], /--xmpp is missing/, /--xmpp host:port/],
      [
        "a server without a ScopeNode",
        [...everywhere, "--password", "x"],
        /--component-domain \(or --scopenode\) is needed/,
        /--help/,
      ],
      [
        "a server without a certification service",
        [...reachable, "--component-domain", "d", "--component-secret", "x"],
        /Signed reports need a certification service on that server/,
        /--certifier-jid, or use --plain/,
      ],
      [
        "a certification service without a password",
        [...reachable, "--scopenode", "a@b/c", "--certifier-jid", "services@b"],
        /--certifier-password \(or MICROSPIME_CERT_PASSWORD\) is needed/,
        /--help/,
      ],
      [
        "a board's address without a resource, where its key is registered",
        [...reachable, "--jid", "a@b", "--scopenode", "a@b/c", "--certifier", "services@b/cert"],
        /--jid a@b has no resource/,
        /Write --jid a@b\/spime, or use --plain/,
      ],
      [
        "a certification service on no server",
        ["--certifier-jid", "services@b/cert"],
        /--certifier-jid is about an outside server/,
        /--xmpp host:port/,
      ],
      [
        "two certification services",
        [...reachable, "--scopenode", "a@b/c", ...certifiers],
        /one certification service only/,
        /Leave --certifier out/,
      ],
      [
        "new keys for a certification service elsewhere",
        [...reachable, "--scopenode", "a@b/c", "--certifier", "services@b/cert"],
        /--certifier names one that runs elsewhere/,
        /--keys .*, or use --plain/,
      ],
      [
        "new keys for a ScopeNode elsewhere",
        [...reachable, "--scopenode", "a@b/c", ...certifiers.slice(0, 4)],
        /--scopenode names one that runs elsewhere/,
        /--keys .*, or use --plain/,
      ],
      ["keys that are not used", ["--plain", "--keys", "."], /--plain needs no --keys/, /Leave/],
      ["new keys beside others", ["--bits", "2048", "--keys", "."], /--bits is for new/, /Leave/],
      ["keys of 512 bits", ["--bits", "512"], /from 1024 to 4096/, /--help/],
      [
        "a folder without keys",
        ["--keys", "/nowhere"],
        /\/nowhere\/spime\.pem cannot be read \(ENOENT\)/,
        /PEM/,
      ],
      [
        "a trace of what it cannot see",
        ["--engine", "espruino", "--tls", "--trace"],
        /cannot see into the TLS/,
        /Leave --tls or --trace out/,
      ],
      ["a GPS file that is missing", ["--gps", "/nowhere"], /GPS recording.*\/nowhere/, /path/],
      ["a folder as a file", ["--co2", "/"], /CO2 recording.*EISDIR/, /path/],
      [
        "a GPS file without NMEA",
        ["--gps", "package.json"],
        /no NMEA sentence/,
        /a sentence a line/,
      ],
      ["a CO2 file without points", ["--co2", "package.json"], /"seconds,ppm"/, /"0,420"/],
    ] as [string, string[], RegExp, RegExp][]) {
      it(`${name}: exit code 2`, async () => {
        const ended = await sim(args);
        assertFailure(ended, 2, message, advice);
        assert.equal(ended.stdout, "");
      });
    }

    for (const [name, spime, scopenode, message] of [
      [
        "a public key",
        "spime-2048.pub",
        "scopenode-2048",
        /spime\.pem: key: not a PEM of an unenc/,
      ],
      ["a ScopeNode's public key", "spime-2048", "scopenode-2048.pub", /scopenode\.pem: key: not/],
    ] as const) {
      it(`${name} where a private one is needed: exit code 2`, async () => {
        file("spime.pem", readPem(spime));
        file("scopenode.pem", readPem(scopenode));
        const ended = await sim(["--keys", folder]);
        assertFailure(ended, 2, message, /openssl rsa -check/);
        assert.doesNotMatch(ended.stderr, /MII|BEGIN/);
      });
    }

    it("an unknown command: exit code 2", async () => {
      assertFailure(await runProgram(["simulate"]), 2, /unknown command 'simulate'/, /--help|sim/);
    });

    it("to go on without a command: the help, exit code 2", async () => {
      const { status, stdout, stderr } = await runProgram([]);
      assert.equal(status, 2);
      assert.equal(stdout, "");
      assert.match(stderr, /^Usage: microspime/);
    });
  });

  describe("fails", () => {
    let server: OutsideServer;
    before(async () => {
      server = await startOutside();
    });
    after(() => server.server.close());

    const elsewhere = ["--scopenode", "node@scopenode.example/co2", ...fast];
    const nowhere = { host: "127.0.0.1", c2sPort: 1, componentPort: 1 };

    it("when a recording holds no fix: exit code 1", async () => {
      const ended = await sim(["--gps", log("skytraq"), ...fast]);
      assertFailure(
        ended,
        1,
        /recording is over and no report was acknowledged/,
        /Does it hold fixes/,
      );
    });

    it("when nothing is acknowledged for too long: exit code 1", async () => {
      const options = ["--gps", log("skytraq"), "--reports", "1", "--patience", "1", ...fast];
      assertFailure(await sim(options), 1, /No report was acknowledged for 1 s/, /--trace/);
    });

    it("when the server cannot be reached by the board: exit code 3", async () => {
      const args = ["--xmpp", "127.0.0.1:1", "--jid", "a@b/c", ...elsewhere];
      const ended = await sim(args, { env: credentials });
      assertFailure(ended, 3, /127\.0\.0\.1:1 cannot be reached: ECONNREFUSED/, /--xmpp/);
    });

    it("when the server cannot be reached by the ScopeNode: exit code 3", async () => {
      const ended = await sim(outsideOptions(nowhere), { env: credentials });
      assertFailure(
        ended,
        3,
        /ScopeNode cannot join .*127\.0\.0\.1:1: .*ECONNREFUSED/,
        /--component/,
      );
      assert.equal(ended.stdout, "");
    });

    it("when what listens there is no XMPP server for clients: exit code 3", async () => {
      const wrong = { ...server, c2sPort: server.componentPort };
      const ended = await sim(outsideOptions(wrong), { env: credentials });
      assertFailure(
        ended,
        3,
        /does not let the board in: stream-error:invalid-namespace/,
        /--xmpp/,
      );
    });

    it("when the server is not that of the address: exit code 3", async () => {
      const args = [...outsideOptions(server), "--jid", "board@other.example/roof"];
      const ended = await sim(args, { env: credentials });
      assertFailure(ended, 3, /does not let the board in: stream-error:host-unknown/, /--jid/);
    });

    it("when it speaks TLS and the server does not: exit code 3", async () => {
      const ended = await sim(["--tls", ...outsideOptions(server)], { env: credentials });
      assertFailure(ended, 3, /cannot be reached: .*SSL/, /--xmpp/);
    });

    it("when the password is wrong: exit code 4", async () => {
      const env = { ...credentials, MICROSPIME_PASSWORD: "wrong-horse" };
      const ended = await sim(outsideOptions(server), { env });
      assertFailure(ended, 4, /refused the login of board@spime.example\/roof/, /--password/);
      assert.ok(!`${ended.stdout}${ended.stderr}`.includes("wrong-horse"));
    });

    it("when the component's secret is wrong: exit code 4", async () => {
      const env = { ...credentials, MICROSPIME_SECRET: "wrong-staple" };
      const ended = await sim(outsideOptions(server), { env });
      assertFailure(ended, 4, /ScopeNode cannot join .*: component secret refused/, /XEP-0114/);
      assert.ok(!`${ended.stdout}${ended.stderr}`.includes("wrong-staple"));
    });

    it("when the server knows no such component: exit code 4", async () => {
      const args = [...outsideOptions(server), "--component-domain", "unknown.example"];
      const ended = await sim(args, { env: credentials });
      assertFailure(ended, 4, /the server has no such component/, /"unknown.example"/);
    });

    it("when the certification service's password is wrong: exit code 4", async () => {
      const env = { ...credentials, MICROSPIME_CERT_PASSWORD: "wrong-clip" };
      const ended = await sim(securedOptions(server), { env });
      assertFailure(
        ended,
        4,
        /certification service cannot log in as services@spime\.example\/cert at \S+: not-auth/,
        /--certifier-password/,
      );
      assert.ok(!`${ended.stdout}${ended.stderr}`.includes("wrong-clip"));
    });

    it("when the certification service cannot be reached: exit code 3", async () => {
      const ended = await sim(securedOptions({ ...server, c2sPort: 1 }), { env: credentials });
      assertFailure(ended, 3, /certification service cannot .*: .*ECONNREFUSED/, /--xmpp/);
    });

    it("when the certification service's server is another: exit code 3", async () => {
      const args = [...securedOptions(server), "--certifier-jid", "services@other.example/cert"];
      const ended = await sim(args, { env: credentials });
      assertFailure(ended, 3, /certification service cannot .*: .*host-unknown/, /--certifier-jid/);
    });

    it("when the ScopeNode refuses every report: exit code 1", async () => {
      const where = ["--xmpp", `${server.host}:${server.c2sPort}`, "--jid", JID];
      const args = [...where, "--scopenode", "nobody@spime.example/x", ...fast];
      const ended = await sim(args, { env: credentials });
      assertFailure(ended, 1, /the ScopeNode has refused every report/, /--trace/);
      assert.match(ended.stdout, /error refused id=\S+ type=cancel condition=service-unavailable/);
    });

    it("when there is no Espruino: exit code 5", async () => {
      const ended = await sim(["--engine", "espruino"], { env: { ESPRUINO: "/nonexistent" } });
      assertFailure(ended, 5, /no Espruino at "\/nonexistent"/, /Set ESPRUINO/);
      assert.equal(ended.stdout, "");
    });

    it("when there is no socat: exit code 5", async () => {
      // Any program that knows --help will do: it does not come to run it.
      const env = { ESPRUINO: process.execPath, PATH: "/nonexistent", TMPDIR: folder };
      assertFailure(
        await sim(["--engine", "espruino"], { env }),
        5,
        /socat is missing/,
        /Install it/,
      );
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith("microspime-")),
        [],
      );
    });

    const lacksSocat = spawnSync("socat", ["-V"]).error !== undefined;
    const skipped = lacksSocat ? " (skipped: install socat)" : "";
    (skipped ? it.skip : it)(`when the engine ends: exit code 1${skipped}`, async () => {
      const ended = await sim(["--engine", "espruino"], { env: { ESPRUINO: "true" } });
      assertFailure(ended, 1, /program has stopped: the engine ended with code 0/, /--trace/);
    });
  });

  describe("is interrupted", () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      it(`by ${signal}: it ends with the summary so far, exit code 0`, async () => {
        const onLine = (line: string, program: ChildProcess) => {
          if (isReport(line)) program.kill(signal);
        };
        const ended = await sim(["--reports", "1000", "--speed", "20"], { onLine });
        assertSuccess(ended);
        assert.match(ended.stdout, /\n\n\d+ reports? acknowledged, 0 refused\.\n/);
      });
    }
  });

  describe("when the server goes away", () => {
    let server: OutsideServer;
    beforeEach(async () => {
      server = await startOutside();
    });
    afterEach(() => server.server.close());

    /** Calls once, after the second report was acknowledged. */
    function afterTwo(then: () => void) {
      return (line: string) => {
        if (line.startsWith('{"event":"acknowledged","number":2,')) then();
      };
    }

    it("and comes back, board and ScopeNode come back too", async () => {
      const restart = async () => {
        await server.server.close();
        server = await startOutside(server);
      };
      let restarted: Promise<void> | undefined;
      const onLine = afterTwo(() => (restarted = restart()));
      const args = ["--json", "--reports", "5", "--speed", "20", ...outsideOptions(server)];
      const ended = await sim(args, { env: credentials, onLine });
      await restarted;
      assertSuccess(ended);
      const events = eventsOf(ended.stdout);
      assert.equal(named(events, "acknowledged").length, 5);
      const names = named(events, "agent").map(({ name }) => name);
      assert.ok(names.includes("offline"));
      assert.ok(names.filter((name) => name === "online").length >= 2);
    });

    for (const reports of [["--reports", "5"], []]) {
      const how = reports.join(" ") || "the recording alone";
      it(`for good, patience ends it with exit code 1: ${how}`, async () => {
        const onLine = afterTwo(() => void server.server.close());
        const args = ["--json", "--patience", "3", "--speed", "20", ...reports];
        const ended = await sim([...args, ...outsideOptions(server)], { env: credentials, onLine });
        assert.equal(ended.status, 1, ended.stdout);
        assert.match(ended.stderr, /^microspime: No report was acknowledged for 3 s\.\n.*--trace/);
        assert.deepEqual(named(eventsOf(ended.stdout), "outcome"), []);
      });
    }
  });
});
