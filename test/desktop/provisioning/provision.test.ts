// `microspime provision` around the configuration: the account's commands, the key at the certification service, the
// console's lock, the key of updates; and what it asks on a terminal, which is a pseudo-terminal of socat's.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logInOnce } from "../../../src/desktop/accounts/log-in.js";
import { KeyStore } from "../../../src/desktop/certification/key-store.js";
import { startServer } from "../../../src/desktop/server/server.js";
import { fieldOf } from "../../../src/firmware/crypto/key-record.js";
import { findProsody, startProsody } from "../../support/prosody.js";
import { assertFailure, runProgram } from "../cli/program.js";
import { readPem } from "../openspime/support.js";

const DOMAIN = "spime.example";
const JID = `board@${DOMAIN}/spime`;
const VECTORS = "test/vectors/openspime";
const KEY = ["--key", `${VECTORS}/spime-2048.pem`];
const BOARD = ["--jid", JID, "--scopenode", "node@scope.example/co2"];
const CERTIFIER = ["--certifier", "services@spime.example/cert"];

let folder: string;
let out: string;

function provision(args: string[], env: Record<string, string> = {}) {
  const server = ["--xmpp", "127.0.0.1:5222"];
  const all = ["provision", "--out", out, ...server, ...KEY, ...BOARD, ...args];
  return runProgram(all, { env: { MICROSPIME_PASSWORD: "secret-4711", ...env } });
}

const read = (name: string) => readFileSync(join(out, name), "utf8");
const written = () => JSON.parse(read("microspime.json")) as Record<string, unknown>;

/** Every file is for its owner alone. */
function assertPrivate(...more: string[]): void {
  const names = ["microspime.json", "microspime.key", "microspime.seed", "spime.pem"];
  const all = [...names, ...more, "spime.pub.pem"].sort();
  assert.deepEqual(readdirSync(out).sort(), all);
  for (const name of all) assert.equal(statSync(join(out, name)).mode & 0o777, 0o600, name);
}

