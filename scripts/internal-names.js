// The property names that never leave a bundle, so that the minifier may shorten them: every name that
// an interface of the firmware declares, less those that somebody outside knows too: the engines
// (entry/, and the ports' files of each family), the configuration, and the language itself.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import ts from "typescript";

const FIRMWARE = "src/firmware";
const KNOWN_OUTSIDE = ["configuration.ts", "entry/"];
/** By port, what declares the names of its engine; to the desktop's the whole platform is given from there. */
const PORT_FILES = {
  espruino: ["ports/espruino"],
  node: ["ports/node", "platform.ts"],
  host: ["ports/host-contract"],
  kaluma: ["ports/host-contract", "ports/kaluma"],
};

function declaredNames(file) {
  const names = new Set();
  const visit = (node) => {
    const isMember = ts.isPropertySignature(node) || ts.isMethodSignature(node);
    if (isMember && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022));
  return names;
}

function languageLibrary() {
  const typescript = createRequire(import.meta.url).resolve("typescript");
  return path.join(path.dirname(typescript), "lib.es5.d.ts");
}

function namesIn(files) {
  return new Set(files.flatMap((file) => [...declaredNames(file)]));
}

/** For a bundle of that port; sorted, so that a build is the same everywhere. */
export function internalNames(port) {
  const knownOutside = [...KNOWN_OUTSIDE, ...PORT_FILES[port]];
  const files = readdirSync(FIRMWARE, { recursive: true }).filter((file) => file.endsWith(".ts"));
  const isOutside = (file) => knownOutside.some((place) => file.startsWith(place));
  const inFirmware = (list) => list.map((file) => path.join(FIRMWARE, file));
  const outside = namesIn([...inFirmware(files.filter(isOutside)), languageLibrary()]);
  const inside = namesIn(inFirmware(files.filter((file) => !isOutside(file))));
  return [...inside].filter((name) => !outside.has(name)).sort();
}

/** For bundles of all ports. */
export function allInternalNames() {
  return JSON.stringify(Object.keys(PORT_FILES).map(internalNames));
}
