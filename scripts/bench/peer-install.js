// The peers of the XMPP layer, from npm into a folder of their own: nothing of theirs is a dependency here, and
// none of their scripts runs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What bundles them: it reads every kind of module that npm has. */
const BUNDLER = "esbuild@0.28.2";

/** What a note says of those that come in modules. */
const MODULES = "from its modules";

/** Exact versions, and the program that is measured: a client, and what no client needs left out. */
export const PEERS = [
  {
    name: "@xmpp/client",
    version: "0.14.0",
    entry: `import { client } from "@xmpp/client"; globalThis.peer = client;`,
    note: MODULES,
  },
  {
    name: "strophe.js",
    version: "5.0.0",
    entry: `import { Strophe } from "strophe.js"; globalThis.peer = Strophe.Connection;`,
    note: MODULES,
  },
  {
    name: "stanza",
    version: "12.22.1",
    entry: `import { createClient } from "stanza"; globalThis.peer = createClient;`,
    note: MODULES,
  },
  {
    name: "mqtt",
    version: "5.16.0",
    entry: `import mqtt from "mqtt"; globalThis.peer = mqtt.connect;`,
    note: "from its own bundle for browsers, which brings what Node has",
  },
];

const NPM = ["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--silent"];

/**
 * Calls `use` with a folder that has the peers in its node_modules, and removes it.
 * @template T
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withPeers(use) {
  const folder = mkdtempSync(join(tmpdir(), "microspime-peers-"));
  try {
    writeFileSync(join(folder, "package.json"), '{"private":true}\n');
    const packages = PEERS.map(({ name, version }) => `${name}@${version}`);
    execFileSync("npm", [...NPM, "--prefix", folder, BUNDLER, ...packages], { stdio: "pipe" });
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