describe("microspime provision", function () {
  this.timeout(60_000);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "microspime-provision-"));
    out = join(folder, "board");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  describe("an account that its operator makes", () => {
    it("has a new password in a file, and the commands for it", async () => {
      const { status, stderr } = await provision(["--account-later"], { MICROSPIME_PASSWORD: "" });
      assert.equal(status, 0, stderr);
      assertPrivate("spime.password");
      const kept = read("spime.password").trim();
      assert.match(kept, /^[\w-]{24}$/);
      assert.equal(written()["password"], kept);
      const file = join(out, "spime.password");
      assert.ok(
        stderr.includes(`  prosodyctl register board ${DOMAIN} "$(cat ${file})"\n`),
        stderr,
      );
      assert.ok(
        stderr.includes(`  ejabberdctl register board ${DOMAIN} "$(cat ${file})"\n`),
        stderr,
      );
      assert.ok(!stderr.includes(kept));
    });

    it("has a password of its own, whatever is in the environment for other commands", async () => {
      assert.equal((await provision(["--account-later"])).status, 0);
      assert.match(read("spime.password"), /^[\w-]{24}\n$/);
      assert.notEqual(read("spime.password").trim(), "secret-4711");
    });

    it("has the one that is given on the command line", async () => {
      const given = ["--account-later", "--password", "given-4711"];
      assert.equal((await provision(given)).status, 0);
      assert.equal(read("spime.password").trim(), "given-4711");
      assert.equal(written()["password"], "given-4711");
    });

    const lack = findProsody() === undefined ? " (skipped: install prosody)" : "";

    (lack ? it.skip : it)(`is there after Prosody's command${lack}`, async () => {
      const prosody = await startProsody({
        domain: DOMAIN,
        components: [{ domain: "scope.example", secret: "unused" }],
      });
      try {
        const { stderr } = await provision(["--account-later"], { MICROSPIME_PASSWORD: "" });
        const [, command = ""] = /^ {2}prosodyctl (.*)$/m.exec(stderr) ?? [];
        const line = `prosodyctl --config ${prosody.configurationFile} ${command}`;
        const { status, stderr: said } = spawnSync("/bin/sh", ["-c", line], { encoding: "utf8" });
        assert.equal(status, 0, said);
        const service = `xmpp://${prosody.host}:${prosody.c2sPort}`;
        await logInOnce({ service, jid: JID }, { password: read("spime.password").trim() });
      } finally {
        await prosody.stop();
      }
    });

    it("does not go with what talks to the server about it", async () => {
      for (const flag of ["--register", "--login-keys"]) {
        const ended = await provision(["--account-later", flag]);
        assertFailure(ended, 2, new RegExp(`^microspime: ${flag} talks to the server`), /^Leave/);
      }
    });

    it("is what a server that registers nobody leaves, with its command", async () => {
      const server = await startServer({ domain: DOMAIN });
      try {
        const where = `${server.address}:${server.ports.client}`;
        const ended = await provision(["--xmpp", where, "--register"]);
        const advice =
          /prosodyctl adduser board@spime\.example, or ejabberdctl register board spime\.example PASSWORD, .*--account-later/;
        assertFailure(ended, 4, /offers no registration\.$/, advice);
      } finally {
        await server.close();
      }
    });
  });

  describe("the key at the certification service", () => {
    const keys = () => join(folder, "keys");
    const certify = (...more: string[]) =>
      provision([...CERTIFIER, "--certify-keys", keys(), ...more]);

    it("is put into its folder, under the board's address", async () => {
      const { status, stderr } = await certify();
      assert.equal(status, 0, stderr);
      const path = join(keys(), `board@${DOMAIN}%2Fspime.pem`);
      assert.ok(stderr.includes(`microspime: ${path} is the board's key.\n`), stderr);
      const store = new KeyStore(keys());
      await store.load();
      assert.ok(store.find(JID)?.equals(createPublicKey(read("spime.pub.pem"))));
    });

    it("is there already, where it is the same", async () => {
      await certify();
      rmSync(out, { recursive: true });
      const { status, stderr } = await certify();
      assert.equal(status, 0, stderr);
      assert.match(stderr, /has that key already\.\n/);
    });

    it("is not put over another, and the command that does it is told", async () => {
      await runProgram([
        ...["certify", "--keys", keys(), "--add", JID],
        ...["--key", `${VECTORS}/scopenode-2048.pub.pem`],
      ]);
      const { status, stderr } = await certify("--claims", "code", "--lock");
      assert.equal(status, 2);
      assert.match(stderr, /pairing code is \d{4}-\d{4}\.\n/);
      assert.match(stderr, /console will be locked/);
      assert.match(
        stderr,
        /has another key in .*keys\. The board's files are written all the same\.\n/,
      );
      assertPrivate("microspime.lock");
      const [, command = ""] =
        /If it is to have this one: npx microspime (.*)\n/.exec(stderr) ?? [];
      assert.equal((await runProgram(command.split(" "))).status, 0, command);
      const store = new KeyStore(keys());
      await store.load();
      assert.ok(store.find(JID)?.equals(createPublicKey(read("spime.pub.pem"))));
    });

    it("is left to a command, where no folder is named", async () => {
      const { stderr } = await provision(CERTIFIER);
      const [, command = ""] =
        /\n {2}npx microspime (certify --keys FOLDER .*)\n/.exec(stderr) ?? [];
      const args = command.replace("FOLDER", keys()).split(" ");
      assert.equal((await runProgram(args)).status, 0, command);
      assert.deepEqual(readdirSync(keys()), [`board@${DOMAIN}%2Fspime.pem`]);
    });

    it("needs a certification service", async () => {
      const ended = await provision(["--certify-keys", keys()]);
      assertFailure(ended, 2, /--certify-keys needs --certifier\.$/, /that service's folder/);
      assert.ok(!existsSync(out) && !existsSync(keys()));
    });

    it("may be with a component, which has a domain for an address", async () => {
      assert.equal((await provision(["--certifier", "cert.example.org"])).status, 0);
      assert.equal(written()["certifier"], "cert.example.org");
    });
  });

  describe("the console's lock", () => {
    it("has a new password each time, which can be typed and is not shown", async () => {
      const passwords: string[] = [];
      for (const name of ["one", "two"]) {
        out = join(folder, name);
        const { status, stdout, stderr } = await provision(["--lock"]);
        assert.equal(status, 0, stderr);
        assertPrivate("microspime.lock");
        const password = read("microspime.lock");
        // Espruino takes 20 characters of a password and no more.
        assert.match(password, /^[a-z2-9]{20}$/);
        assert.ok(!stdout.includes(password) && !stderr.includes(password));
        assert.match(
          stderr,
          /console will be locked with the password in .*microspime\.lock\.\nKeep/,
        );
        passwords.push(password);
      }
      assert.notEqual(passwords[0], passwords[1]);
    });

    it("has the password that is given", async () => {
      const given = { MICROSPIME_CONSOLE_PASSWORD: "correct-horse" };
      assert.equal((await provision([], given)).status, 0);
      assert.equal(read("microspime.lock"), "correct-horse");
    });

    it("has none that cannot be typed", async () => {
      for (const text of ["short", "with blank", "pässwörd", "x".repeat(21)]) {
        const { status, stderr } = await provision(["--console-password", text]);
        assert.equal(status, 2);
        assert.match(stderr, /8 to 20 characters of ASCII without blanks/);
      }
    });

    it("is not there unasked", async () => {
      assert.equal((await provision([])).status, 0);
      assertPrivate();
    });
  });

  it("gives the board the public key of who may update it", async () => {
    const file = join(folder, "vendor.pem");
    writeFileSync(file, readPem("scopenode-2048.pub"));
    assert.equal((await provision(["--update-key", file])).status, 0);
    assertPrivate("microspime.update");
    const key = createPublicKey(readPem("scopenode-2048.pub"));
    const { n, e } = key.export({ format: "jwk" });
    // As src/firmware/crypto/key-record.ts has it: docs/update.md.
    const record = readFileSync(join(out, "microspime.update"), "latin1");
    assert.equal(fieldOf(record, "n="), Buffer.from(n ?? "", "base64url").toString("latin1"));
    assert.equal(fieldOf(record, "e="), Buffer.from(e ?? "", "base64url").toString("latin1"));
    out = join(folder, "other");
    const ended = await provision(["--update-key", "package.json"]);
    assert.equal(ended.status, 2);
    assert.ok(!existsSync(out));
  });

  it("has no Wi-Fi for a board that joins none", async () => {
    const ended = await provision(["--board", "espruino", "--wifi-ssid", "Café"]);
    assertFailure(ended, 2, /The board espruino joins no Wi-Fi\.$/, /docs\/boards\.md/);
    assert.ok(!existsSync(out));
  });

  it("has the suite of docs/nacl.md for a board whose program has it, and a certification service", async () => {
    const suite = ["--suite", "nacl"];
    const refused: [string[], RegExp][] = [
      [[...suite, ...CERTIFIER], /The program of the board esp32 has no suite nacl\.$/],
      [[...suite, "--board", "sim-nacl"], /--suite needs --certifier\.$/],
    ];
    for (const [args, message] of refused) {
      assertFailure(await provision(args), 2, message, /./);
      assert.ok(!existsSync(out));
    }
    assert.equal((await provision([...suite, ...CERTIFIER, "--board", "sim-nacl"])).status, 0);
    assert.equal(written()["suite"], "nacl");
    const checked = await runProgram(["check-configuration", join(out, "microspime.json")]);
    assert.deepEqual([checked.status, checked.stderr], [0, ""]);
  });

  it("writes what its own check lets in", async () => {
    const claims = ["--claims", "code", "--claim-days", "30"];
    const { status } = await provision([...CERTIFIER, ...claims, "--wifi-ssid", "Café"]);
    assert.equal(status, 0);
    const checked = await runProgram(["check-configuration", join(out, "microspime.json")]);
    assert.deepEqual([checked.status, checked.stderr], [0, ""]);
  });

  it("asks nothing where there is no terminal", async () => {
    const ended = await runProgram(["provision"]);
    assertFailure(ended, 2, /--out is missing\.$/, /--help/);
  });
});

