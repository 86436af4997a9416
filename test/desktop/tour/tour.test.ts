// The whole protocol document, played by `npm start -- --tour`: with the board in Node, in the real Espruino and in the
// real JerryScript, on the embedded server and on a real Prosody.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { findProsody, startProsody } from "../../support/prosody.js";
import type { Prosody } from "../../support/prosody.js";
import { assertSuccess, eventsOf, named, runProgram } from "../cli/program.js";

const DOMAIN = "spime.example";
const COMPONENT = "scopenode.example";
const PUBSUB = "pubsub.example";
const SECTIONS = ["XEP-0060", "1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.2.1"];
const secrets = {
  MICROSPIME_PASSWORD: "correct-horse-4711",
  MICROSPIME_SECRET: "battery-staple-0815",
  MICROSPIME_CERT_PASSWORD: "paper-clip-1729",
  MICROSPIME_OWNER_PASSWORD: "stapler-red-2718",
};

/** Who sends what to whom, in a section, as far as the document has an order. */
const DIALOGUES: Readonly<Record<string, readonly string[]>> = {
  "1.0.0": ["board → scopenode", "scopenode → board"],
  "1.0.1": ["board → certifier", "board → scopenode", "scopenode → certifier", "scopenode → board"],
  "1.1.0": ["claimer → certifier", "claimer → board", "board → claimer"],
  "1.2.0": ["board → pubsub", "pubsub → scopenode", "scopenode → board"],
  "1.2.1": ["claimer → pubsub", "pubsub → scopenode", "scopenode → claimer"],
};

type Event = Readonly<Record<string, unknown>>;

/** In a subsequence: others may come between. */
function assertInOrder(actual: readonly string[], expected: readonly string[], what: string): void {
  let at = 0;
  for (const one of actual) if (one === expected[at]) at++;
  assert.equal(at, expected.length, `${what}: ${expected[at]} is missing in ${actual.join(", ")}`);
}

function dialogueOf(events: readonly Event[], section: string): string[] {
  let current: unknown;
  const said: string[] = [];
  for (const { event, number, from, to } of events) {
    if (event === "section") current = number;
    else if (event === "stanza" && current === section) said.push(`${from} → ${to}`);
  }
  return said;
}

async function expectTour(
  args: string[],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<void> {
  const ended = await runProgram(["sim", "--tour", "--json", ...args], {
    env: { ...secrets, ...env },
    timeoutMs,
  });
  assertSuccess(ended);
  const events = eventsOf(ended.stdout);
  assert.deepEqual(
    named(events, "done").map(({ number }) => number),
    SECTIONS,
  );
  const signedAt = events.findIndex(
    ({ event, number }) => event === "section" && number === "1.0.1",
  );
  const refusals = named(events.slice(signedAt), "log").filter(({ line }) =>
    String(line).startsWith("error refused"),
  );
  assert.deepEqual(refusals, [], "only the first part has one");
  for (const [section, expected] of Object.entries(DIALOGUES)) {
    assertInOrder(dialogueOf(events, section), expected, section);
  }
}

function outsideArgs({ host, c2sPort, componentPort }: Prosody): string[] {
  return [
    ...["--xmpp", `${host}:${c2sPort}`, "--jid", `board@${DOMAIN}/spime`],
    ...["--component", `${host}:${componentPort}`, "--component-domain", COMPONENT],
    ...["--certifier-jid", `services@${DOMAIN}/cert`],
    ...["--owner-jid", `owner@${DOMAIN}/web`, "--pubsub", PUBSUB],
  ];
}

const lacksProsody = findProsody() === undefined ? "install prosody" : undefined;
const lacksSocat = spawnSync("socat", ["-V"]).error === undefined ? undefined : "install socat";

interface Engine {
  readonly name: string;
  readonly args: string[];
  /** That names the binary, and the one by which `sim` finds it. */
  readonly variable?: string;
  readonly foundBy?: string;
  readonly timeoutMs: number;
}

const ENGINES: readonly Engine[] = [
  { name: "Node", args: ["--bits", "1024"], timeoutMs: 60_000 },
  {
    name: "Espruino",
    args: ["--engine", "espruino", "--bits", "1024"],
    variable: "ESPRUINO",
    timeoutMs: 240_000,
  },
  {
    name: "Espruino with few variables, RSA-2048",
    args: ["--engine", "espruino"],
    variable: "ESPRUINO_SMALL",
    timeoutMs: 300_000,
  },
  {
    name: "JerryScript",
    args: ["--engine", "jerry"],
    variable: "JERRY",
    foundBy: "JERRY",
    timeoutMs: 60_000,
  },
  {
    name: "JerryScript with a heap of 180 KB",
    args: ["--engine", "jerry"],
    variable: "JERRY_180",
    foundBy: "JERRY",
    timeoutMs: 60_000,
  },
];

for (const { name, args, variable, foundBy = "ESPRUINO", timeoutMs } of ENGINES) {
  const binary = variable === undefined ? "" : process.env[variable];
  const lack =
    binary === undefined ? `set ${variable}` : foundBy === "ESPRUINO" && binary && lacksSocat;
  const title = `the tour, the board in ${name}${lack ? ` (skipped: ${lack})` : ""}`;
  const env: Record<string, string> = binary ? { [foundBy]: binary } : {};

  (lack ? describe.skip : describe)(title, function () {
    this.timeout(timeoutMs + 20_000);

    it("plays the document on the embedded server", () => expectTour(args, env, timeoutMs));

    const onProsody = lacksProsody ? it.skip : it;
    onProsody(
      `plays it on Prosody${lacksProsody ? ` (skipped: ${lacksProsody})` : ""}`,
      async () => {
        const prosody = await startProsody({
          domain: DOMAIN,
          accounts: [
            { localpart: "board", password: secrets.MICROSPIME_PASSWORD },
            { localpart: "services", password: secrets.MICROSPIME_CERT_PASSWORD },
            { localpart: "owner", password: secrets.MICROSPIME_OWNER_PASSWORD },
          ],
          components: [{ domain: COMPONENT, secret: secrets.MICROSPIME_SECRET }],
          pubsub: PUBSUB,
          // Neither board nor owner: they publish because the ScopeNode made the node open.
          pubsubAdmins: [`775b-f2c2-2b3765f4@${COMPONENT}`],
        });
        try {
          await expectTour([...args, ...outsideArgs(prosody)], env, timeoutMs);
        } finally {
          await prosody.stop();
        }
      },
    );
  });
}

describe("the tour's command line", () => {
  for (const [title, args, message] of [
    ["with a report's number", ["--reports", "5"], /--tour and --reports do not go together/],
    ["in the clear", ["--plain"], /--tour and --plain do not go together/],
    [
      "an owner without a server",
      ["--owner-jid", "a@b/c"],
      /--owner-jid is about an outside server/,
    ],
    ["a server without an owner", ["--xmpp", "localhost:1", "--jid", "a@b/c"], /With --xmpp, /],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const ended = await runProgram(["sim", "--tour", ...args], { env: secrets });
      assert.equal(ended.status, 2, ended.stdout);
      assert.match(ended.stderr, message);
    });
  }
});
