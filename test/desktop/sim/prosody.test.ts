// The main job on a real Prosody: five reports, acknowledged by the ScopeNode, the samples taken.

import { findProsody, type Prosody, startProsody } from "../../support/prosody.js";
import { credentials, outsideOptions, setup } from "../cli/outside-server.js";
import { assertOutcome, assertSuccess, runProgram } from "../cli/program.js";

const lack = findProsody() === undefined ? "install prosody" : undefined;

(lack ? describe.skip : describe)(`sim on Prosody${lack ? ` (skipped: ${lack})` : ""}`, () => {
  let prosody: Prosody;

  before(async () => {
    prosody = await startProsody({ ...setup, tls: true });
  });
  after(() => prosody?.stop());

  for (const tls of [false, true]) {
    it(`has five reports acknowledged over ${tls ? "direct TLS" : "plain TCP"}`, async () => {
      const c2sPort = (tls ? prosody.directTlsPort : prosody.c2sPort) ?? 0;
      const { host, componentPort } = prosody;
      const where = outsideOptions({ host, c2sPort, componentPort });
      const args = ["sim", "--json", "--reports", "5", "--speed", "10", ...where];
      const pinned = ["--tls", "--fingerprint", prosody.fingerprint ?? ""];
      const ended = await runProgram(tls ? [...args, ...pinned] : args, { env: credentials });
      assertSuccess(ended);
      assertOutcome(ended.stdout, 5);
    });
  }
});
