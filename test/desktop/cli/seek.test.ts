// `microspime seek` as a person runs it: what it prints, and how it ends.

import assert from "node:assert/strict";
import { xml } from "@xmpp/component";
import type { Element, Entity } from "@xmpp/component";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealClaimKey } from "../../../src/desktop/openspime/claim-key.js";
import { STANZAS } from "../../../src/desktop/openspime/namespaces.js";
import { connectComponent, disconnect } from "../../../src/desktop/scopenode/connection.js";
import {
  encryptedAnswer,
  measuredEntry,
  plainAnswer,
  printedEntry,
  signedAnswer,
  StandInScopeNode,
} from "../claimer/scopenode.js";
import { EXPIRES_AT } from "../claimer/spime.js";
import {
  CERTIFIER_JID,
  DOMAIN,
  embedded,
  environment,
  NODE_DOMAINS,
  OWNER,
  OWNER_JID,
  ownerKey,
  prosody,
  PUBSUB,
  SECRET,
  SPIME_JID,
  spimeKey,
  World,
} from "../claimer/world.js";
import { assertFailure, assertSuccess, eventsOf, linesOf, named, runProgram } from "./program.js";
import type { RunOptions } from "./program.js";

const KEY = "test/vectors/openspime/scopenode-2048.pem";
const key = ["--key", KEY];
const signing = [...key, "--certifier", CERTIFIER_JID];

/** A claim file as microspime claim writes it. */
function claimText(changes: Record<string, unknown> = {}): string {
  const fields = { spime: SPIME_JID, osid: OWNER_JID, authorizes: OWNER };
  const claimkey = sealClaimKey({ osid: OWNER_JID, expiresAt: EXPIRES_AT }, spimeKey);
  const rest = { expires: EXPIRES_AT.toISOString(), certifier: CERTIFIER_JID, claimkey };
  return JSON.stringify({ ...fields, ...rest, ...changes });
}

let folder: string;
let claimFile: string;

