// For rollup.config.js: the suite that a board's data file names beside the document's stands for
// src/firmware/openspime/suites.ts. Without one a bundle has nothing of it.
import { tweetnaclModule } from "./tweetnacl-module.js";

const CHOSEN = /[\\/]openspime[\\/]suites\.ts$/;
const NONE = "export const CREATE_SUITE = undefined;";
const SOURCES = {
  rsa: NONE,
  nacl: 'export { createNaclSuite as CREATE_SUITE } from "./nacl.js";',
};

/** Rollup's plugins. Throws, and names the board, when there is no such suite. */
export function chosenSuites({ name, suites = ["rsa"] }) {
  const [document, other = "rsa", third] = suites;
  if (document !== "rsa" || !(other in SOURCES) || third !== undefined)
    throw new Error(`boards/${name}.json: suites are rsa, or rsa and nacl`);
  const source = SOURCES[other];
  const suite = { name: "chosen-suites", load: (id) => (CHOSEN.test(id) ? source : null) };
  return source === NONE ? [suite] : [suite, tweetnaclModule];
}
