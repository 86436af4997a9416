// Minified bytes of the firmware's XMPP layer beside its peers (issue 5), all bundled and minified in one run.
import { Buffer } from "node:buffer";
import { existsSync, readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { minify } from "terser";
import { measure } from "../size.js";
import { PEERS, withPeers } from "./peer-install.js";

/** The same for all that is bundled here; the board's own bundle goes through more (scripts/bundling.js). */
const MINIFY = {
  module: true,
  compress: { passes: 5, pure_getters: true },
  mangle: { toplevel: true },
  format: { comments: false },
};

/** @typedef {{name: string, bytes?: number, gzip?: number, cited?: string, note: string, parts?: [string, number][]}} Row `parts` by file */

/** @returns {Promise<Row>} */
async function rowOf(name, code, note) {
  const { code: small } = await minify(code, MINIFY);
  return { name, bytes: Buffer.byteLength(small), gzip: gzipSync(small).length, note };
}

/** Where a peer asks for them in spite of its browser's build they count for nothing. */
const NODE_MODULES = builtinModules.flatMap((name) => [name, `node:${name}`]);

/** A program and all that it imports from `folder`, as a browser would get it. */
async function bundled(esbuild, contents, folder, loader = "js") {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: folder, loader },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    external: NODE_MODULES,
    define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  return outputFiles[0].text;
}

/** Those of xml/ and xmpp/ in the bundle of a board, as `npm run size` counts them. */
function ownRow() {
  const code = readFileSync("build/esp32.js", "utf8");
  const map = JSON.parse(readFileSync("build/esp32.js.map", "utf8"));
  const { groups, files } = measure(code, map, {});
  const note = "`xml/` and `xmpp/` in `build/esp32.js`, without `bytes.ts` and `crypto/`";
  const parts = Object.entries({ ...files.xml, ...files.xmpp }).sort((a, b) => b[1] - a[1]);
  return { name: "microspime", bytes: groups.xml + groups.xmpp, note, parts };
}

/** The same sources in the way of the peers, with what they import of `bytes.ts` and `crypto/hash.ts`. */
async function ownRowAsPeer(esbuild) {
  const entry = `import { createSession } from "./session"; globalThis.peer = createSession;`;
  const code = await bundled(esbuild, entry, resolve("src/firmware/xmpp"), "ts");
  return rowOf("microspime, as the peers", code, "`createSession` and all that it imports");
}

async function peerRow(esbuild, folder, { name, version, entry, note }) {
  return rowOf(`${name} ${version}`, await bundled(esbuild, entry, folder), note);
}

/** Their sources are not on npm: cited is what issue 5 and its notes say of their minified files. */
const ESPRUINO_MODULES = [
  { file: "MQTT.js", name: "Espruino's MQTT", cited: "6,160" },
  { file: "tinyMQTT.js", name: "Espruino's tinyMQTT", cited: "1.8 KB" },
];

/** Measured where ESPRUINO_MODULES names a folder with their sources (`modules` of espruino/EspruinoDocs). */
async function espruinoRow({ file, name, cited }) {
  const path = join(process.env.ESPRUINO_MODULES ?? "", file);
  return process.env.ESPRUINO_MODULES && existsSync(path)
    ? rowOf(name, readFileSync(path, "utf8"), "`modules` of espruino/EspruinoDocs")
    : { name, cited, note: "not measured here: as issue 5 and its notes have it" };
}

/** @returns {Promise<{rows: Row[]}>} ours first */
export async function measurePeers(say) {
  return withPeers(async (folder) => {
    const esbuild = createRequire(join(folder, "package.json"))("esbuild");
    const rows = [
      ownRow(),
      await ownRowAsPeer(esbuild),
      ...(await Promise.all(ESPRUINO_MODULES.map(espruinoRow))),
    ];
    for (const peer of PEERS) rows.push(await peerRow(esbuild, folder, peer));
    for (const { name, bytes, cited } of rows) say(`${name}: ${bytes ?? cited} bytes`);
    return { rows };
  });
}
