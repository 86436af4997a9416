// `microspime update` and `sign-update` as a person runs them, against a board that answers as the test wants it.

import assert from "node:assert/strict";
import type { KeyObject } from "node:crypto";
import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Entity } from "@xmpp/client";
import { xml } from "@xmpp/component";
import type { Element } from "@xmpp/client";
import { STANZAS } from "../../../src/desktop/openspime/namespaces.js";
import { readSignedProgram } from "../../../src/desktop/updating/index.js";
import type { SignedProgram } from "../../../src/desktop/updating/index.js";
import { embedded } from "../../support/servers.js";
import type { TestServer } from "../../support/servers.js";
import { DOMAIN, environment, logIn, OWNER_JID, PASSWORD } from "../claimer/world.js";
import { assertFailure, assertSuccess, eventsOf, named, runProgram } from "./program.js";

const UPDATE = "urn:x-microspime:update";
const STATUS = "urn:x-microspime:status";
const BOARD_JID = `board@${DOMAIN}/spime`;
const PROGRAM = `/*${"-".repeat(550)}*/`;

/** PROGRAM, as docs/update.md has digest and signature. */
function assertSigned({ board, version, digest, signature }: SignedProgram, key: KeyObject): void {
  let chained = Buffer.alloc(0);
  for (const piece of [PROGRAM.slice(0, 256), PROGRAM.slice(256, 512), PROGRAM.slice(512)])
    chained = createHash("sha256").update(chained).update(piece).digest();
  assert.equal(digest, chained.toString("base64"));
  const words = `urn:x-microspime:update\n${board}\n${version}\n${PROGRAM.length}\n${digest}`;
  assert.ok(verify("sha256", Buffer.from(words), key, Buffer.from(signature, "base64")));
}

/** What a board does of docs/update.md, without flash. */
class Board {
  bytes = 0;
  text = "";
  place = "a";
  boots = 1;
  fields: Record<string, string> = { board: "esp32", version: "0.1.0" };
  refusal: string | undefined;
  /** Whether the new program reaches its server. */
  isGood = true;
  /** Forgets what was announced, once, after so many bytes. */
  forgetsAt = Infinity;
  /** Somebody else announces a program of another length, after so many bytes. */
  othersAt = Infinity;
  /** Takes no more than so many bytes, and says so each time. */
  staysAt = Infinity;

  constructor(private readonly entity: Entity) {
    entity.iqCallee.get(STATUS, "status", () => {
      const { place, boots, fields } = this;
      return xml("status", { xmlns: STATUS, place, boots: String(boots), ...fields });
    });
    entity.iqCallee.set(UPDATE, "update", ({ element }) => this.announce(element));
    entity.iqCallee.set(UPDATE, "chunk", ({ element }) => this.take(element));
    entity.iqCallee.set(UPDATE, "try", () => this.restart());
  }

  stop = () => this.entity.stop();

  private announce({ attrs }: Element): Element {
    if (this.refusal) return error(this.refusal);
    this.bytes = Number(attrs.bytes);
    return this.progress();
  }

  private take(chunk: Element): Element {
    if (this.text.length >= this.forgetsAt) {
      this.forgetsAt = Infinity;
      return error("unexpected-request");
    }
    if (this.isOthers || this.text.length >= this.staysAt) return this.progress();
    assert.equal(Number(chunk.attrs.at), this.text.length);
    this.text += Buffer.from(chunk.getText(), "base64").toString("latin1");
    return this.progress();
  }

  private get isOthers(): boolean {
    return this.text.length >= this.othersAt;
  }

  private restart(): true | Element {
    if (this.isOthers) return this.progress();
    this.boots += 1;
    if (this.isGood) {
      this.place = "b-trial";
      setTimeout(() => (this.place = "b"), 100);
      this.fields = { board: "esp32", version: "9.9.9" };
    }
    return true;
  }

  private progress(): Element {
    return xml("update", {
      xmlns: UPDATE,
      at: String(this.isOthers ? 9999 : this.text.length),
      bytes: String(this.isOthers ? 40_000 : this.bytes),
    });
  }
}

