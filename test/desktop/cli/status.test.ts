// `microspime status` as a person runs it: what a simulated board in Node tells, to whom, and what is said where none does.

import assert from "node:assert/strict";
import type { Entity } from "@xmpp/client";
import { xml } from "@xmpp/component";
import { statusLines, statusValues } from "../../../src/desktop/cli/status-display.js";
import { STANZAS } from "../../../src/desktop/openspime/namespaces.js";
import { connectComponent, disconnect } from "../../../src/desktop/scopenode/connection.js";
import { NodeBoard } from "../../support/node-board.js";
import { embedded } from "../../support/servers.js";
import type { TestServer } from "../../support/servers.js";
import { DOMAIN, environment, logIn, OWNER_JID, PASSWORD, SECRET } from "../claimer/world.js";
import { assertFailure, assertSuccess, eventsOf, linesOf, runProgram } from "./program.js";

const BOARD_JID = `board@${DOMAIN}/spime`;
const SCOPENODE = "scopenode.example";

describe("microspime status", () => {
  let server: TestServer;
  let board: NodeBoard;
  let scopenode: Entity;
  let mute: Entity;
  before(async () => {
    const accounts = ["board", "owner", "other"].map((localpart) => ({
      localpart,
      password: PASSWORD,
    }));
    const components = [{ domain: SCOPENODE, secret: SECRET }];
    server = await embedded.start({ domain: DOMAIN, accounts, components });
    scopenode = await refusing(server);
    mute = await logIn(server, "other", "mute");
    mute.iqCallee.get("urn:x-microspime:status", "status", () => new Promise<never>(() => {}));
    const login = { host: server.host, port: server.c2sPort, tls: false, password: PASSWORD };
    const configuration = { jid: BOARD_JID, scopenode: `node@${SCOPENODE}/co2` };
    board = new NodeBoard({ ...login, ...configuration, statusTo: OWNER_JID });
    await board.next("refused");
  });
  after(async () => {
    await board?.stop();
    await mute?.stop();
    if (scopenode) await disconnect(scopenode);
    await server?.stop();
  });

  const ask = (spime: string, jid = OWNER_JID, ...args: string[]) => {
    const account = ["--xmpp", `${server.host}:${server.c2sPort}`, "--jid", jid];
    return runProgram(["status", spime, ...account, ...args], { env: environment });
  };

  it("tells whom the configuration names how a board is, and what was refused", async () => {
    const ended = await ask(BOARD_JID);
    assertSuccess(ended);
    const [first, ...lines] = linesOf(ended.stdout);
    assert.match(
      first,
      /^board@\S+\/spime has been up for (\d+ min )?\d+ s, \d+ samples? waits?\.$/,
    );
    const told = lines.join("\n");
    assert.match(told, /^ {2}kind of board {2}sim$/m);
    assert.match(told, /^ {2}starts so far {2}1$/m);
    assert.match(told, /^The ScopeNode has refused \d samples?, the newest last:$/m);
    assert.match(told, /^ {2}2015-04-13 20:\d\d:\d\d UTC {4}428 ppm {2}bad-request$/m);
  });

  it("prints with --json one object", async () => {
    const [told, ...others] = eventsOf((await ask(BOARD_JID, OWNER_JID, "--json")).stdout);
    assert.deepEqual(others, []);
    const { event, spime, fields, refused } = told as unknown as {
      [name: string]: unknown;
      fields: Record<string, unknown>;
      refused: string[];
    };
    assert.deepEqual([event, spime], ["status", BOARD_JID]);
    assert.deepEqual([fields["board"], fields["boots"]], ["sim", 1]);
    assert.match(refused[0], /^entries=1 time=\S+ .*ppm=428 condition=bad-request$/);
  });

  it("says to others who may ask", async () => {
    const ended = await ask(BOARD_JID, `other@${DOMAIN}/web`);
    assertFailure(ended, 1, /tells its status to its owners only\.$/, /^Claim it first.*statusTo/);
  });

  it("says that nobody is there", async () => {
    const message = /is not online, or its firmware is too old to tell\.$/;
    assertFailure(await ask(`board@${DOMAIN}/away`), 1, message, /switched on/);
  });

  it("says that no answer came", async () => {
    const ended = await ask(`other@${DOMAIN}/mute`, OWNER_JID, "--wait", "1");
    assertFailure(ended, 1, /\/mute has not answered in 1 s\.$/, /^Try again.*--wait/);
  });
});

/** Takes no report. */
async function refusing({ host, componentPort }: TestServer): Promise<Entity> {
  const refusal = xml("error", { type: "modify" }, xml("bad-request", { xmlns: STANZAS }));
  const node: Entity = await connectComponent({
    service: `xmpp://${host}:${componentPort}`,
    ...{ domain: SCOPENODE, secret: SECRET },
    onStanza: ({ attrs: { from, to, id } }) => {
      void node.send(xml("iq", { from: to, to: from, id, type: "error" }, refusal));
    },
    onError: () => {},
  });
  return node;
}

describe("The text of a status", () => {
  const spime = BOARD_JID;
  const first = (fields: Record<string, string>) =>
    statusLines({ spime, fields, refused: [] })[0].slice(spime.length + 1);

  it("has aligned fields in a person's words, the unknown ones last, then the samples", () => {
    const fields = {
      ...{ future: "x", engine: "2v29", freeVariables: "910", rssi: "-61", resetCause: "8" },
      ...{ board: "esp32", version: "", boots: "7", upS: "93700", waiting: "1", rsa: "none" },
    };
    const refused = [
      "entries=1 time=2026-11-27T16:00:00.250+00:00 lat=1 lon=2 ppm=40010 condition=a+b",
      "entries=1 time=2026-11-27T16:01:00+00:00 ppm=428 condition=none",
      "entries=0 condition=bad\u001b[2J",
    ];
    assert.deepEqual(statusLines({ spime, fields, refused }), [
      `${spime} has been up for 1 day 2 h, 1 sample waits.`,
      "  kind of board            esp32",
      "  JavaScript engine        2v29",
      "  starts so far            7",
      "  cause of the last start  a watchdog: the program hung (8)",
      "  Wi-Fi signal             -61 dBm",
      "  memory free              910 variables",
      "  RSA by                   nothing: no key, or still starting",
      "  future                   x",
      "The ScopeNode has refused 3 samples, the newest last:",
      "  2026-11-27 16:00:00 UTC  40010 ppm  a+b",
      "  2026-11-27 16:01:00 UTC    428 ppm  none",
      "  entries=0 condition=bad\ufffd[2J",
    ]);
  });

  it("has the two largest units of the time", () => {
    const times = ["0", "59", "60", "3661", "172800"].map((upS) => first({ upS, waiting: "0" }));
    assert.deepEqual(
      times,
      ["0 s", "59 s", "1 min 0 s", "1 h 1 min", "2 days 0 h"].map(
        (time) => `has been up for ${time}, 0 samples wait.`,
      ),
    );
  });

  it("says nothing of what the board does not know", () => {
    assert.deepEqual(statusLines({ spime, fields: {}, refused: [] }), [`${spime} has answered.`]);
    assert.equal(first({ upS: "long" }), "has answered.");
  });

  it("has for scripts numbers where they are some", () => {
    const fields = { rssi: "-61", version: "1", boots: "many" };
    const told = { spime, fields: { rssi: -61, version: "1", boots: "many" }, refused: ["a"] };
    assert.deepEqual(statusValues({ spime, fields, refused: ["a"] }), told);
  });
});