function newFolder(): void {
  folder = mkdtempSync(join(tmpdir(), "microspime-seek-"));
  claimFile = file("claim.json", claimText());
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const seekOn = (world: World, args: string[], options: RunOptions = {}) =>
  runProgram(["seek", ...world.accountOptions, ...args], { env: environment, ...options });

const title = "microspime seek, on Prosody";
if (prosody.skipped) describe.skip(`${title} (skipped: ${prosody.skipped})`, () => it("runs"));
else describe(title, findsSpimes);

function findsSpimes(): void {
  let world: World;
  let one: StandInScopeNode;
  let other: StandInScopeNode;
  before(async () => {
    newFolder();
    world = await World.start(prosody);
    one = await StandInScopeNode.start(world.server, NODE_DOMAINS[0]);
    other = await StandInScopeNode.start(world.server, NODE_DOMAINS[1]);
  });
  after(async () => {
    await one?.stop();
    await other?.stop();
    await world?.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    one.answering = ({ request, key }) => [encryptedAnswer(request.id, [printedEntry()], key)];
    other.answering = () => [];
  });

  const claimed = () => ["--pubsub", PUBSUB, "--claimkey", claimFile, ...signing];
  const seek = (args: string[], options?: RunOptions) => seekOn(world, args, options);

  it("prints what each ScopeNode answers, and ends with --answers", async () => {
    const ended = await seek([SPIME_JID, ...claimed(), "--answers", "1"]);
    assertSuccess(ended);
    assert.deepEqual(linesOf(ended.stdout), [
      `${SPIME_JID} is sought on ${PUBSUB}, node spimeseek`,
      `From ${one.jid}, encrypted:`,
      "  time (UTC)             latitude    longitude    height        CO2  exposure",
      "  2008-04-02 16:54:22   45.475841     9.172726   120.0 m          –  outdoor",
      "1 answer, 1 entry.",
    ]);
  });

  it("prints with --json one object a line, of two ScopeNodes too", async () => {
    const entries = [measuredEntry("400"), measuredEntry("401")];
    other.answering = ({ request, key }) => [encryptedAnswer(request.id, entries, key)];
    const ended = await seek([...claimed(), "--answers", "2", "--json"]);
    assertSuccess(ended);
    const events = eventsOf(ended.stdout);
    const found = named(events, "entry");
    assert.equal(events[0]?.event, "published");
    assert.deepEqual(
      found.find(({ from }) => from === one.jid),
      {
        event: "entry",
        from: one.jid,
        isEncrypted: true,
        date: "2008-04-02T16:54:22.000Z",
        exposure: "outdoor",
        lat: 45.475841199050905,
        lon: 9.172725677490234,
        eleM: 120,
      },
    );
    const ppms = found.filter(({ from }) => from === other.jid).map(({ ppm }) => ppm);
    assert.deepEqual(ppms, [400, 401]);
    const { id, ...outcome } = events.at(-1) ?? assert.fail();
    assert.deepEqual(outcome, {
      event: "outcome",
      spime: SPIME_JID,
      ...{ answers: 2, entries: 3, ignored: {} },
    });
    assert.equal(id, events[0]?.id);
  });

  it("prints no place as dashes, and under an old one its age; with --json placeAgeS", async () => {
    one.answering = ({ request, key }) => [encryptedAnswer(request.id, [old, none], key)];
    const [old, none] = [printedEntry(), printedEntry()];
    const isOfPlace = ({ name }: Element) => ["lat", "lon", "ele"].includes(name);
    old
      .getChildElements()
      .filter(isOfPlace)
      .forEach(({ attrs }) => (attrs.age = "340"));
    none.children = none.getChildElements().filter((child) => !isOfPlace(child));
    const shown = await seek([...claimed(), "--answers", "1"]);
    assertSuccess(shown);
    assert.deepEqual(linesOf(shown.stdout).slice(3, -1), [
      "  2008-04-02 16:54:22   45.475841     9.172726   120.0 m          –  outdoor",
      "                       (340 s old)",
      "  2008-04-02 16:54:22           –            –         –          –  outdoor",
    ]);
    const ended = await seek([...claimed(), "--answers", "1", "--json"]);
    const entries = named(eventsOf(ended.stdout), "entry");
    const place = { lat: 45.475841199050905, lon: 9.172725677490234, eleM: 120, placeAgeS: 340 };
    const common = { event: "entry", from: one.jid, isEncrypted: true, exposure: "outdoor" };
    const date = "2008-04-02T16:54:22.000Z";
    assert.deepEqual(entries, [
      { ...common, date, ...place },
      { ...common, date },
    ]);
  });

  it("seeks itself in the clear, and steers no terminal by what others write", async () => {
    one.answering = ({ request }) => {
      const entry = printedEntry();
      const exposure = entry.getChild("exposure") ?? assert.fail();
      exposure.children = ["out\u009b2Jdoor"];
      return [plainAnswer(request.id, [entry])];
    };
    const { stdout } = await seek(
      [OWNER_JID, "--pubsub", PUBSUB, ...signing, "--plain"].concat(["--answers", "1"]),
    );
    assert.match(stdout, /^owner@spime\.example\/web is sought/);
    assert.match(stdout, /\nFrom 775b\S+, in the clear:\n/);
    assert.match(stdout, /out\ufffd2Jdoor\n/);
  });

  it("says that nobody has answered, and what it has ignored", async () => {
    one.answering = ({ request }) => [plainAnswer(request.id, [printedEntry()])];
    const ended = await seek([...claimed(), "--wait", "1"]);
    assertFailure(ended, 1, /No ScopeNode has answered for 4a6b\S+ in 1 s\.$/, /believe the cert/);
    const ignored = "Ignored messages: 1 in the clear, though encryption was required.";
    assert.equal(linesOf(ended.stdout).at(-1), ignored);
  });

  it("believes a certification service about the domains that it is accepted for", async () => {
    one.answering = ({ request }) => [signedAnswer(request.id, ownerKey, CERTIFIER_JID)];
    const accepting = (domains: string) =>
      seek([...claimed(), "--plain", "--wait", "1", "--accept-certifier", domains]);
    const believed = await accepting(`${CERTIFIER_JID}=x.example,${DOMAIN}`);
    assertSuccess(believed);
    assert.match(believed.stdout, /in the clear, signed by owner@spime\.example\/web:\n/);
    const { stdout } = await accepting(`${CERTIFIER_JID}=x.example`);
    assert.match(stdout, /\nIgnored messages: 1 signed by way of a .*--accept-certifier\)\.\n$/);
  });

  it("ends in good order with Ctrl-C", async () => {
    one.answering = () => [];
    const ended = await seek([...claimed(), "--wait", "600"], {
      onLine: (line, program) => line.includes("is sought") && program.kill("SIGINT"),
    });
    assertSuccess(ended);
  });

  it("brings its own certification service along", async () => {
    const certifier = ["--certifier-jid", `owner@${DOMAIN}/keys`];
    const own = ["--pubsub", PUBSUB, "--claimkey", claimFile, ...key, ...certifier];
    assertSuccess(await seek([...own, "--answers", "1"]));
  });

  it("needs the certification service that a claim file does not name", async () => {
    const path = file("bare.json", claimText({ certifier: undefined }));
    const args = ["--pubsub", PUBSUB, "--claimkey", path, ...signing, "--answers", "1"];
    assertFailure(await seek(args), 2, /names no certification service/, /--spime-certifier/);
    assertSuccess(await seek([...args, "--spime-certifier", CERTIFIER_JID]));
  });
}