const lacksSocat =
  spawnSync("socat", ["-V"]).error !== undefined ? " (skipped: install socat)" : "";

/** What a person types at a question; "" is Enter alone. */
type Answers = [question: RegExp, answer: string][];

const ENTER = "\r";
const DOWN = "\x1b[B";

/** The program on a terminal of its own, which socat holds. */
class Terminal {
  private said = "";
  private at = 0;
  private readonly program: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(args: string[], environment: Record<string, string> = {}) {
    const script = join(folder, "run.sh");
    const status = join(folder, "status");
    const line = [process.execPath, "build/tsc/src/desktop/cli/main.js", ...args].map(
      (word) => `'${word}'`,
    );
    writeFileSync(script, `#!/bin/sh\n${line.join(" ")}\necho $? >${status}\n`);
    chmodSync(script, 0o700);
    const env: NodeJS.ProcessEnv = { ...process.env, TERM: "xterm", NO_COLOR: "1" };
    delete env["MICROSPIME_PASSWORD"];
    Object.assign(env, environment);
    const how = "pty,setsid,ctty,stderr,sane,echo=0";
    this.program = spawn("socat", ["-t", "0.2", "-", `EXEC:${script},${how}`], { env });
    this.program.stdout!.on("data", (bytes: Buffer) => (this.said += bytes.toString("utf8")));
    this.closed = once(this.program, "close");
  }

