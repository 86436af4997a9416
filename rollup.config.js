// One ES5 bundle a board: build/NAME.js from boards/NAME.json and the entry of its port.
import { readdirSync } from "node:fs";
import typescript from "@rollup/plugin-typescript";
import { readBoard } from "./scripts/boards.js";
import { bundleFormat, minifiersFor } from "./scripts/bundling.js";

/** Only what firmware reads goes on the board; the rest of a data file is for people and tools. */
const FIRMWARE_FIELDS = ["name", "uarts", "entropy", "accelerator"];

function bundleFor(board) {
  const fields = FIRMWARE_FIELDS.filter((field) => field in board);
  const data = JSON.stringify(Object.fromEntries(fields.map((field) => [field, board[field]])));
  return {
    input: `src/firmware/entry/${board.port}.ts`,
    output: {
      file: `build/${board.name}.js`,
      ...bundleFormat,
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
      ...minifiersFor(board.port),
    ],
  };
}

export default readdirSync("boards")
  .filter((file) => file.endsWith(".json"))
  .map((file) => bundleFor(readBoard(file.replace(".json", ""))));