describe("microspime seek", () => {
  let world: World;
  let service: Entity;
  let refusal: Element;
  before(async () => {
    newFolder();
    world = await World.start(embedded);
    service = await connectComponent({
      service: `xmpp://${world.server.host}:${world.server.componentPort}`,
      ...{ domain: NODE_DOMAINS[0], secret: SECRET },
      onStanza: ({ attrs: { from, to, id } }) => {
        void service.send(xml("iq", { from: to, to: from, id, type: "error" }, refusal));
      },
      onError: () => {},
    });
  });
  after(async () => {
    await disconnect(service);
    await world.stop();
    rmSync(folder, { recursive: true });
  });

  const seek = (...args: string[]) => seekOn(world, args);
  const claimed = (pubsub: string) => ["--pubsub", pubsub, "--claimkey", claimFile, ...signing];

  const refusals: [type: string, condition: string, status: number, RegExp, RegExp][] = [
    ["auth", "forbidden", 1, /scopenode\S+ \(node spimeseek\) does not let you publish/, /anybody/],
    ["cancel", "item-not-found", 1, /\(node spimeseek\) has no such node\.$/, /--node/],
    ["cancel", "feature-not-implemented", 3, /is no PubSub service/, /--pubsub/],
    ["wait", "resource-constraint", 1, /refuses \(resource-constraint\)\.$/, /again later/],
  ];

  for (const [type, condition, status, message, advice] of refusals) {
    it(`says why its request is not published: ${condition}`, async () => {
      refusal = xml("error", { type }, xml(condition, { xmlns: STANZAS }));
      assertFailure(await seek(...claimed(NODE_DOMAINS[0])), status, message, advice);
    });
  }

  it("says that there is no PubSub service", async () => {
    for (const pubsub of [DOMAIN, "nowhere.example"]) {
      const ended = await seek(...claimed(pubsub));
      assertFailure(ended, 3, /is no PubSub service that can be reached\.$/, /--pubsub/);
    }
  });

  it("says what is wrong with a claim file", async () => {
    const rows: [text: string, RegExp, RegExp][] = [
      ["{", /json is no claim: not JSON\.$/, /microspime claim writes/],
      [claimText({ osid: `${OWNER}/home` }), /is for owner@\S+\/home, and this is/, /--jid/],
      [
        claimText({ expires: "2008-04-02T17:54:22Z" }),
        /expired at 2008-04-02T17/,
        /Claim it again/,
      ],
    ];
    for (const [text, message, advice] of rows) {
      const path = file("wrong.json", text);
      const ended = await seek("--pubsub", DOMAIN, "--claimkey", path, ...signing);
      assertFailure(ended, 2, message, advice);
    }
    const away = await seek("--pubsub", DOMAIN, "--claimkey", join(folder, "away"), ...signing);
    assertFailure(away, 2, /away cannot be read \(ENOENT\)/, /microspime claim writes/);
  });

  it("says what does not go together", async () => {
    const rows: [args: string[], RegExp, RegExp][] = [
      [["x@y/z", ...claimed(DOMAIN)], /is a claim of 4a6b\S+, not of x@y\/z/, /that one/],
      [[SPIME_JID, "--pubsub", DOMAIN, ...signing], /is not you, and no claim/, /--claimkey/],
      [["--pubsub", DOMAIN], /signed requests only, and --key is missing/, /keygen/],
      [signing, /required option '--pubsub/, /--help/],
      [[...claimed(DOMAIN), "--answers", "101"], /from 1 to 100/, /--help/],
      [
        [...claimed(DOMAIN), "--accept-certifier", `${CERTIFIER_JID}=x.example,`],
        /must be ADDRESS=domain/,
        /--help/,
      ],
      [[...claimed(DOMAIN), "--accept-certifier", "a b@c=d"], /must be an address/, /--help/],
    ];
    for (const [args, message, advice] of rows) {
      assertFailure(await seek(...args), 2, message, advice);
    }
  });
});
