// The platform over a host of the contract, where the host or the network does not keep up.

import assert from "node:assert/strict";
import type { Board } from "../../src/firmware/board.js";
import type { SocketHandlers } from "../../src/firmware/platform.js";
import type { HostSocketEvents } from "../../src/firmware/ports/host-contract.js";
import { createPlatform } from "../../src/firmware/ports/host.js";
import { createFakeHost } from "../support/fake-host.js";

const ADDRESS = { host: "127.0.0.1", port: 5222, tls: false };
const BOARD = { name: "host", queue: { pages: 3, pageBytes: 64 } } as Board;

/** A socket of a host that says when it has written; what it was given, and what the agent was told. */
function dial() {
  const { host } = createFakeHost();
  const written: Uint8Array[] = [];
  const told: string[] = [];
  const later: (() => void)[] = [];
  let [events, onDone, closes]: [HostSocketEvents | undefined, () => void, number] = [
    undefined,
    () => {},
    0,
  ];
  host.timer.start = (_delayMs, callback) => later.push(callback);
  Object.assign(host.sockets, {
    connect: (_address: unknown, given: HostSocketEvents) => ((events = given), 1),
    write: (_socket: number, bytes: Uint8Array, done: () => void) => {
      written.push(bytes);
      onDone = done;
    },
    close: () => void (closes += 1),
  });
  const handlers: SocketHandlers = {
    onOpen: () => told.push("open"),
    onBytes: (text) => told.push(`bytes ${text}`),
    onClose: (reason) => told.push(`close ${reason}`),
  };
  const socket = createPlatform(host, BOARD).sockets.dial(ADDRESS, handlers);
  return {
    ...{ socket, written, told, later },
    events: () => events!,
    done: () => onDone(),
    closes: () => closes,
  };
}

const sizes = (written: Uint8Array[]) => written.map(({ length }) => length);

describe("A host's port", () => {
  it("gives pieces of 1,024 bytes, each when the one before is written", () => {
    const { socket, written, done } = dial();
    socket.write("a".repeat(1500));
    socket.write("b".repeat(600));
    assert.deepEqual(sizes(written), [1024]);
    done();
    done();
    assert.deepEqual(sizes(written), [1024, 1024, 52]);
    done();
    socket.write("c");
    assert.deepEqual(sizes(written), [1024, 1024, 52, 1]);
  });

  it("gives up a connection whose other side takes nothing, and not from inside of a write", () => {
    const { socket, written, told, later, closes } = dial();
    for (let count = 0; count < 17; count++) socket.write("x".repeat(1024));
    assert.equal(closes(), 0);
    socket.write("x".repeat(1024));
    assert.deepEqual([closes(), told], [1, []]);
    later.forEach((call) => call());
    assert.deepEqual(told, ["close not taken"]);
    socket.write("more");
    assert.deepEqual(sizes(written), [1024]);
  });

  it("writes nothing more when either side has closed, and tells nothing more", () => {
    for (const end of ["here", "there"]) {
      const { socket, written, told, events, done } = dial();
      socket.write("x".repeat(3000));
      if (end === "here") socket.close();
      else events().onClose("closed");
      done();
      socket.write("more");
      events().onBytes(new Uint8Array(1));
      events().onClose("again");
      assert.deepEqual(sizes(written), [1024], end);
      assert.deepEqual(told, end === "here" ? [] : ["close closed"]);
    }
  });
});
