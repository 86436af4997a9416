// The self-test on a real Espruino on Linux, with and without much memory: what a Linux build lacks is no failure, and the
// program that was there starts again.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createServer } from "node:tls";
import { openSession } from "../../../src/desktop/flashing/session.js";
import { selftest, valuesOf } from "../../../src/desktop/flashing/selftest.js";
import type { Row, SelftestOptions } from "../../../src/desktop/flashing/selftest.js";
import { readBundle } from "../../../src/desktop/sim/bundle.js";
import { newCertificate } from "../../support/certificates.js";
import { startTcpBoard } from "../../support/tcp-board.js";
import type { TcpBoard } from "../../support/tcp-board.js";

const linux = {
  name: "linux",
  engine: { board: "LINUX", version: "2v29" },
  uarts: { gps: { device: "Serial1", baud: 9600 } },
  entropy: { file: "/dev/urandom" },
};

/** Gives back what it gets, as a wire from TX to RX. */
async function openLoop(folder: string): Promise<{ path: string; close(): void }> {
  const file = path.join(folder, "loop");
  const socat = spawn("socat", [`PTY,raw,echo=0,link=${file}`, "EXEC:cat"]);
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
  return { path: file, close: () => void socat.kill() };
}

describe("A row of the self-test", () => {
  it("is a line of the log, its numbers numbers", () => {
    const line = "info selftest row=uart sent=2400 lost=-1 share=0.5 error=Error: no path";
    assert.deepEqual(valuesOf(line, "uart"), {
      sent: 2400,
      lost: -1,
      share: 0.5,
      error: "Error: no path",
    });
    assert.equal(valuesOf(line, "noise"), undefined);
    assert.equal(valuesOf("info hello board=x", "uart"), undefined);
  });
});

for (const [variable, name] of [
  ["ESPRUINO", "Espruino"],
  ["ESPRUINO_SMALL", "Espruino with few variables"],
]) {
  const binary = process.env[variable] ?? "";
  const lack = spawnSync("socat", ["-V"]).error ? "install socat" : `set ${variable}`;
  const isRunnable = binary !== "" && lack !== "install socat";
  const title = `The self-test on ${name}`;
  const describeEngine = isRunnable ? describe : describe.skip;

  describeEngine(isRunnable ? title : `${title} (skipped: ${lack})`, function () {
    this.timeout(90_000);
    let board: TcpBoard;

    beforeEach(async () => {
      board = await startTcpBoard(binary);
      const { console } = await openSession({ port: board.port, passwords: [] });
      const program = 'setInterval(function(){console.log("info","tick")},100)';
      await console.evaluate(`require("Storage").write(".bootcde",${JSON.stringify(program)})?1:0`);
      await console.evaluate("setTimeout(load,100)?1:0");
      console.close();
      await board.untilPrinted("info tick");
    });
    afterEach(() => board.stop());

    function run(more: Partial<SelftestOptions> = {}) {
      const rows: Row[] = [];
      return selftest({
        port: board.port,
        passwords: [],
        board: linux,
        bundle: Buffer.from(readBundle("selftest").text),
        vectors: 2,
        onRow: (row) => rows.push(row),
        onNote: () => {},
        ...more,
      });
    }

    it("measures what there is, says what is not, and gives the program back", async () => {
      const loop = await openLoop(board.folder);
      const { rows, engine } = await run({ uartPath: loop.path }).finally(loop.close);
      assert.equal(engine.board, "LINUX");
      assert.deepEqual(
        rows.map(({ name, outcome }) => [name, outcome]),
        [
          ["boots", "not on this board"],
          ["memory", "measured"],
          ["speed", "measured"],
          ["tls", "skipped"],
          ["accelerator", "not on this board"],
          ["noise", "measured"],
          ["uart", "measured"],
        ],
      );
      const uart = rows[6].values ?? {};
      assert.equal(uart["sent"], 2400);
      assert.ok(Number(uart["received"]) > 2000);
      assert.ok(Number(rows[1].values?.["free"]) > 2500);
      await board.untilPrinted(/selftest row=uart[^]*info tick/);
      const { console } = await openSession({ port: board.port, passwords: [] });
      assert.deepEqual(await console.evaluate('require("Storage").list(/^microspime/)'), []);
      console.close();
    });

    if (variable === "ESPRUINO") {
      it("makes an error of the engine's the row's", async () => {
        const loop = await openLoop(board.folder);
        const open = { ...linux, entropy: { file: "/nowhere" } };
        const { rows } = await run({ uartPath: loop.path, board: open }).finally(loop.close);
        const noise = rows.find(({ name }) => name === "noise");
        assert.equal(noise?.outcome, "failed");
        assert.match(noise?.reason ?? "", /\w/);
      });
    }

    it("sees what TLS takes, and that the handshake is done", async () => {
      const { key, cert } = await newCertificate({ names: ["localhost"] });
      const server = createServer({ key, cert, maxVersion: "TLSv1.2" }, (socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.write("<stream:stream>"));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const { rows } = await run({ tls: { host: "127.0.0.1", port } }).finally(() =>
        server.close(),
      );
      const { values } = rows.find(({ name }) => name === "tls") ?? {};
      assert.equal(values?.["handshake"], "done");
      assert.ok(Number(values?.["variablesBefore"]) - Number(values?.["variablesAtLeast"]) > 500);
    });
  });
}
