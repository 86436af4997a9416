// What was measured of the suite of docs/nacl.md, as Markdown.
import { markdownTable } from "../markdown-table.js";

const PROVIDERS = { bigint: "`bigint`", portable: "`portable`" };

const number = (value) => Math.round(value).toLocaleString("en");
const ms = (value) => (value < 100 ? `${value.toFixed(1)} ms` : `${number(value)} ms`);
const seconds = (value) => `${(value / 1000).toFixed(1)} s`;

/** The suite's to the document's. */
function comparison(rsa, nacl) {
  return rsa > nacl
    ? `quicker, ${(rsa / nacl).toFixed(1)} ×`
    : `slower, ${(nacl / rsa).toFixed(1)} ×`;
}

function timeTable(rows) {
  const cells = rows.map(({ engine, rsa, nacl }) => [
    engine,
    `${PROVIDERS[rsa.provider]}: ${ms(rsa.signMs)}`,
    ms(nacl.signMs),
    ms(rsa.sealMs),
    ms(nacl.sealMs),
    comparison(rsa.sealMs, nacl.sealMs),
  ]);
  return markdownTable(
    ["", "RSA-2048, private power", "Ed25519", "report, document's", "report, `nacl`", "`nacl` is"],
    cells,
  );
}

function memoryText(rows) {
  const counted = rows.find(({ rsa, nacl }) => rsa.peak && nacl.peak);
  if (!counted) return "";
  const { engine, rsa, nacl } = counted;
  return (
    `Heap of ${engine} at most, the program's code and garbage included: ${number(rsa.peak)} bytes for the document's suite, ` +
    `${number(nacl.peak)} for \`nacl\`.`
  );
}

function espruinoText(espruino) {
  if (!espruino) return "Espruino: not measured.";
  const { version, total, product, signMs, programBytes } = espruino;
  const report = signMs + 2 * product.ms;
  return (
    `Espruino ${version} with ${number(total)} variables, from flash, computes the vectors of RFC 8032 and RFC 7748 right: ` +
    `${seconds(signMs)} of processor time for an Ed25519 signature, ${seconds(product.ms)} for a product of X25519, of which a box ` +
    `takes two: ${seconds(report)} a report, and nothing else runs during each. RSA-2048 is above, in a fraction of it. The program ` +
    `has ${number(programBytes)} bytes, more than an ESP32's bundle has room for: no Espruino board has the suite.`
  );
}

function sizeText({ without, withIt }) {
  return (
    `Of the bundle of \`jerry\` it is ${number(withIt.bytes - without.bytes)} bytes (${number(withIt.bytes)} instead of ` +
    `${number(without.bytes)}), ${number(withIt.gzip - without.gzip)} with gzip.`
  );
}

export function naclSection({ rows, espruino, bundles, machine }) {
  const { date, model, cores, load, node } = machine;
  const [{ rsa, nacl }] = rows;
  return [
    "## The suite `nacl` beside the document's",
    "",
    `${date}, ${model}, ${cores} cores (load of the last quarter of an hour: ${load}), Node ${node}.`,
    "",
    "A report of five samples, signed and encrypted to a ScopeNode whose key is known, with keys of 2,048 bits and the hashes and the",
    "cipher of the bundle. RSA is that provider which the engine gets at boot: `bigint` where there is BigInt, else `portable`. The",
    "document's report has the private power, the public one that looks at it, and a public one to the ScopeNode; that of",
    "`nacl` a signature and two products of X25519. Wall clock.",
    "",
    timeTable(rows),
    "",
    `The report has ${number(rsa.stanzaBytes)} bytes in the document's suite, ${number(nacl.stanzaBytes)} in \`nacl\`. ${memoryText(rows)}`,
    "",
    espruinoText(espruino),
    "",
    sizeText(bundles),
  ].join("\n");
}
