import { startServer } from "../../../src/desktop/server/server.js";
import { findProsody, startProsody } from "../../support/prosody.js";
import { describeComponentOn } from "./component-suite.js";

describeComponentOn({
  name: "Prosody",
  ...(findProsody() === undefined && { skipped: "install prosody" }),
  start: startProsody,
});

describeComponentOn({
  name: "the embedded server",
  async start(setup) {
    const server = await startServer({ ...setup, componentPort: 0 });
    const { client, component = 0 } = server.ports;
    const stop = () => server.close();
    return { host: server.address, c2sPort: client, componentPort: component, stop };
  },
});
