// The port's functions on the real engine while a TLS connection is open, each against what the engine does without
// them: it ends in an assertion, or for an address that is no longer right.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createServer, type Server } from "node:tls";
import { newCertificate } from "../../src/desktop/server/certificate.js";
import type * as EspruinoPort from "../../src/firmware/ports/espruino.js";
import type * as LinuxPort from "../../src/firmware/ports/espruino-linux.js";
import { findProgram } from "../support/suites.js";

const PORT = "../../src/firmware/ports/espruino.js";
const LINUX_PORT = "../../src/firmware/ports/espruino-linux.js";
const ENGINE_TIMEOUT_MS = 15_000;
const binary = process.env["ESPRUINO"] && findProgram(process.env["ESPRUINO"]);
const skipped = binary ? "" : " (skipped: set ESPRUINO)";

/** Echoes, and knows the ciphers of a TLS without elliptic curves. */
async function startEcho(): Promise<Server> {
  const { key, cert } = await newCertificate("localhost", "127.0.0.1");
  const server = createServer({ key, cert, ciphers: "AES128-SHA256" }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** All that the engine says to `program`, which ends with `quit()` or with the engine. */
async function outputOf(folder: string, program: string): Promise<string> {
  const file = path.join(folder, "program.js");
  writeFileSync(file, program);
  const engine = spawn(String(binary), [file], { cwd: folder, timeout: ENGINE_TIMEOUT_MS });
  let output = "";
  engine.stdout.on("data", (bytes) => (output += String(bytes)));
  await once(engine, "close");
  return output;
}

(binary ? describe : describe.skip)(`TLS in Espruino${skipped}`, function () {
  this.timeout(2 * ENGINE_TIMEOUT_MS);
  let server: Server;
  let folder: string;
  let defragment: string;
  let growMemory: string;

  before(async () => {
    // The port asks for the engine's modules when it is loaded; the query makes it one of this test's own.
    const host = globalThis as unknown as Record<string, unknown>;
    host["require"] = () => ({});
    const port = (await import(`${PORT}?tls`)) as typeof EspruinoPort;
    const linuxPort = (await import(`${LINUX_PORT}?tls`)) as typeof LinuxPort;
    delete host["require"];
    defragment = String(port.defragment);
    growMemory = String(linuxPort.growMemory);
    server = await startEcho();
    folder = mkdtempSync(path.join(tmpdir(), "microspime-tls-"));
  });
  after(() => {
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Connects, does something, and sends. */
  function connecting(meanwhile = ""): string {
    const { port } = server.address() as AddressInfo;
    return `var s=require("tls").connect({host:"127.0.0.1",port:${port}},function(){setTimeout(function(){
${meanwhile};s.write("ec"+"ho")},100)});
s.on("data",function(d){print(d);quit()});`;
  }

  /** Six hundred variables before those of TLS; given back, there is where to move them. */
  const HOLE = "var hole=[];for(var i=0;i<600;i++)hole.push(0);\n";

  it("goes on after the variables have moved together", async () => {
    const program = `${defragment}\n${HOLE}${connecting("hole=undefined;defragment()")}`;
    assert.match(await outputOf(folder, program), /echo/);
  });

  it("would end, had those of TLS moved too", async () => {
    const program = `${HOLE}${connecting("hole=undefined;E.defrag();print('moved')")}`;
    const output = await outputOf(folder, program);
    assert.match(output, /moved/);
    assert.doesNotMatch(output, /echo/);
  });

  /** As many variables as leave TLS too few. */
  const FEW = "var kept=[];while(process.memory(false).free>1300)kept.push(0);\n";

  it("has variables enough after growMemory", async () => {
    const program = `${FEW}${growMemory}\ngrowMemory();\n${connecting()}`;
    assert.match(await outputOf(folder, program), /echo/);
  });

  it("would end in an assertion with 1,300 of them", async () => {
    assert.match(await outputOf(folder, FEW + connecting()), /ASSERT\(jsvIsFlatString\(v\)\)/);
  });
});
