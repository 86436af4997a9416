// Boards and chips as data: boards/NAME.json, and boards/chips/NAME.json for what all boards with that
// chip have in common. Register addresses stand there as their manuals write them: "0x3FF02000".
import { readdirSync, readFileSync } from "node:fs";

function readData(file) {
  return JSON.parse(readFileSync(file, "utf8"), (name, value) =>
    typeof value === "string" && /^0x[\dA-F]+$/.test(value) ? Number(value) : value,
  );
}

/** In the alphabet's order. */
export function boardNames(folder = "boards") {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.map((file) => file.replace(".json", "")).sort();
}

export function readChip(name) {
  return readData(`boards/chips/${name}.json`);
}

/** With the fields of its chip, if it names one; of another folder, if one is named. */
export function readBoard(name, folder = "boards") {
  const board = readData(`${folder}/${name}.json`);
  return board.chip ? { ...readChip(board.chip), ...board } : board;
}
