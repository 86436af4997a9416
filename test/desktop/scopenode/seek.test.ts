import { startServer } from "../../../src/desktop/server/server.js";
import { findProsody, startProsody } from "../../support/prosody.js";
import { describeSeekOn } from "./seek-suite.js";

describeSeekOn({
  name: "Prosody",
  ...(findProsody() === undefined && { skipped: "install prosody" }),
  start: startProsody,
});

describeSeekOn({
  name: "the embedded server",
  async start(setup) {
    const { pubsub, ...others } = setup;
    const options = { ...others, componentPort: 0, ...(pubsub !== undefined && { pubsub }) };
    const server = await startServer(options);
    const { client, component = 0 } = server.ports;
    const stop = () => server.close();
    return { host: server.address, c2sPort: client, componentPort: component, stop };
  },
});
