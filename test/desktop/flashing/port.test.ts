// Ports that cannot be had: what a person is told.

import assert from "node:assert/strict";
import { Failure } from "../../../src/desktop/failure.js";
import { openPort, serialFailure, tcpAddress } from "../../../src/desktop/flashing/port.js";

const none = async () => [];

async function failureOf(task: Promise<unknown>): Promise<Failure> {
  const outcome = await task.catch((error: unknown) => error);
  assert.ok(outcome instanceof Failure);
  return outcome;
}

describe("The port of a board", () => {
  it("over TCP is host and port, IPv6 in brackets", () => {
    assert.deepEqual(tcpAddress("tcp://desk.example:2323"), { host: "desk.example", port: 2323 });
    assert.deepEqual(tcpAddress("tcp://[::1]:2323"), { host: "::1", port: 2323 });
    for (const wrong of ["tcp://desk", "tcp://:1", "tcp://desk:0", "tcp://desk:99999"]) {
      assert.throws(() => tcpAddress(wrong), Failure, wrong);
    }
  });

  it("that nobody listens at is named with the reason", async () => {
    const { exitCode, message, advice } = await failureOf(openPort("tcp://127.0.0.1:1"));
    assert.equal(exitCode, 3);
    assert.equal(message, "tcp://127.0.0.1:1 cannot be reached (ECONNREFUSED).");
    assert.match(advice, /listens there/);
  });

  it("that is not there is said to be so by the real driver", async () => {
    const { exitCode, message } = await failureOf(openPort("/dev/ttyMICROSPIME"));
    assert.deepEqual([exitCode, message], [3, "/dev/ttyMICROSPIME is not there."]);
  });

  it("comes with the ports that there are", async () => {
    const list = async () => [
      { path: "/dev/ttyS0" },
      { path: "/dev/ttyUSB0", manufacturer: "Silicon Labs", vendorId: "10c4" },
    ];
    const said = "Error: No such file or directory, cannot open /dev/ttyUSB1";
    const { advice } = await serialFailure("/dev/ttyUSB1", said, list);
    assert.equal(advice, "Serial ports that this machine has: /dev/ttyUSB0 (Silicon Labs).");
  });

  it("that belongs to others has its own words for each reason", async () => {
    const message = async (said: string) => (await serialFailure("COM3", said, none)).message;
    assert.match(
      await message("Error: Permission denied, cannot open x"),
      /may not be opened by you/,
    );
    assert.match(await message("Error: Error Resource busy, cannot open"), /in use by another/);
    assert.match(
      await message("Error Resource temporarily unavailable Cannot lock port"),
      /in use/,
    );
    assert.equal(
      await message("Error: Inappropriate ioctl for device, cannot open"),
      "COM3 cannot be opened (Inappropriate ioctl for device).",
    );
  });
});
