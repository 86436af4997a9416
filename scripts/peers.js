// The size of what speaks XMPP on the board next to that of its peers, measured in the same run from
// what npm has installed: `npm run build && npm run size && node scripts/peers.js`.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { gzipSync } from "node:zlib";

const report = JSON.parse(readFileSync("build/size.json", "utf8"));
const { esp32 } = report.bundles;
const stack = esp32.groups.xml + esp32.groups.xmpp;

function row(name, bytes, gzip, note) {
  return `| ${name} | ${bytes.toLocaleString("en")} | ${gzip?.toLocaleString("en") ?? "–"} | ${note} |`;
}

function installed(name, file) {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const code = readFileSync(`node_modules/${name}/${file}`);
  return row(`${name} ${version}`, code.length, gzipSync(code).length, `its own \`${file}\``);
}

console.log(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0].model}

| what | bytes, minified | gzip | measured on |
|---|---|---|---|`);
console.log(
  row("microspime, XML and XMPP", stack, undefined, "`xml/` and `xmpp/` in build/esp32.js"),
);
console.log(row("microspime, everything", esp32.bytes, esp32.gzip, "build/esp32.js"));
console.log(installed("@xmpp/client", "dist/xmpp.min.js"));
