// The main job in the real Espruino, its sensors on pseudo-terminals: five reports, on the embedded
// server and on a real Prosody, plain; signed ones are in secure.test.ts. ESPRUINO_SMALL is a build with
// a board's few variables.

import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { findProsody, type Prosody, startProsody } from "../../support/prosody.js";
import { credentials, outsideOptions, setup } from "../cli/outside-server.js";
import { assertOutcome, assertSuccess, eventsOf, named, runProgram } from "../cli/program.js";

/** A boot from flash, a login and five samples. */
const TIMEOUT_MS = 40_000;
const lacksSocat = spawnSync("socat", ["-V"]).error !== undefined;

function lackOf(variable: string): string | undefined {
  if (!process.env[variable]) return `set ${variable}`;
  return lacksSocat ? "install socat" : undefined;
}

async function expectFiveReports(variable: string, args: string[]): Promise<void> {
  const env = { ...credentials, ESPRUINO: process.env[variable] ?? "" };
  const common = ["sim", "--json", "--plain", "--engine", "espruino", "--reports", "5"];
  const ended = await runProgram([...common, ...args], { env, timeoutMs: TIMEOUT_MS });
  assertSuccess(ended);
  const events = eventsOf(ended.stdout);
  assert.match(
    `${named(events, "scene")[0]["board"]}`,
    /build\/linux\.js .* in Espruino, from flash/,
  );
  assertOutcome(ended.stdout, 5);
}

function withLack(title: string, lack: string | undefined): [typeof describe.skip, string] {
  return lack ? [describe.skip, `${title} (skipped: ${lack})`] : [describe, title];
}

/** TLS takes its memory from the variables in the Linux build: with a board's few there is none. */
for (const [variable, name, transports] of [
  ["ESPRUINO", "Espruino", [[], ["--tls"], ["--trace"]]],
  ["ESPRUINO_SMALL", "Espruino with few variables", [[], ["--trace"]]],
] as [string, string, string[][]][]) {
  const lack = lackOf(variable);
  const [describeEmbedded, embeddedTitle] = withLack(`sim in ${name}, embedded server`, lack);

  describeEmbedded(embeddedTitle, function () {
    this.timeout(TIMEOUT_MS + 2000);

    for (const options of transports) {
      it(["has five reports acknowledged", ...options].join(" "), () =>
        expectFiveReports(variable, options),
      );
    }

    it("ends with the summary so far at Ctrl-C, which goes to the engine's terminal too", async () => {
      const env = { ESPRUINO: process.env[variable] ?? "" };
      const onLine = (line: string, program: ChildProcess) => {
        if (line.includes('"acknowledged","number":1')) process.kill(-(program.pid ?? 0), "SIGINT");
      };
      const args = ["sim", "--json", "--plain", "--engine", "espruino"];
      const ended = await runProgram(args, { env, onLine, detached: true, timeoutMs: TIMEOUT_MS });
      assertSuccess(ended);
      assert.equal(named(eventsOf(ended.stdout), "outcome").length, 1);
    });
  });

  const lackOfTwo = lack ?? (findProsody() === undefined ? "install prosody" : undefined);
  const [describeProsody, prosodyTitle] = withLack(`sim in ${name}, Prosody`, lackOfTwo);

  describeProsody(prosodyTitle, function () {
    this.timeout(TIMEOUT_MS + 2000);
    let prosody: Prosody;

    before(async () => {
      prosody = await startProsody(setup);
    });
    after(() => prosody?.stop());

    // Not over TLS: Espruino offers no elliptic curves, and this Prosody has no DH parameters.
    it("has five reports acknowledged", () => expectFiveReports(variable, outsideOptions(prosody)));
  });
}
