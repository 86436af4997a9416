// node scripts/boards-page.js: writes docs/boards.md, and the table of boards into README.md, from the data in boards/.
// A test fails when they are not what this would write.

import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { isBusDriver } from "./chosen-drivers.js";
import { boardNames, readBoard } from "./boards.js";
import { markdownTable } from "./markdown-table.js";

const PAGE = "docs/boards.md";
const README = "README.md";
const BEGIN = "<!-- npm run boards -->";
const END = "<!-- end of npm run boards -->";

/** The files as they should be: a list of name and text. */
export async function writtenPages() {
  const boards = boardNames().map((name) => readBoard(name));
  const readme = readFileSync(README, "utf8");
  return [
    [PAGE, await formatted(page(boards))],
    [README, await formatted(withTable(readme, table(boards)))],
  ];
}

/** @param {string} text */
async function formatted(text) {
  return format(text, { ...(await resolveConfig(README)), parser: "markdown" });
}

/** @param {string} text @param {string} rows */
function withTable(text, rows) {
  const [before, rest] = text.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (after === undefined) throw new Error(`${README} has no ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n\n${rows}\n\n${END}${after}`;
}

/** @param {Record<string, any>[]} boards */
function table(boards) {
  const rows = boards.map(({ name, title, sensors, tried }) => [
    `[\`${name}\`](docs/boards.md#${name})`,
    title,
    `\`${sensors.co2}\``,
    tried,
  ]);
  return markdownTable(["board", "what it is", "CO2 sensor", "tried"], rows);
}

const HEAD = `<!-- written by npm run boards, from boards/: do not change it here -->

# Boards

A board is a data file, \`boards/NAME.json\`, and with \`chip\` also \`boards/chips/CHIP.json\`; \`npm run build\` makes a bundle of
each, \`build/NAME.js\`. [board.schema.json](../schema/board.schema.json) and
[chip.schema.json](../schema/chip.schema.json) say what may stand there, and the tests hold the files to it. For a board with
other pins or sensors copy the nearest file under a name of your own; \`name\` in it is that of the file.

**No board of this list has run on hardware yet.** What is said of chips was read, in the sources that each board names; what
runs in the tests runs in the real engine on Linux, or in Node. A Pico's pins are GP0 and on, and [kaluma.md](kaluma.md) is about
Kaluma.`;

/** @param {Record<string, any>[]} boards */
function page(boards) {
  const overview = boards.map((board) => [
    `[\`${board.name}\`](#${board.name})`,
    board.title,
    networkOf(board),
    board.tried,
  ]);
  const head = ["board", "what it is", "network", "tried"];
  return [HEAD, markdownTable(head, overview), ...boards.map(section)].join("\n\n");
}

/** @param {Record<string, any>} board */
function section(board) {
  const rows = rowsOf(board).filter(([, value]) => value);
  return [
    `## ${board.name}`,
    `${board.title}. Tried: ${board.tried}.`,
    markdownTable(["what", "here"], rows),
    board.notes.map((note) => `- ${note}`).join("\n"),
    `Read in: ${board.sources.join("; ")}.`,
  ].join("\n\n");
}

/** @param {Record<string, any>} board @returns {string[][]} */
function rowsOf(board) {
  const { uarts, i2c, button, alarm, providers } = board;
  return [
    ["console", consoleOf(board)],
    ["GPS receiver", `${lineOf(uarts.gps)}, ${uarts.gps.baud} baud`],
    ["CO2 sensor", co2Of(board)],
    ["I2C", i2c && `SDA ${i2c.sda}, SCL ${i2c.scl}`],
    ["button", button && `${button}, low when pressed`],
    ["light for alarms", alarm && `${alarm}, high when lit`],
    ["network", networkOf(board)],
    ["memory", memoryOf(board)],
    ["flash for files", storageOf(board)],
    ["flash for samples", queueOf(board)],
    ["RSA by", providers.rsa.map((name) => `\`${name}\``).join(", else ")],
    ["hashes, AES by", providers.hashes === "engine" ? "the engine" : "the bundle"],
    ["another suite for reports", board.suites?.includes("nacl") && "[`nacl`](nacl.md)"],
    ["noise", noiseOf(board)],
    ["RSA accelerator", acceleratorOf(board)],
  ];
}

function consoleOf({ console: line }) {
  if (!line) return "";
  return `\`${line.device}\`, ${line.over}${line.baud ? `, ${line.baud} baud` : ""}`;
}

/** Where pins are not named the engine has its own. */
function lineOf({ device, rx, tx }) {
  const pins = rx ? `, the board's RX ${rx}, TX ${tx}` : "";
  return `\`${device}\`${pins}`;
}

function co2Of({ sensors, uarts }) {
  const line = isBusDriver(sensors.co2) ? "on I2C" : lineOf(uarts.co2);
  return `\`${sensors.co2}\`, ${line}`;
}

const NETWORKS = {
  wifi: "Wi-Fi",
  brought: "what its owner has opened before",
  machine: "that of the machine",
};

function networkOf({ network }) {
  return NETWORKS[network];
}

function memoryOf({ memory: { variables, mostVariables, heapBytes } }) {
  if (heapBytes) return `${count(heapBytes / 1024)} KB of heap`;
  if (!variables) return "";
  const most = mostVariables ? `; the engine is built for ${count(mostVariables)} at most` : "";
  return `${count(variables)} variables reckoned with${most}`;
}

/** Ports whose board has no flash of its own for samples. */
const IN_FILES = ["host", "kaluma"];

function storageOf({ port, flash: { storageBytes } }) {
  const place = port === "kaluma" ? "file system" : "Storage";
  return storageBytes ? `${count(storageBytes / 1024)} KB of ${place}` : "";
}

function queueOf({ port, queue }) {
  if (!queue) return "";
  const { address, pages, pageBytes } = queue;
  const unit = IN_FILES.includes(port) ? "files" : "pages";
  const size = `${pages} ${unit} of ${count(pageBytes)} bytes`;
  return address === undefined ? size : `${size} from ${hex(address)}`;
}

function noiseOf({ entropy, providers }) {
  if (entropy.register !== undefined) return `register ${hex(entropy.register)}`;
  if (entropy.file !== undefined) return `\`${entropy.file}\``;
  return providers.noise === "machine" ? "that of the machine" : "none known";
}

function acceleratorOf({ accelerator }) {
  if (!accelerator) return "";
  const { base, maxBits } = accelerator;
  return `registers from ${hex(base)}, up to ${count(maxBits)} bits`;
}

const count = (value) => value.toLocaleString("en");
const hex = (value) => `0x${value.toString(16).toUpperCase()}`;

if (process.argv[1]?.endsWith("boards-page.js")) {
  for (const [file, text] of await writtenPages()) writeFileSync(file, text);
}
