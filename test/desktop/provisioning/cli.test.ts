import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyRecord } from "../../../src/desktop/provisioning/key-record.js";
import { readPem } from "../openspime/support.js";

const VECTORS = "test/vectors/openspime";

describe("microspime keygen, provision", () => {
  let folder: string;

  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "microspime-cli-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = (name: string) => join(folder, name);
  const read = (name: string) => readFileSync(path(name), "utf8");

  function runWith(env: Record<string, string>, args: string[]) {
    const program = "build/tsc/src/desktop/cli/main.js";
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      encoding: "utf8",
      timeout: 60_000,
      env: { ...process.env, MICROSPIME_PASSWORD: "", MICROSPIME_WIFI_PASSWORD: "", ...env },
    });
    return { status, stdout, stderr };
  }

  const run = (...args: string[]) => runWith({}, args);

  function assertPrivate(out: string, names: string[]): void {
    assert.deepEqual(readdirSync(out).sort(), names);
    for (const name of names) assert.equal(statSync(join(out, name)).mode & 0o777, 0o600);
  }

  it("makes a pair of 2048 bits", () => {
    const { status, stderr } = run("keygen", "--out", path("new"));
    assert.deepEqual([status, stderr], [0, ""]);
    assertPrivate(path("new"), ["spime.pem", "spime.pub.pem"]);
    const key = createPrivateKey(read("new/spime.pem"));
    assert.equal(key.asymmetricKeyDetails?.modulusLength, 2048);
    assert.ok(createPublicKey(key).equals(createPublicKey(read("new/spime.pub.pem"))));
    assert.match(read("new/spime.pem"), /^-----BEGIN RSA PRIVATE KEY-----/);
  });

  it("makes a pair of another name, for a ScopeNode", () => {
    assert.equal(run("keygen", "--out", path("new"), "--name", "scopenode").status, 0);
    assertPrivate(path("new"), ["scopenode.pem", "scopenode.pub.pem"]);
    const { status, stderr } = run("keygen", "--out", path("new"), "--name", "../scopenode");
    assert.equal(status, 2);
    assert.match(stderr, /"..\/scopenode" is no file name/);
  });

  it("warns of 1024 bits", () => {
    const { status, stderr } = run("keygen", "--out", folder, "--bits", "1024");
    assert.equal(status, 0);
    assert.match(stderr, /warning: 1024 bits/);
  });

  it("warns of an update key of 1024 bits", () => {
    const keys = ["--key", `${VECTORS}/spime-2048.pem`];
    const updates = ["--update-key", `${VECTORS}/spime-1024.pub.pem`];
    const { status, stderr } = run("provision", "--out", path("new"), ...keys, ...updates);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /warning: 1024 bits/);
  });

  it("provisions with a key that is brought, and a seed of its own each time", () => {
    const flags = [
      "--key",
      `${VECTORS}/spime-2048.pem`,
      "--public",
      `${VECTORS}/spime-2048.pub.pem`,
    ];
    for (const name of ["one", "two"]) {
      const { status, stdout } = run("provision", "--out", path(name), ...flags);
      assert.equal(status, 0);
      assert.equal(stdout.trim().split("\n").length, 4);
      assertPrivate(path(name), [
        "microspime.key",
        "microspime.seed",
        "spime.pem",
        "spime.pub.pem",
      ]);
    }
    assert.equal(read("one/spime.pem"), readPem("spime-2048"));
    const key = createPrivateKey(readPem("spime-2048"));
    const written = readFileSync(path("one/microspime.key"));
    assert.deepEqual(written, keyRecord(key, { limbBits: 22, accelerator: true }));
    const seeds = ["one", "two"].map((name) => readFileSync(path(`${name}/microspime.seed`)));
    assert.equal(seeds[0]?.length, 48);
    assert.notDeepEqual(seeds[0], seeds[1]);
  });

  it("writes over nothing, and then nothing at all", () => {
    writeFileSync(path("microspime.seed"), "precious");
    const { status, stderr } = run("provision", "--out", folder, "--bits", "1024");
    assert.equal(status, 2);
    assert.match(stderr, /microspime\.seed is there already/);
    assert.deepEqual(readdirSync(folder), ["microspime.seed"]);
    assert.equal(read("microspime.seed"), "precious");
  });

  it("writes the constants of the board that is named", () => {
    const flags = ["--key", `${VECTORS}/spime-1024.pem`, "--board", "sim"];
    assert.equal(run("provision", "--out", path("new"), ...flags).status, 0);
    const key = createPrivateKey(readPem("spime-1024"));
    const written = readFileSync(path("new/microspime.key"));
    assert.deepEqual(written, keyRecord(key, { limbBits: 24, accelerator: false }));
  });

  describe("the configuration", () => {
    const account = ["--xmpp", "xmpp.example.org:5223", "--tls", "--jid", "board@example.org/roof"];
    const scopenode = ["--scopenode", "node@scope.example.org/co2"];
    const key = ["--key", `${VECTORS}/spime-2048.pem`];
    const provision = (env: Record<string, string>, ...args: string[]) =>
      runWith(env, ["provision", "--out", path("new"), ...key, ...args]);

    it("is missing without its options, and that is said", () => {
      const { status, stdout, stderr } = provision({ MICROSPIME_PASSWORD: "x" });
      assert.equal(status, 0);
      assert.doesNotMatch(stdout, /microspime\.json/);
      assert.match(stderr, /microspime\.json.* is still missing\.\nGive --xmpp, --jid/);
    });

    it("holds what is given, text as bytes of UTF-8, passwords from the environment", () => {
      const certifier = ["--certifier", "services@example.org/cert"];
      const sensor = ["--exposure", "outdoor", "--period", "30"];
      const env = { MICROSPIME_PASSWORD: "pässwörd 東", MICROSPIME_WIFI_PASSWORD: "12345678" };
      const wifi = ["--wifi-ssid", "Café"];
      const given = [...account, ...scopenode, ...certifier, ...sensor, ...wifi];
      const { status, stdout, stderr } = provision(env, ...given);
      assert.equal(status, 0);
      assert.match(
        stderr,
        /^microspime: the certification service needs the board's public key; .*\n.*\n$/,
      );
      assert.match(stdout, /new\/microspime\.json\n/);
      assertPrivate(path("new"), [
        "microspime.json",
        "microspime.key",
        "microspime.seed",
        "spime.pem",
        "spime.pub.pem",
      ]);
      assert.match(read("new/microspime.json"), /^[ -~\n]+$/);
      const bytes = (text: string) => Buffer.from(text).toString("latin1");
      assert.deepEqual(JSON.parse(read("new/microspime.json")), {
        host: "xmpp.example.org",
        port: 5223,
        tls: true,
        jid: "board@example.org/roof",
        password: bytes("pässwörd 東"),
        scopenode: "node@scope.example.org/co2",
        certifier: "services@example.org/cert",
        sign: true,
        encrypt: true,
        exposure: "outdoor",
        samplePeriodS: 30,
        wifi: { ssid: bytes("Café"), password: "12345678" },
      });
    });

    it("without a certification service is plain, a sample a minute", () => {
      assert.equal(provision({}, ...account, ...scopenode, "--password", "x").status, 0);
      const written = JSON.parse(read("new/microspime.json"));
      const { certifier, encrypt, exposure, samplePeriodS, wifi } = written;
      assert.deepEqual(
        [certifier, encrypt, exposure, samplePeriodS, wifi],
        [undefined, undefined, "", 60, undefined],
      );
    });

    it("says what becomes a sample, as far as it is given", () => {
      const place = ["--location", "coarse", "--without-fix", "last-known"];
      const bounds = ["--least-ppm", "350", "--most-ppm", "5000", "--most-step-ppm", "0"];
      const given = [...account, ...scopenode, "--password", "x", ...place];
      assert.equal(provision({}, ...given, ...bounds).status, 0);
      assert.deepEqual(JSON.parse(read("new/microspime.json")).samples, {
        ...{ location: "coarse", withoutFix: "last-known" },
        ...{ leastPpm: 350, mostPpm: 5000, mostStepPpm: 0 },
      });
    });

    it("says how long the CO2 sensor warms up, where its datasheet's time is not right", () => {
      const given = [...account, ...scopenode, "--password", "x"];
      assert.equal(provision({}, ...given, "--co2-preheat", "0").status, 0);
      assert.equal(JSON.parse(read("new/microspime.json")).co2PreheatS, 0);
    });

    it("may have reports signed and not encrypted", () => {
      const certifier = ["--certifier", "services@example.org/cert", "--no-encrypt"];
      const ended = provision({}, ...account, ...scopenode, ...certifier, "--password", "x");
      assert.equal(ended.status, 0, ended.stderr);
      const { sign, encrypt } = JSON.parse(read("new/microspime.json"));
      assert.deepEqual([sign, encrypt], [true, false]);
    });

    describe("who may claim the board", () => {
      const certified = [...account, ...scopenode, "--certifier", "services@example.org/cert"];
      const claimsOf = (...args: string[]) => {
        const ended = provision({ MICROSPIME_PASSWORD: "x" }, ...certified, ...args);
        assert.equal(ended.status, 0, ended.stderr);
        return { ...ended, claims: JSON.parse(read("new/microspime.json")).claims };
      };

      it("nobody, if nothing is said, or just that", () => {
        assert.equal(claimsOf().claims, undefined);
      });

      it("owners, for a time", () => {
        const owners = ["--owner", "owner@mydomain.com", "--owner", "example.org"];
        assert.deepEqual(claimsOf("--claims", "owners", ...owners, "--claim-days", "30").claims, {
          policy: "owners",
          owners: ["owner@mydomain.com", "example.org"],
          days: 30,
        });
      });

      it("whoever presses the button", () => {
        const { claims } = claimsOf("--claims", "button", "--button-seconds", "20");
        assert.deepEqual(claims, { policy: "button", windowS: 20, days: 365 });
      });

      it("whoever has the code, which is printed", () => {
        const { claims, stderr } = claimsOf("--claims", "code");
        assert.match(claims.code, /^\d{4}-\d{4}$/);
        assert.deepEqual(claims, { policy: "code", code: claims.code, days: 365 });
        assert.ok(stderr.includes(`the board's pairing code is ${claims.code}.\n`));
      });

      it("and where the board seeks itself", () => {
        claimsOf("--pubsub", "pubsub.example.org");
        assert.equal(JSON.parse(read("new/microspime.json")).pubsub, "pubsub.example.org");
      });
    });

    it("may have reports encrypted and not signed", () => {
      const certifier = ["--certifier", "services@example.org/cert", "--no-sign"];
      const ended = provision({}, ...account, ...scopenode, ...certifier, "--password", "x");
      assert.equal(ended.status, 0, ended.stderr);
      const { sign, encrypt } = JSON.parse(read("new/microspime.json"));
      assert.deepEqual([sign, encrypt], [false, true]);
    });

    const password = ["--password", "x"];
    const rows: [name: string, args: string[], message: RegExp][] = [
      ["no server", [...scopenode, ...password], /--xmpp is needed too/],
      ["no address", ["--xmpp", "a:1", ...scopenode, ...password], /--jid is needed too/],
      ["no password", [...account, ...scopenode], /--password \(or MICROSPIME_PASSWORD\)/],
      ["no ScopeNode", [...account, ...password], /--scopenode is needed too/],
      ["a bare address", ["--jid", "board@example.org"], /must be a full address/],
      ["a bare certifier", ["--certifier", "services@example.org"], /must be a full address/],
      ["a server without a port", ["--xmpp", "example.org"], /must be host:port/],
      ["another exposure", ["--exposure", "space"], /outdoor, indoor/],
      ["a policy that there is not", ["--claims", "friends"], /none, open, owners/],
      ["owners who are not named", ["--claims", "owners"], /--owner go together/],
      ["an owner with a resource", ["--owner", "a@b/c"], /without a resource, or a domain/],
      ["a button's time without a button", ["--button-seconds", "5"], /is for --claims button/],
      [
        "claims without a certification service",
        [...account, ...scopenode, ...password, "--claims", "open"],
        /--claims needs --certifier/,
      ],
      ["no period", ["--period", "0"], /from 1 to 86400/],
      ["a warm-up without end", ["--co2-preheat", "3601"], /from 0 to 3600/],
      ["a warm-up and nothing else", ["--co2-preheat", "60"], /--xmpp is needed too/],
      ["another location", ["--location", "here"], /exact, coarse, none/],
      ["another sample without a fix", ["--without-fix", "guess"], /gap, last-known/],
      [
        "bounds that let nothing in",
        [...account, ...scopenode, ...password, "--least-ppm", "500", "--most-ppm", "400"],
        /--least-ppm is more than --most-ppm/,
      ],
      ["a network's name that is too long", ["--wifi-ssid", "é".repeat(17)], /1 to 32 bytes/],
      [
        "a network's password that is too short",
        [...account, ...scopenode, ...password, "--wifi-ssid", "a", "--wifi-password", "1234567"],
        /8 to 63 characters/,
      ],
    ];
    for (const [name, args, message] of rows) {
      it(`refuses ${name}, and writes nothing`, () => {
        const { status, stdout, stderr } = provision({}, ...args);
        assert.equal(status, 2);
        assert.equal(stdout, "");
        assert.match(stderr, message);
        assert.deepEqual(readdirSync(folder), []);
      });
    }
  });

  const own = ["--key", `${VECTORS}/spime-1024.pem`];
  const rows: [name: string, args: string[], message: RegExp][] = [
    ["512 bits", ["--bits", "512"], /from 1024 to 4096/],
    ["8192 bits", ["--bits", "8192"], /from 1024 to 4096/],
    ["1025 bits", ["--bits", "1025"], /steps of 64/],
    ["no number", ["--bits", "many"], /from 1024 to 4096/],
    ["both a new key and one", [...own, "--bits", "2048"], /Leave one of them out/],
    ["a public half alone", ["--public", `${VECTORS}/spime-1024.pub.pem`], /--public needs --key/],
    [
      "a board that is not there",
      ["--board", "toaster"],
      /no board "toaster"\.\nBoards are esp32, /,
    ],
    ["no such file", ["--key", "/nonexistent"], /\/nonexistent cannot be read \(ENOENT\)/],
    ["no PEM", ["--key", "package.json"], /not a PEM of an unencrypted private key/],
    [
      "a public key",
      ["--key", `${VECTORS}/spime-1024.pub.pem`],
      /not a PEM of an unencrypted private/,
    ],
    [
      "a mismatched pair",
      [...own, "--public", `${VECTORS}/scopenode-1024.pub.pem`],
      /not that of the private key/,
    ],
  ];
  for (const [name, args, message] of rows) {
    it(`refuses ${name}`, () => {
      const { status, stderr } = run("provision", "--out", path("new"), ...args);
      assert.equal(status, 2);
      assert.match(stderr, message);
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it("refuses a console's password that cannot be typed, without showing it", () => {
    for (const secret of ["hunter2", "two words of mine", "x".repeat(21)]) {
      for (const [env, args] of [
        [{ MICROSPIME_CONSOLE_PASSWORD: secret }, []],
        [{}, ["--console-password", secret]],
      ] as [Record<string, string>, string[]][]) {
        const { status, stdout, stderr } = runWith(env, [
          ...["provision", "--out", path("new"), "--bits", "1024", ...args],
        ]);
        assert.equal(status, 2, stderr);
        assert.match(stderr, /must have 8 to 20 characters.*\n.*--lock/);
        assert.ok(!`${stdout}${stderr}`.includes(secret), stderr);
        assert.deepEqual(readdirSync(folder), []);
      }
    }
  }).timeout(40_000);

  it("takes an empty password for the console for none", () => {
    const env = { MICROSPIME_CONSOLE_PASSWORD: "" };
    const args = ["provision", "--bits", "1024", "--out"];
    assert.equal(runWith(env, [...args, path("open")]).status, 0);
    assert.ok(!readdirSync(path("open")).includes("microspime.lock"));
    assert.equal(runWith(env, [...args, path("locked"), "--lock"]).status, 0);
    assert.match(read("locked/microspime.lock"), /^[a-z2-9]{20}$/);
  });

  it("refuses a key of 512 bits and an encrypted one, showing nothing of them", () => {
    const pem = { type: "pkcs8", format: "pem" } as const;
    const small = generateKeyPairSync("rsa", { modulusLength: 512 }).privateKey.export(pem);
    const locked = createPrivateKey(readPem("spime-1024")).export({
      ...pem,
      cipher: "aes-256-cbc",
      passphrase: "x",
    });
    for (const [content, message] of [
      [small, /512 bits, at least 1024/],
      [locked, /unencrypted/],
    ] as const) {
      writeFileSync(path("key.pem"), content);
      const { status, stderr } = run("provision", "--out", path("new"), "--key", path("key.pem"));
      assert.equal(status, 2);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /MII|BEGIN/);
    }
  });

  it("refuses to do without a folder", () => {
    assert.equal(run("keygen").status, 2);
    assert.match(run("keygen", "--out", "/dev/null/x").stderr, /cannot be written \(ENOTDIR\)/);
  });

  describe("for a board with Kaluma", () => {
    const account = ["--jid", "board@example.org/spime", "--password", "secret", "--no-input"];
    const certifier = ["--certifier", "c@example.org/cert"];
    const provision = (env: Record<string, string>, ...more: string[]) =>
      runWith(env, [
        ...["provision", "--out", path("pico"), "--board", "pico2w", "--bits", "1024"],
        ...["--scopenode", "node@scopenode.example.org/co2", ...account, ...more],
      ]);
    const local = ["--xmpp", "192.168.1.10:5222"];
    const elsewhere = ["--xmpp", "xmpp.example.org:5222"];

    it("refuses what the board would not start with, and says what to set", () => {
      for (const [more, message, advice] of [
        [[...local, ...certifier, "--tls"], /tls must be false/, /Leave --tls out/],
        [local, /encrypt must be true/, /--certifier/],
        [[...local, ...certifier, "--no-encrypt"], /encrypt must be true/, /--no-encrypt out/],
        [
          [...elsewhere, ...certifier],
          /host must be an address of the local/,
          /--plain-to xmpp\.example\.org/,
        ],
        [[...local, ...certifier, "--lock"], /--lock is not for pico2w/, /Leave it out/],
        [
          [...local, ...certifier, "--update-key", `${VECTORS}/spime-2048.pub.pem`],
          /--update-key is not for pico2w/,
          /Leave it out/,
        ],
      ] as [string[], RegExp, RegExp][]) {
        const { status, stderr } = provision({}, ...more);
        const [first, second, ...others] = stderr.trimEnd().split("\n");
        assert.equal(status, 2, stderr);
        assert.match(first, message);
        assert.match(second, advice);
        assert.deepEqual(others, []);
      }
      assert.deepEqual(readdirSync(folder), []);
    }).timeout(40_000);

    it("takes a local server, and one that somebody has named twice", () => {
      const env = { MICROSPIME_CONSOLE_PASSWORD: "for-others" };
      assert.equal(provision(env, ...local, ...certifier).status, 0);
      assert.deepEqual(
        readdirSync(path("pico")).filter((name) => name === "microspime.lock"),
        [],
      );
      rmSync(path("pico"), { recursive: true });
      const plainTo = ["--plain-to", "xmpp.example.org"];
      assert.equal(provision({}, ...elsewhere, ...certifier, ...plainTo).status, 0);
      const { plainTo: written } = JSON.parse(read("pico/microspime.json"));
      assert.equal(written, "xmpp.example.org");
    });
  });
});
