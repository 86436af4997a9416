// Where the project's own files are, seen from the compiled program in build/tsc/src/desktop.

import path from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../../../../", import.meta.url));

export const recordingPath = (name: string) =>
  path.join(projectRoot, "src/desktop/sim/recordings", name);

export const bundlePath = (board: string) => path.join(projectRoot, "build", `${board}.js`);

export const packagePath = path.join(projectRoot, "package.json");

export const boardsFolder = path.join(projectRoot, "boards");

export const scenariosFolder = path.join(projectRoot, "scenarios");

export const boardPath = (name: string) => path.join(boardsFolder, `${name}.json`);

/** JSON Schema of a board's microspime.json. */
export const configurationSchemaPath = path.join(projectRoot, "schema/microspime.schema.json");
