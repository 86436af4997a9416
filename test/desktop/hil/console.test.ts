// What the rig types into a board's console.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Console } from "../../../src/desktop/hil/targets/console.js";

describe("a board's console", () => {
  it("gives the watchdog back to the engine before it ends the program that fed it", async () => {
    let typed = "";
    const server = createServer((socket) => {
      socket.on("data", (bytes) => {
        typed += bytes.toString("latin1");
        if (typed.includes("awake=")) socket.end("awake=1\n");
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const events = { onLog() {}, onCrash() {} };
    const console = await Console.open(`tcp://127.0.0.1:${port}`, 115_200, events);
    await console.wake(undefined);
    console.close();
    server.close();
    assert.match(typed, /E\.enableWatchdog\(60,true\);reset\(\)\n/);
  });
});
