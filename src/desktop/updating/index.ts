// The updater's public names.

export { isVersion, readSignedProgram, signedProgramText, signProgram } from "./signed-program.js";
export type { Program, SignedProgram } from "./signed-program.js";
export { updateBoard } from "./update-board.js";
export type { UpdateOptions, UpdateOutcome, UpdateProgress } from "./update-board.js";
