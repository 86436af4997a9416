// The sizes beside the peers, as Markdown.

/** Issue 5: that of Espruino's MQTT module. */
export const TARGET_BYTES = 6160;

const count = (value) => value?.toLocaleString("en") ?? "";

const METHOD = [
  "What a program carries to have a client. Ours is counted by the source map in the bundle of the esp32. The peers came",
  "from npm in these versions; they, and ours once more, were bundled with esbuild from a program that uses their",
  "connection and nothing else, and minified with terser, with the same options and in one run. Node's own modules count",
  "for nothing. The peers do more than a sensor needs, and a bundler cannot know what of it is used.",
].join("\n");

/** What comes back, answers, asks, pings and goes on; without it there is a client that logs in and does no more. */
const AFTER_LOGIN = ["session.ts", "discovery.ts", "server-time.ts"];

/** Where ours are. @param {import("./peer-sizes.js").Row} own */
function partsOf({ parts = [] }) {
  const files = parts.map(([file, bytes]) => `\`${file}\` ${count(bytes)}`);
  const loginBytes = parts
    .filter(([file]) => !AFTER_LOGIN.includes(file))
    .reduce((sum, [, bytes]) => sum + bytes, 0);
  const after = AFTER_LOGIN.map((file) => `\`${file}\``).join(", ");
  return [
    `Of ours: ${files.join(", ")}. What parses, secures and logs in, and does nothing else, is ${count(loginBytes)}`,
    `of them: the target leaves ${count(TARGET_BYTES - loginBytes)} for all that comes after the login (${after}).`,
  ].join("\n");
}

/** @param {import("./peer-sizes.js").Row[]} rows ours first */
export function peerSection(rows, machine) {
  const [own] = rows;
  const lines = rows.map(({ name, bytes, cited, gzip, note }) => {
    const times = bytes === undefined ? "" : `${(bytes / own.bytes).toFixed(1)} ×`;
    return `| ${name} | ${cited ?? count(bytes)} | ${count(gzip)} | ${times} | ${note} |`;
  });
  const outcome =
    own.bytes <= TARGET_BYTES ? "met" : `missed by ${count(own.bytes - TARGET_BYTES)}`;
  return [
    "## XMPP: bytes beside its peers",
    `${machine.date}, Node ${machine.node}.`,
    METHOD,
    ["| | bytes, minified | gzip | of ours | |", "|---|---|---|---|---|", ...lines].join("\n"),
    partsOf(own),
    `Target (issue 5): at most ${count(TARGET_BYTES)} bytes for \`xml/\` and \`xmpp/\`; ${outcome}.`,
  ].join("\n\n");
}
