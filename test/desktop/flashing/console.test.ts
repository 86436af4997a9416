// Who answers at a port: other servers, silence, an old Espruino; and a chip's console, which takes packets.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Failure } from "../../../src/desktop/failure.js";
import { receiveFile, sendFile } from "../../../src/desktop/flashing/board-storage.js";
import { createBoardConsole } from "../../../src/desktop/flashing/board-console.js";
import { LineCut } from "../../../src/desktop/flashing/port-line.js";
import { parseValue } from "../../../src/desktop/flashing/espruino-packets.js";
import { openPort } from "../../../src/desktop/flashing/port.js";
import { openSession } from "../../../src/desktop/flashing/session.js";
import { startTcpBoard } from "../../support/tcp-board.js";

describe("Who answers at a port", function () {
  this.timeout(30_000);
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function portOf(behave: (socket: Socket) => void): Promise<string> {
    server = createServer((socket) => {
      socket.on("error", () => {});
      behave(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function failureAt(port: string): Promise<Failure> {
    const outcome = await openSession({ port, passwords: [], greetings: 1 }).catch(
      (error: unknown) => error,
    );
    assert.ok(outcome instanceof Failure);
    assert.equal(outcome.exitCode, 6);
    return outcome;
  }

  it("nobody: says so, and what to look at", async () => {
    const { message, advice } = await failureAt(await portOf((socket) => socket.resume()));
    assert.match(message, /^Nothing answers at tcp:/);
    assert.match(advice, /--baud.*--interrupt/);
  });

  it("an echo is nobody either", async () => {
    const { message } = await failureAt(await portOf((socket) => socket.pipe(socket)));
    assert.match(message, /^Nothing answers at tcp:/);
  });

  it("another server: shows what it says", async () => {
    const port = await portOf((socket) => {
      socket.write("SSH-2.0-OpenSSH_9.2\r\n");
      socket.on("data", () => socket.write("Protocol mismatch.\n"));
    });
    const { message } = await failureAt(port);
    assert.match(
      message,
      /^No Espruino answers at .*; what is there says "(SSH-2\.0\S* )?Protocol mismatch\./,
    );
  });

  it("one that hangs up: says so", async () => {
    const { message } = await failureAt(await portOf((socket) => socket.end()));
    assert.match(message, /was closed by the other end before an Espruino answered\.$/);
  });

  it("an old Espruino, which knows no packets, is known by a line", async () => {
    const port = await portOf((socket) =>
      socket.on("data", (bytes) => {
        const mark = /<"\+"(\w+) /.exec(bytes.toString("latin1"))?.[1];
        socket.write(`<${mark} ESP32,2v18>\r\n>`);
      }),
    );
    const { engine, console } = await openSession({ port, passwords: [] });
    assert.deepEqual(engine, { board: "ESP32", version: "2v18" });
    console.close();
  });

  it("a question on a line that is cut does not wait for its answer", async () => {
    const port = await portOf((socket) => socket.once("data", () => socket.destroy()));
    const console = createBoardConsole(await openPort(port));
    await assert.rejects(console.evaluate("1"), LineCut);
    assert.equal(console.isOpen, false);
  });
});

describe("A value as Espruino writes it", () => {
  it("is read without quotes around names", () => {
    assert.deepEqual(parseValue('["a",{b:1,"c d":[true,null,-2.5]}]'), [
      "a",
      { b: 1, "c d": [true, null, -2.5] },
    ]);
  });
});

const binary = process.env["ESPRUINO"] ?? "";
const [describeEngine, title] = binary
  ? [describe, "A chip's console"]
  : [describe.skip, "A chip's console (skipped: set ESPRUINO)"];

describeEngine(title, function () {
  this.timeout(60_000);

  it("takes a file in packets, in pieces for little memory too, and goes on with what has begun", async () => {
    const board = await startTcpBoard(binary);
    try {
      // Not greeted: only then would it know that this one is no chip.
      const console = createBoardConsole(await openPort(board.port));
      await board.untilPrinted("espruino.com/Donate");
      const text = Buffer.from("0123456789abcdef".repeat(80));
      await sendFile(console, { name: "large", bytes: text }, 0, 900);
      await console.evaluate(
        `require("Storage").write("begun",${JSON.stringify(text.toString("latin1", 0, 256))},0,${text.length})`,
      );
      await sendFile(console, { name: "begun", bytes: text }, 256, 100);
      assert.deepEqual(await receiveFile(console, "large"), text);
      assert.deepEqual(await receiveFile(console, "begun"), text);
      assert.ok(!console.isHolding);
      console.close();
    } finally {
      await board.stop();
    }
  });
});