  /** Of what has been said since the last question, without the cursor's movements. */
  private get text(): string {
    // eslint-disable-next-line no-control-regex
    return this.said.slice(this.at).replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
  }

  async answer([question, answer]: Answers[number]): Promise<void> {
    const end = Date.now() + 15_000;
    while (!question.test(this.text)) {
      if (Date.now() > end) {
        this.program.kill();
        throw new Error(`it did not ask ${question}; it said:\n${this.text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.at = this.said.length;
    this.program.stdin!.write(answer);
  }

  async end(): Promise<{ status: number; said: string }> {
    await this.closed;
    const status = Number(readFileSync(join(folder, "status"), "utf8"));
    // eslint-disable-next-line no-control-regex
    return { status, said: this.said.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "") };
  }
}

async function converse(args: string[], answers: Answers, env: Record<string, string> = {}) {
  const terminal = new Terminal(args, env);
  for (const answer of answers) await terminal.answer(answer);
  return terminal.end();
}

(lacksSocat ? describe.skip : describe)(
  `microspime provision on a terminal${lacksSocat}`,
  function () {
    this.timeout(90_000);
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "microspime-terminal-"));
      out = join(folder, "board");
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("asks for everything, and says how to do without", async () => {
      const keys = join(folder, "keys");
      const { status, said } = await converse(
        ["provision", ...KEY],
        [
          [/Where the files go[^]*Folder:/, out + ENTER],
          [/Which board[^]*Board:[^]*esp32: /, ENTER],
          [/host:port[^]*Server:/, `nonsense${ENTER}`],
          [/must be host:port/, `\x15xmpp.example.org:5223${ENTER}`],
          [/Direct TLS\?/, ENTER],
          [/with a resource[^]*Address:/, JID + ENTER],
          [/account of that address[^]*Account:[^]*it is there already/, ENTER],
          [/Its password:/, `secret-4711${ENTER}`],
          [/ScopeNode:/, `node@scope.example/co2${ENTER}`],
          [/Certification service:/, `services@spime.example/cert${ENTER}`],
          [/folder of keys:/, keys + ENTER],
          [/Claims:[^]*nobody/, DOWN + DOWN + ENTER],
          [/without a resource, or a domain[^]*Owner:/, `owner@example.org${ENTER}`],
          [/Exposure:[^]*outdoor/, ENTER],
          [/Period:/, ENTER],
          [/Wi-Fi:/, `Café${ENTER}`],
          [/Its password, empty/, `12345678${ENTER}`],
          [/Lock the console\?/, ENTER],
        ],
      );
      assert.equal(status, 0, said);
      assertPrivate("microspime.lock");
      const { host, port, tls, jid, password, claims, samplePeriodS, exposure } = written();
      assert.deepEqual(
        { host, port, tls, jid, password, exposure, samplePeriodS },
        {
          ...{ host: "xmpp.example.org", port: 5223, tls: true, jid: JID, password: "secret-4711" },
          ...{ exposure: "outdoor", samplePeriodS: 60 },
        },
      );
      assert.deepEqual(claims, { policy: "owners", owners: ["owner@example.org"], days: 365 });
      const wifi = written()["wifi"] as { ssid: string };
      assert.equal(Buffer.from(wifi.ssid, "latin1").toString("utf8"), "Café");
      assert.deepEqual(readdirSync(keys), [`board@${DOMAIN}%2Fspime.pem`]);
      assert.ok(!said.includes("secret-4711") && !said.includes("12345678"), said);
      assert.match(
        said,
        /MICROSPIME_PASSWORD=… MICROSPIME_WIFI_PASSWORD=… npx microspime provision --key test\S+ --out .*--no-input/,
      );
    });

    it("does not take a password in the environment for the board's without being told", async () => {
      const given = [
        "--out",
        out,
        "--xmpp",
        "xmpp.example.org:5222",
        "--jid",
        JID,
        "--board",
        "sim",
      ];
      const rest: Answers = [
        [/ScopeNode:/, `node@scope.example/co2${ENTER}`],
        [/Certification service:/, ENTER],
        [/Exposure:[^]*outdoor/, ENTER],
        [/Period:/, ENTER],
        [/Lock the console\?/, `n${ENTER}`],
      ];
      const env = { MICROSPIME_PASSWORD: "owners-4711" };
      const args = ["provision", ...KEY, ...given];
      const later: Answers[number] = [
        /Account:[^]*MICROSPIME_PASSWORD/,
        DOWN + DOWN + DOWN + ENTER,
      ];
      const own = await converse(args, [later, ...rest], env);
      assert.equal(own.status, 0, own.said);
      assert.match(String(written()["password"]), /^[\w-]{24}$/);
      rmSync(out, { recursive: true });
      const there: Answers[number] = [/Account:[^]*MICROSPIME_PASSWORD/, ENTER];
      const taken = await converse(args, [there, ...rest], env);
      assert.equal(taken.status, 0, taken.said);
      assert.equal(written()["password"], "owners-4711");
      assert.ok(!`${own.said}${taken.said}`.includes("owners-4711"));
    });

    it("asks for what is missing, and nothing else", async () => {
      const given = [
        "--out",
        out,
        "--xmpp",
        "xmpp.example.org:5222",
        ...BOARD,
        ...KEY,
        "--board",
        "sim",
      ];
      const { status, said } = await converse(
        ["provision", ...given],
        [
          [/Account:/, DOWN + DOWN + ENTER],
          [/Certification service:/, ENTER],
          [/Exposure:/, ENTER],
          [/Period:/, ENTER],
          [/Lock the console\?/, `n${ENTER}`],
        ],
      );
      assert.equal(status, 0, said);
      assertPrivate("spime.password");
      assert.match(said, /prosodyctl register board/);
      // Run as it stands, with another folder, it gives the same but for what is made anew.
      const [, command = ""] =
        /\n {2}npx microspime (provision .*)\n/.exec(said.replaceAll(out, `${out}2`)) ?? [];
      assert.equal((await runProgram(command.split(" "))).status, 0, command);
      const first = written();
      out += "2";
      assert.deepEqual({ ...written(), password: "" }, { ...first, password: "" });
      assert.doesNotMatch(said, /Folder:|Server:|Address:|Wi-Fi:/);
    });

    it("asks nothing when it has all, or is told not to", async () => {
      const all = ["--out", out, "--xmpp", "a:5222", ...BOARD, ...KEY, "--password", "x"];
      const { status, said } = await converse(["provision", ...all], []);
      assert.equal(status, 0, said);
      for (const flag of ["--yes", "--no-input"]) {
        const ended = await converse(["provision", flag, "--jid", JID], []);
        assert.equal(ended.status, 2);
        assert.match(ended.said, /--out is missing\./);
      }
    });

    it("writes nothing when it is ended with Ctrl-C", async () => {
      const { status, said } = await converse(["provision", "--out", out], [[/Board:/, "\x03"]]);
      assert.equal(status, 2, said);
      assert.match(said, /The questions were ended\.\nNothing was written\./);
      assert.ok(!existsSync(out));
    });
  },
);
