// One ES5 bundle a board: build/NAME.js from boards/NAME.json and the entry that it names, or that of its port, with the
// drivers of the sensors that it names and no others. BOARDS names another folder than boards/, BUNDLES than build/;
// ONLY names the boards, a blank between two: each takes ten seconds, and not everybody needs all.
import { readFileSync } from "node:fs";
import typescript from "@rollup/plugin-typescript";
import { chosenDrivers, isBusDriver } from "./scripts/chosen-drivers.js";
import { chosenSuites } from "./scripts/chosen-suites.js";
import { boardNames, readBoard } from "./scripts/boards.js";
import { buildDayMs } from "./scripts/build-day.js";
import {
  bundleFormat,
  isStrict,
  minifiersFor,
  minifyLoader,
  minifySelftest,
} from "./scripts/bundling.js";
import { ownBase64 } from "./scripts/own-base64.js";

/** Only what firmware reads goes on the board; the rest of a data file is for people and tools. */
const FIRMWARE_FIELDS = "name uarts i2c button alarm entropy queue accelerator resetCause".split(
  " ",
);
const BOARDS = process.env.BOARDS ?? "boards";
const BUNDLES = process.env.BUNDLES ?? "build";
const NAMES = process.env.ONLY?.split(" ") ?? boardNames(BOARDS);

/** As source with names that are not quoted, so that the minifier shortens them as in the firmware. */
function sourceOf(value) {
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, field]) => `${name}:${sourceOf(field)}`)}}`;
}

/** What the build knows. A board that is no hardware plays recordings, which are older than it. */
function ofBuild(board) {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const isHardware = board.chip || board.port === "kaluma";
  return { version, ...(isHardware && { builtMs: buildDayMs(process.env, Date.now()) }) };
}

function compiler() {
  return typescript({
    tsconfig: "src/firmware/tsconfig.json",
    compilerOptions: {
      composite: false,
      tsBuildInfoFile: undefined,
      outDir: BUNDLES,
      declaration: false,
    },
  });
}

function bundleFor(board) {
  const isOnBus = isBusDriver(board.sensors.co2);
  const fields = FIRMWARE_FIELDS.filter((field) => field in board && (field !== "i2c" || isOnBus));
  const known = Object.fromEntries(fields.map((field) => [field, board[field]]));
  const data = sourceOf({ ...known, ...ofBuild(board) });
  return {
    input: `src/firmware/entry/${board.entry ?? board.port}.ts`,
    output: {
      file: `${BUNDLES}/${board.name}.js`,
      ...bundleFormat,
      intro: `var BOARD = ${data};`,
      plugins: minifiersFor(board.port, board.memory.bytesPerVariable),
    },
    plugins: [
      chosenDrivers(board),
      ...(isStrict(board.port) ? [ownBase64] : []),
      ...chosenSuites(board),
      compiler(),
    ],
  };
}

/** The reader of the boards alone, for `microspime nmea`. */
const nmeaReader = {
  input: "src/firmware/entry/nmea.ts",
  output: { file: `${BUNDLES}/tools/nmea.js`, ...bundleFormat, plugins: minifiersFor("node") },
  plugins: [compiler()],
};

/** What a board with Espruino boots; it runs the board's bundle, and has no function around it: its names are global. */
const loader = {
  input: "src/firmware/entry/loader.ts",
  output: { file: `${BUNDLES}/loader.js`, ...bundleFormat, format: "es", plugins: minifyLoader },
  plugins: [compiler()],
  // The program is meant to be evaluated where it is.
  onLog: (level, log, handle) => log.code !== "EVAL" && handle(level, log),
};

/** What only a board can settle: one for all of them, so that names stay as the desktop says them. */
const selftest = {
  input: "src/firmware/entry/selftest.ts",
  output: { file: `${BUNDLES}/selftest.js`, ...bundleFormat, plugins: minifySelftest },
  plugins: [compiler()],
};

/** For the `jerry` command: what microspime asks of its host goes over standard input and output. */
const stdioHost = {
  input: "src/firmware/entry/stdio-host.ts",
  output: { file: `${BUNDLES}/tools/stdio-host.js`, ...bundleFormat, plugins: minifySelftest },
  plugins: [compiler()],
};

/** Whether a host of JerryScript gives what the agent needs: for who ports it. */
const conformance = {
  input: "src/firmware/entry/conformance.ts",
  output: {
    file: `${BUNDLES}/conformance.js`,
    ...bundleFormat,
    strict: true,
    plugins: minifySelftest,
  },
  plugins: [compiler()],
};

export default NAMES.map((name) => bundleFor(readBoard(name, BOARDS))).concat(
  nmeaReader,
  loader,
  selftest,
  stdioHost,
  conformance,
);