const error = (name: string) => xml("error", { type: "cancel" }, xml(name, { xmlns: STANZAS }));

describe("microspime update and sign-update", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(tmpdir(), "microspime-update-"));
  const file = (name: string) => path.join(folder, name);
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let server: TestServer;
  let board: Board;
  before(async () => {
    writeFileSync(file("esp32.js"), PROGRAM);
    writeFileSync(file("key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
    const accounts = ["board", "owner"].map((localpart) => ({ localpart, password: PASSWORD }));
    server = await embedded.start({ domain: DOMAIN, accounts, components: [] });
  });
  beforeEach(async () => {
    board = new Board(await logIn(server, "board", "spime"));
  });
  afterEach(() => board?.stop());
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const bundle = ["--bundle", file("esp32.js"), "--key", file("key.pem")];
  const update = (...args: string[]) => {
    const account = ["--xmpp", `${server.host}:${server.c2sPort}`, "--jid", OWNER_JID];
    const options = { env: environment, timeoutMs: 40_000 };
    return runProgram(["update", BOARD_JID, ...account, "--wait", "30", ...args], options);
  };

  it("sends the program and waits until it is confirmed, though the board restarts meanwhile", async () => {
    board.forgetsAt = 256;
    const ended = await update(...bundle, "--json");
    assertSuccess(ended);
    assert.equal(board.text, PROGRAM);
    const events = eventsOf(ended.stdout);
    const sent = named(events, "sending").map(({ bytes }) => bytes);
    assert.deepEqual(sent, [0, 256, 256, 512, PROGRAM.length]);
    const { event, version, place } = events[events.length - 1] ?? {};
    assert.deepEqual([event, version, place], ["updated", "9.9.9", "b"]);
  });

  it("says that the board has rolled back", async () => {
    board.isGood = false;
    const ended = await update(...bundle);
    assertFailure(ended, 1, /has rolled back: it runs version 0\.1\.0 again/, /docs\/update\.md/);
  });

  it("says why a board refuses", async () => {
    board.refusal = "policy-violation";
    assertFailure(await update(...bundle), 1, /no room for another program/, /flash --compact/);
    board.refusal = "not-authorized";
    assertFailure(await update(...bundle), 1, /signature is not by the key/, /sign-update/);
  });

  it("gives up when somebody else sends the board another program", async () => {
    board.othersAt = 256;
    const ended = await update(...bundle, "--json");
    const what = /somebody else sends it another program\.$/;
    assertFailure(ended, 1, what, /start it again/);
    const sent = named(eventsOf(ended.stdout), "sending").map(({ bytes }) => bytes);
    assert.deepEqual(sent, [0]);
  });

  it("asks no longer than --wait says a board that never has the whole of it", async () => {
    board.staysAt = 256;
    const ended = await update(...bundle, "--wait", "1");
    assertFailure(ended, 1, /has not been through with it in 1 s\.$/, /--wait/);
  });

  it("sends nothing to a board of another kind, or without a loader", async () => {
    board.fields = { board: "linux" };
    assertFailure(
      await update(...bundle),
      1,
      /is a board "linux", and the program is for "esp32"/,
      /its kind/,
    );
    board.fields = { board: "esp32", place: "" };
    assertFailure(await update(...bundle), 1, /has no loader/, /flash/);
    assert.equal(board.bytes, 0);
  });

  it("wants a program and a key, or both in one file", async () => {
    assertFailure(await update(), 2, /--bundle is missing/, /--bundle and --key/);
    assertFailure(
      await update("--bundle", file("no.js"), "--key", file("key.pem")),
      2,
      /cannot be read/,
      /built/,
    );
    assertFailure(await update("--signed", file("esp32.js")), 2, /no JSON object/, /sign-update/);
    const all = await update("--signed", file("esp32.js"), "--key", file("key.pem"));
    assertFailure(all, 2, /program and signature already/, /Leave/);
  });

  it("signs on a machine without a network, and sends that", async () => {
    const out = file("esp32.update");
    const signing = ["--program-version", "0.2.0", "--out", out];
    assertSuccess(await runProgram(["sign-update", ...bundle, ...signing]));
    const program = readSignedProgram(readFileSync(out, "utf8"));
    assert.deepEqual(
      [program.board, program.version, program.text.toString()],
      ["esp32", "0.2.0", PROGRAM],
    );
    assertSigned(program, publicKey);
    assertSuccess(await update("--signed", out));
    assert.equal(board.text, PROGRAM);
  });

  it("warns once of a key that boards should not believe", async () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
    writeFileSync(file("weak.pem"), weak.export({ type: "pkcs8", format: "pem" }));
    const signer = ["sign-update", "--key", file("weak.pem"), "--board", "esp32"];
    for (const more of [[], ["--bundle", file("esp32.js"), "-o", file("weak-program.update")]]) {
      const key = file(`weak-${more.length}.update`);
      const { status, stderr } = await runProgram([...signer, "--board-key", key, ...more]);
      assert.equal(status, 0);
      assert.match(stderr, /^microspime: warning: 1024 bits .*\n$/);
    }
  });

  it("signs what docs/update.md says", async () => {
    const out = file("documented.update");
    assertSuccess(
      await runProgram(["sign-update", ...bundle, "--program-version", "1.2.3", "-o", out]),
    );
    const program = readSignedProgram(readFileSync(out, "utf8"));
    assert.deepEqual([program.board, program.version], ["esp32", "1.2.3"]);
    assertSigned(program, publicKey);
  });

  it("wants a version that boards compare as people do", async () => {
    for (const version of ["1.2.2.1", "v2.0.0", "1.2.3-rc1", "1.2.10000"]) {
      const out = file("odd.update");
      const signing = ["--program-version", version, "--out", out];
      const ended = await runProgram(["sign-update", ...bundle, ...signing]);
      assertFailure(
        ended,
        2,
        /is no version that boards can compare/,
        /three numbers.*like 1\.2\.3/,
      );
      assert.ok(!existsSync(out));
    }
    const sent = await update(...bundle, "--program-version", "v2.0.0");
    assertFailure(sent, 2, /is no version that boards can compare/, /--program-version/);
    const out = file("odd.update");
    assertSuccess(
      await runProgram(["sign-update", ...bundle, "--program-version", "1234.0.9999", "-o", out]),
    );
    const signed = JSON.parse(readFileSync(out, "utf8")) as object;
    writeFileSync(out, JSON.stringify({ ...signed, version: "1.2.2.1" }));
    assertFailure(await update("--signed", out), 2, /version: not three numbers/, /sign-update/);
    assert.equal(board.bytes, 0);
  });

  it("signs no program with a byte that flash has where nothing is written", async () => {
    writeFileSync(file("odd.js"), Buffer.from([0x61, 0xff]));
    const ended = await runProgram([
      "sign-update",
      "--bundle",
      file("odd.js"),
      "--key",
      file("key.pem"),
    ]);
    assertFailure(ended, 2, /program: not in ASCII/, /sign-update/);
  });

  it("writes the key's half for a board, and not over another file", async () => {
    const key = file("microspime.update");
    const args = ["sign-update", "--key", file("key.pem"), "--board", "esp32", "--board-key", key];
    assertSuccess(await runProgram(args));
    const record = readFileSync(key);
    assert.equal(record.subarray(0, 2).toString(), "n=");
    assert.ok(!record.includes("d=") && existsSync(key));
    assertFailure(await runProgram(args), 2, /cannot be written \(EEXIST\)/, /another file/);
  });

  it("says so as an object for scripts", async () => {
    const key = file("json.update");
    const args = ["sign-update", "--key", file("key.pem"), "--board", "esp32", "--board-key", key];
    const ended = await runProgram([...args, "--json"]);
    assertSuccess(ended);
    assert.deepEqual(eventsOf(ended.stdout), [{ event: "board-key", file: key, board: "esp32" }]);
  });
});
