import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boardKey } from "../../../src/desktop/provisioning/board-key.js";
import { readPem } from "../openspime/support.js";

const VECTORS = "test/vectors/openspime";

describe("microspime keygen, provision", () => {
  let folder: string;

  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "microspime-cli-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = (name: string) => join(folder, name);
  const read = (name: string) => readFileSync(path(name), "utf8");

  function run(...args: string[]) {
    const program = "build/tsc/src/desktop/cli/main.js";
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      encoding: "utf8",
      timeout: 60_000,
    });
    return { status, stdout, stderr };
  }

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

  it("warns of 1024 bits", () => {
    const { status, stderr } = run("keygen", "--out", folder, "--bits", "1024");
    assert.equal(status, 0);
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
      assertPrivate(path(name), ["board-key.json", "seed.bin", "spime.pem", "spime.pub.pem"]);
    }
    assert.equal(read("one/spime.pem"), readPem("spime-2048"));
    const written = JSON.parse(read("one/board-key.json"));
    assert.deepEqual(written, boardKey(createPrivateKey(readPem("spime-2048"))));
    const seeds = ["one", "two"].map((name) => readFileSync(path(`${name}/seed.bin`)));
    assert.equal(seeds[0]?.length, 48);
    assert.notDeepEqual(seeds[0], seeds[1]);
  });

  it("writes over nothing, and then nothing at all", () => {
    writeFileSync(path("seed.bin"), "precious");
    const { status, stderr } = run("provision", "--out", folder, "--bits", "1024");
    assert.equal(status, 2);
    assert.match(stderr, /seed\.bin is there already/);
    assert.deepEqual(readdirSync(folder), ["seed.bin"]);
    assert.equal(read("seed.bin"), "precious");
  });

  const own = ["--key", `${VECTORS}/spime-1024.pem`];
  const rows: [name: string, args: string[], message: RegExp][] = [
    ["512 bits", ["--bits", "512"], /from 1024 to 4096/],
    ["8192 bits", ["--bits", "8192"], /from 1024 to 4096/],
    ["1025 bits", ["--bits", "1025"], /steps of 64/],
    ["no number", ["--bits", "many"], /from 1024 to 4096/],
    ["both a new key and one", [...own, "--bits", "2048"], /Leave one of them out/],
    ["a public half alone", ["--public", `${VECTORS}/spime-1024.pub.pem`], /--public needs --key/],
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
});
