// Which tests `npm test` runs: what two cores do in five minutes; with WHOLE=1, as in .ci/run, or with an engine to run in,
// all there are.
"use strict";

/** From ten seconds to a minute each, or with bundles of their own. */
const LONG = [
  "chaos/chaos",
  "chaos/months",
  "desktop/cli/update",
  "desktop/flashing/build-program",
  "desktop/hil/run",
  "desktop/provisioning/account",
  "desktop/server/sessions",
  "firmware/duk",
  "firmware/espruino",
  "firmware/flash-log",
  "firmware/jerry",
  "firmware/minified",
  "firmware/random-keys",
  "firmware/rsa-providers",
  "fuzz/fuzz",
  "scripts/boards",
  "scripts/chosen-drivers",
  "soak/soak",
];

const WISHES = [
  "WHOLE",
  "ESPRUINO",
  "ESPRUINO_SMALL",
  "JERRY",
  "JERRY_64",
  "JERRY_180",
  "JERRY_384",
  "KALUMA",
];

const isWhole = WISHES.some((name) => process.env[name]);

module.exports = {
  isWhole,
  leftOut: isWhole ? [] : LONG.map((name) => `build/tsc/test/${name}.test.js`),
};
