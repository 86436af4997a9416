// For rollup: tweetnacl as a module of which a bundle gets only what it uses. Its published form is one function that fills an
// object with all that there is, which no compiler takes apart, and looks for random numbers at its end: Kaluma has a
// `require`, but no such module, and a board's random numbers are those of crypto/random.ts.
import { readFileSync } from "node:fs";

const NAME = "tweetnacl";
const SOURCE = "node_modules/tweetnacl/nacl-fast.js";
const VERSION = "1.0.3";
const BEGIN = "'use strict';";
const END = "nacl.lowlevel = {";
/** Those are the names of a bundle's aliases (bundle-aliases.js). */
const SINGLE_CAPITAL = /(?<![\w.$])[A-Z](?![\w$])/g;

/** What src/firmware/crypto/nacl.ts takes. */
const TAKEN = ["crypto_sign", "crypto_sign_keypair", "crypto_scalarmult_base", "crypto_box"];

function moduleOf(source) {
  const begin = source.indexOf(BEGIN);
  const end = source.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`tweetnacl is not the version that was looked at (${VERSION})`);
  const body = source.slice(begin + BEGIN.length, end).replace(SINGLE_CAPITAL, "$&_");
  return `${body}\nexport default { lowlevel: { ${TAKEN.map((name) => `${name}: ${name}`)} } };\n`;
}

export const tweetnaclModule = {
  name: NAME,
  resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
  load: (id) => (id === `\0${NAME}` ? moduleOf(readFileSync(SOURCE, "utf8")) : null),
};
