// The way from the board to the server: open, closed, cut, and dead in both directions.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Gate } from "../../../src/desktop/hil/gate.js";

const HOST = "127.0.0.1";
const QUIET_MS = 60;

describe("a rig's gate", () => {
  let server: Server;
  let gate: Gate;
  let traffic: string[];
  let sockets: Socket[];

  beforeEach(async () => {
    sockets = [];
    traffic = [];
    // An echo, in capitals.
    server = createServer((socket) => {
      sockets.push(socket.on("error", () => {}));
      socket.on("data", (bytes: Buffer) => socket.write(bytes.toString().toUpperCase()));
    });
    server.listen(0, HOST);
    await once(server, "listening");
    gate = new Gate({
      host: HOST,
      port: (server.address() as AddressInfo).port,
      listen: { host: HOST, port: 0 },
      onTraffic: (direction, bytes) => traffic.push(`${direction} ${bytes ?? "-"}`),
    });
    await gate.open();
  });

  afterEach(async () => {
    await gate.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  async function dial(): Promise<{ socket: Socket; said: () => string }> {
    const socket = connect({ host: HOST, port: gate.port });
    sockets.push(socket.on("error", () => {}));
    let said = "";
    socket.on("data", (bytes: Buffer) => (said += bytes.toString()));
    await once(socket, "connect");
    return { socket, said: () => said };
  }

  it("lets everything through, and shows it", async () => {
    const { socket, said } = await dial();
    socket.write("hello");
    await once(socket, "data");
    assert.equal(said(), "HELLO");
    assert.deepEqual(traffic, ["sent -", "sent hello", "received HELLO"]);
  });

  it("closed, it resets what is open and refuses what comes; open again it has the same port", async () => {
    const { port } = gate;
    const { socket } = await dial();
    const closed = new Promise((resolve) => socket.on("close", resolve));
    await gate.close();
    await closed;
    await assert.rejects(once(connect({ host: HOST, port }), "connect"), { code: "ECONNREFUSED" });
    await gate.open();
    assert.equal(gate.port, port);
    const { socket: second } = await dial();
    second.write("again");
    assert.equal(String(await once(second, "data")), "AGAIN");
  });

  it("cut, what is open ends with a reset, and what comes next is served", async () => {
    const { socket } = await dial();
    socket.write("a");
    await once(socket, "data");
    const reset = once(socket, "error");
    gate.cut();
    assert.match(String(await reset), /ECONNRESET/);
    const { socket: second } = await dial();
    second.write("b");
    assert.equal(String(await once(second, "data")), "B");
  });

  it("in a partition nothing comes through and nobody says so; after it everything does", async () => {
    const { socket, said } = await dial();
    socket.write("a");
    await once(socket, "data");
    gate.partition(true);
    socket.write("b");
    const late = await dial();
    late.socket.write("c");
    await delay(QUIET_MS);
    assert.deepEqual([said(), late.said(), socket.destroyed], ["A", "", false]);
    const both = [once(socket, "data"), once(late.socket, "data")];
    gate.partition(false);
    await Promise.all(both);
    assert.deepEqual([said(), late.said()], ["AB", "C"]);
  });
});
