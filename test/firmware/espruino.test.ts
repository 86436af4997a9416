// The minified suites on Espruino, from flash: ESPRUINO=/path/to/espruino, and ESPRUINO_SMALL= for a build
// with as many variables as an ESP32 has free (3,400).

import { runOnEspruino } from "../support/espruino.js";
import { assertPassed, findProgram, findSuiteBundles } from "../support/suites.js";

/** The agent beside all its fakes; without them it runs there in test/desktop/sim. */
const TOO_LARGE = ["agent", "agent-claim", "agent-configuration", "agent-schedule", "agent-time"];

/** No Espruino board has that (docs/nacl.md), and it takes minutes. */
const ELSEWHERE = ["nacl", "nacl-envelopes"];

describeOn("Espruino", "ESPRUINO", []);
describeOn("Espruino with an ESP32's memory", "ESPRUINO_SMALL", TOO_LARGE);

function describeOn(title: string, variable: string, tooLarge: string[]) {
  const named = process.env[variable];
  const binary = named === undefined ? undefined : findProgram(named);
  describe(`minified suites on ${title}`, function () {
    this.timeout(90_000);
    if (binary === undefined) {
      const what = named === undefined ? `set ${variable}` : `there is no ${named} (${variable})`;
      it.skip(`skipped: ${what}`);
      return;
    }
    for (const { name, source } of findSuiteBundles()) {
      const run = async () => assertPassed(await runOnEspruino(binary, source));
      if (ELSEWHERE.includes(name)) it.skip(`${name}: skipped: no Espruino board has it`);
      else if (tooLarge.includes(name))
        it.skip(`${name}: skipped: its fakes do not fit in beside it`);
      else it(name, run);
    }
  });
}
