// A relay that tells what passes; on real sockets of the loopback.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { openTap } from "../../../src/desktop/sim/tap.js";

type Tap = Awaited<ReturnType<typeof openTap>>;

describe("openTap", () => {
  let server: Server;
  let tap: Tap;
  let seen: string[];
  const boards: Socket[] = [];

  beforeEach(async () => {
    seen = [];
    // It answers in capital letters and ends when the board does.
    server = createServer((socket) => {
      socket.on("data", (bytes) => socket.write(bytes.toString("latin1").toUpperCase(), "latin1"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    tap = await openTap("127.0.0.1", (server.address() as AddressInfo).port, (direction, bytes) =>
      seen.push(`${direction} ${bytes ? bytes.toString("latin1") : "begin"}`),
    );
  });

  afterEach(() => {
    tap.close();
    boards.splice(0).forEach((board) => board.destroy());
    server.close();
  });

  function dial(): Socket {
    const board = connect(tap.port, tap.address);
    boards.push(board);
    return board;
  }

  async function exchange(board: Socket, text: string): Promise<string> {
    board.write(text, "latin1");
    const [bytes] = (await once(board, "data")) as [Buffer];
    return bytes.toString("latin1");
  }

  it("relays both ways, byte for byte, and tells it in order", async () => {
    const board = dial();
    assert.equal(await exchange(board, "a\x80\0"), "A\x80\0");
    assert.equal(await exchange(board, "b"), "B");
    assert.deepEqual(seen, [
      "sent begin",
      "sent a\x80\0",
      "received A\x80\0",
      "sent b",
      "received B",
    ]);
  });

  it("tells where a new connection begins", async () => {
    await exchange(dial(), "a");
    await exchange(dial(), "b");
    assert.deepEqual(seen.filter((line) => line === "sent begin").length, 2);
  });

  it("ends the server's side when the board ends its own", async () => {
    const ended = once(server, "connection").then(([socket]) => once(socket as Socket, "end"));
    const board = dial();
    await exchange(board, "a");
    board.end();
    await ended;
  });

  it("cuts the board off when the server cannot be reached", async () => {
    const port = (server.address() as AddressInfo).port;
    server.close();
    await once(server, "close");
    const orphan = await openTap("127.0.0.1", port, () => {});
    const board = connect(orphan.port, orphan.address);
    board.on("error", () => {});
    await once(board, "close");
    orphan.close();
  });

  it("relays and tells nothing once it is closed", async () => {
    const board = dial();
    await exchange(board, "a");
    board.on("error", () => {});
    const closed = once(board, "close");
    tap.close();
    await closed;
    assert.equal(seen.length, 3);
  });
});
