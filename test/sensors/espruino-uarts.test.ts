// Each UART driver in the real Espruino, on a pseudo-terminal with its simulated sensor at the other end: what the
// ScopeNode gets is what the sensor has read. A pseudo-terminal has neither baud rate nor parity.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { SEED_BYTES, SEED_FILE } from "../../src/desktop/provisioning/provision.js";
import { startScopeNode } from "../../src/desktop/scopenode/index.js";
import { startServer } from "../../src/desktop/server/server.js";
import type { BoardSurroundings } from "../../src/desktop/sim/board.js";
import { startEspruinoBoard } from "../../src/desktop/sim/espruino-board.js";
import { NamedFaults } from "../../src/desktop/sim/sensors/faults.js";
import { type SerialTwin, TWINS } from "../../src/desktop/sim/sensors/twins.js";
import { type BoardClock, VirtualClock } from "../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../src/desktop/sim/wire.js";
import { startReceiver } from "../soak/steady-receiver.js";
import { bundleWith } from "./espruino-bundle.js";

const DOMAIN = "spime.localhost";
const SCOPE_DOMAIN = "scopenode.localhost";
const PASSWORD = "uarts";
const TIMEOUT_MS = 40_000;
const PATIENCE_MS = 30_000;
/** Of two questions, which are 4 or 5 s apart. */
const VALUES = 2;
const FIX_MS = 500;

const UART_TWINS = Object.entries(TWINS).filter(
  (entry): entry is [string, SerialTwin & (typeof entry)[1]] => entry[1].bus === "uart",
);

/** Tells the values of each report. */
async function stage(onPpm: (ppm: number) => void) {
  const server = await startServer({
    domain: DOMAIN,
    accounts: [{ localpart: "board", password: PASSWORD }],
    components: [{ domain: SCOPE_DOMAIN, secret: PASSWORD }],
    componentPort: 0,
  });
  const node = await startScopeNode({
    service: `xmpp://${server.address}:${server.ports.component}`,
    ...{ domain: SCOPE_DOMAIN, secret: PASSWORD, jid: `node@${SCOPE_DOMAIN}/co2` },
    onReport: ({ entries }) => entries.forEach(({ ppm }) => onPpm(ppm)),
  });
  const login = { host: server.address, port: server.ports.client ?? 0, tls: false };
  return {
    configuration: {
      ...login,
      jid: `board@${DOMAIN}/spime`,
      password: PASSWORD,
      scopenode: node.jid,
    },
    close: async () => {
      await node.stop();
      await server.close();
    },
  };
}

/** Air that is another with each second, at no number that a sensor also says while it boots. */
function attachTwin(twin: SerialTwin, wire: Wire, clock: BoardClock): Set<number> {
  const read = new Set<number>();
  const faults = new NamedFaults();
  // Around the first answers.
  for (const fault of ["foreign", "echo", "foreign", "echo"] as const) faults.inject(fault);
  const curve = (second: number) => {
    const ppm = 620 + 10 * Math.floor(second);
    read.add(ppm);
    return ppm;
  };
  twin.attach(wire, { curve, clock, faults, warmUpMs: 0 });
  return read;
}

type Lines = Pick<BoardSurroundings, "gps" | "co2" | "clock">;

interface Trial {
  /** By the board, in that order. */
  readonly reported: readonly number[];
  readonly log: readonly string[];
  /** Why it has not reported so many. */
  readonly failure: string | undefined;
}

async function trial(name: string, lines: Lines): Promise<Trial> {
  const bundle = await bundleWith(name);
  const reported: number[] = [];
  const log: string[] = [];
  let finish: (failure?: string) => void = () => {};
  const finished = new Promise<string | undefined>((resolve) => (finish = resolve));
  const { configuration, close } = await stage((ppm) => {
    reported.push(ppm);
    if (new Set(reported).size >= VALUES) finish();
  });
  const impatience = setTimeout(() => finish("too slow"), PATIENCE_MS);
  const around = { bundle, onCrash: finish, onLog: (line: string) => void log.push(line) };
  try {
    const board = await startEspruinoBoard({ ...boardOf(configuration), ...lines, ...around });
    const failure = await finished;
    await board.stop();
    return { reported, log, failure };
  } finally {
    clearTimeout(impatience);
    await close();
  }
}

function boardOf(configuration: Awaited<ReturnType<typeof stage>>["configuration"]) {
  return {
    configuration: { ...configuration, exposure: "indoor", samplePeriodS: 1, co2PreheatS: 0 },
    files: { [SEED_FILE]: randomBytes(SEED_BYTES) },
    onTraffic: undefined,
  };
}

async function prove(name: string, twin: SerialTwin): Promise<void> {
  const lines = { gps: new Wire(), co2: new Wire(), clock: new VirtualClock(1) };
  const read = attachTwin(twin, lines.co2, lines.clock);
  startReceiver(lines.gps, lines.clock, FIX_MS);
  const { reported, log, failure } = await trial(name, lines);
  lines.clock.stop();
  assert.equal(failure, undefined, log.slice(-20).join("\n"));
  for (const ppm of reported) assert.ok(read.has(ppm), `${ppm} of ${[...read].join()}`);
}

const lack = !process.env["ESPRUINO"]
  ? "set ESPRUINO"
  : spawnSync("socat", ["-V"]).error && "install socat";
const title = `CO2 drivers in Espruino, on pseudo-terminals${lack ? ` (skipped: ${lack})` : ""}`;

(lack ? describe.skip : describe)(title, function () {
  this.timeout(TIMEOUT_MS);

  for (const [name, twin] of UART_TWINS) {
    it(`${name}: reports what its sensor has read, with foreign bytes and echoes around it`, () =>
      prove(name, twin));
  }
});
