// One ES5 bundle a board: build/NAME.js from boards/NAME.json and the entry of its port.
import { readdirSync, readFileSync } from "node:fs";
import terser from "@rollup/plugin-terser";
import typescript from "@rollup/plugin-typescript";
import { internalNames } from "./scripts/internal-names.js";

/** Only what firmware reads goes on the board; the rest of a data file is for people and tools. */
const FIRMWARE_FIELDS = ["name", "uarts", "i2c", "entropy"];

// Espruino hoists nothing, so terser has to: functions, then variables, at the top of their scope.
// scripts/check-bundle.js proves the result.
const minifierFor = (port) => ({
  ecma: 5,
  compress: { passes: 3, hoist_funs: true, hoist_vars: true },
  mangle: {
    toplevel: true,
    // Quoted names stay: they are those of XML attributes and of other people's objects.
    properties: {
      regex: new RegExp(`^(${internalNames(port).join("|")})$`),
      keep_quoted: "strict",
    },
  },
  format: { comments: false, ascii_only: true },
});

function readBoard(file) {
  return JSON.parse(readFileSync(`boards/${file}`, "utf8"));
}

function bundleFor(board) {
  const fields = FIRMWARE_FIELDS.filter((field) => field in board);
  const data = JSON.stringify(Object.fromEntries(fields.map((field) => [field, board[field]])));
  return {
    input: `src/firmware/entry/${board.port}.ts`,
    output: {
      file: `build/${board.name}.js`,
      format: "iife",
      strict: false,
      strict: false,
      sourcemap: true,
      intro: `var BOARD = ${data};`,
    },
    plugins: [
      typescript({
        tsconfig: "src/firmware/tsconfig.json",
        compilerOptions: {
          composite: false,
          tsBuildInfoFile: undefined,
          outDir: "build",
          declaration: false,
        },
      }),
      terser(minifierFor(board.port)),
    ],
  };
}

export default readdirSync("boards")
  .filter((file) => file.endsWith(".json"))
  .map((file) => bundleFor(readBoard(file)));
