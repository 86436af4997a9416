// The borders that lint guards really hold: each offence is reported, each near miss is not.

import assert from "node:assert/strict";
import { ESLint } from "eslint";

/** File that the code would be in, code, the rule that must report it. */
const offences: [string, string, string][] = [
  [
    "src/firmware/xml/parser.ts",
    'import { platform } from "../platform.js";',
    "no-restricted-imports",
  ],
  [
    "src/firmware/sensors/nmea.ts",
    'import { platform } from "../platform.js";',
    "no-restricted-imports",
  ],
  [
    "src/firmware/crypto/hash.ts",
    'import type { Log } from "../platform.js";',
    "no-restricted-imports",
  ],
  ["src/firmware/xml/parser.ts", 'export * from "../platform.js";', "no-restricted-imports"],
  [
    "src/firmware/report/reporter.ts",
    'import { createPlatform } from "../ports/espruino.js";',
    "no-restricted-imports",
  ],
  [
    "src/firmware/agent.ts",
    'import { createPlatform } from "./ports/node.js";',
    "no-restricted-imports",
  ],
  [
    "src/firmware/crypto/hash.ts",
    'import { NATIVE_HASHES } from "../ports/espruino.js";',
    "no-restricted-imports",
  ],
  [
    "src/firmware/agent.ts",
    'import { startServer } from "../desktop/server/server.js";',
    "no-restricted-imports",
  ],
  [
    "src/firmware/sensors/nmea.ts",
    'import { epochsOf } from "../../desktop/sim/gps-receiver.js";',
    "no-restricted-imports",
  ],
  [
    "src/firmware/entry/node.ts",
    'import { Failure } from "../../desktop/failure.js";',
    "no-restricted-imports",
  ],
  [
    "src/desktop/sim/board.ts",
    'import { startAgent } from "../../firmware/agent.js";',
    "@typescript-eslint/no-restricted-imports",
  ],
  [
    "src/desktop/failure.ts",
    'export { escapeText } from "../firmware/xml/element.js";',
    "@typescript-eslint/no-restricted-imports",
  ],
  ["src/firmware/xmpp/stream.ts", "Math.random();", "no-restricted-properties"],
  ["src/firmware/xmpp/stream.ts", 'Math["random"]();', "no-restricted-properties"],
  [
    "src/desktop/server/random.ts",
    "const { random } = Math; random();",
    "no-restricted-properties",
  ],
  ["src/firmware/crypto/random.ts", "const { random: next } = Math;", "no-restricted-properties"],
  ["src/firmware/crypto/random.ts", "let a; ({ random: a } = Math);", "no-restricted-properties"],
  ["src/firmware/crypto/random.ts", "function f(a = Math.random) {}", "no-restricted-properties"],
  ["src/firmware/entry/node.ts", "[1].sort(Math.random);", "no-restricted-properties"],
  ["src/desktop/sim/node-board.ts", "Math?.random();", "no-restricted-properties"],
  ["scripts/size.js", "Math.random();", "no-restricted-properties"],
  ["src/firmware/ports/espruino.ts", "E.hwRand();", "no-restricted-properties"],
  ["src/firmware/ports/espruino.ts", "const { hwRand } = E;", "no-restricted-properties"],
  ["src/firmware/ports/espruino.ts", 'E["hwRand"]();', "no-restricted-properties"],
  ["src/firmware/ports/espruino.ts", "const m = Math; m.random();", "no-restricted-syntax"],
  ["src/firmware/ports/espruino.ts", "const e = E; e.hwRand();", "no-restricted-syntax"],
  ["src/desktop/server/random.ts", "globalThis.Math.random();", "no-restricted-syntax"],
  ["src/desktop/server/random.ts", "const of = (m) => m.random();", "no-restricted-syntax"],
  ["test/portable/fake-platform.ts", "E.hwRand();", "no-restricted-properties"],
];

const nearMisses: [string, string][] = [
  ["src/firmware/report/reporter.ts", 'export type { Log } from "../platform.js";'],
  ["src/firmware/entry/espruino.ts", 'export { createPlatform } from "../ports/espruino.js";'],
  ["src/firmware/xmpp/stream.ts", 'export { escapeText } from "../xml/element.js";'],
  ["src/desktop/sim/board.ts", 'export type { Platform } from "../../firmware/platform.js";'],
  [
    "test/desktop/sim/sensors/mhz19.test.ts",
    'export { READ_CO2 } from "../../../../src/firmware/sensors/mhz19.js";',
  ],
  ["src/firmware/xmpp/stream.ts", "Math.round(0.5);"],
];

describe("lint", () => {
  const eslint = new ESLint();

  async function rulesBrokenBy(filePath: string, code: string): Promise<(string | null)[]> {
    const [{ messages }] = await eslint.lintText(`${code}\n`, { filePath });
    return messages.map(({ ruleId }) => ruleId);
  }

  for (const [filePath, code, rule] of offences) {
    it(`reports ${code} in ${filePath}`, async () => {
      const broken = await rulesBrokenBy(filePath, code);
      assert.ok(broken.includes(rule), `only: ${broken.join(", ") || "nothing"}`);
    });
  }

  for (const [filePath, code] of nearMisses) {
    it(`allows ${code} in ${filePath}`, async () => {
      assert.deepEqual(await rulesBrokenBy(filePath, code), []);
    });
  }
});
