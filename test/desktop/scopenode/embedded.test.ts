import { startServer } from "../../../src/desktop/server/server.js";
import { describeScopeNodeOn } from "./suite.js";

describeScopeNodeOn({
  name: "the embedded server",
  async start(setup) {
    const server = await startServer({ ...setup, componentPort: 0 });
    const { client, component } = server.ports;
    return {
      host: server.address,
      c2sPort: client,
      componentPort: component ?? 0,
      stop: () => server.close(),
    };
  },
});
