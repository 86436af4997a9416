// On Espruino: one private power by jsbn.
import { run } from "./espruino-run.js";
import { readKey } from "./jsbn-private.js";
/* eslint-disable @typescript-eslint/no-require-imports -- the engine has its own */
/* global require */

const privatePower = readKey(require("Storage").read("key"));

run({
  operation: function (onDone) {
    onDone({ isRight: privatePower() });
  },
});
