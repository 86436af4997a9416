// On Espruino: the operations of docs/nacl.md, each by itself, on the vectors of the RFCs. Nothing pauses in them.
import {
  boxPublicKey,
  signingKeyOf,
  signMessage,
} from "../../build/tsc/src/firmware/crypto/nacl.js";
import { run } from "./espruino-run.js";
/* eslint-disable @typescript-eslint/no-require-imports -- the engine has its own */
/* global E, btoa, require */

const stored = require("Storage");
const seed = stored.read("seed");

/** `before`: with the program loaded. */
function found(before, result) {
  const isRight = btoa(result) === stored.read("answer");
  return { before: before, errors: E.getErrorFlags().length, isRight: isRight };
}

// Names that the minifier leaves as they are: `mode` says one.
run({
  /** One of X25519; a box takes two, and a little. */
  productJob: function (onDone) {
    const before = process.memory().usage;
    onDone(found(before, boxPublicKey(seed)));
  },
  keyJob: function (onDone) {
    const before = process.memory().usage;
    onDone(found(before, signingKeyOf(seed).publicKey));
  },
  /** And the key for it, which a board computes once after its start. */
  signJob: function (onDone) {
    const before = process.memory().usage;
    onDone(found(before, signMessage(signingKeyOf(seed), "")));
  },
});
