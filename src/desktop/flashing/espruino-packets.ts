// The packets of Espruino's console (README_Protocol.md of Espruino, from 2v25 on) as the npm package `espruino` speaks
// them: its class Connection, taken out of core/serial.js. They stand beside what a program prints, an answer says how
// it ended, and they need no prompt, no echo and no Ctrl-C, which would stop the program that runs.
//
// The rest of the package stays unused. Its init() puts a dozen names into our globals (es6-shim, `require`, `crc32` …) and
// prints 86 lines. Its Core.Serial has one connection for the whole process, opens only ports that the system lists (no
// pty), never calls back where TCP is refused, and writes 19 bytes at a time until its version checker knows the board.
// expr() and statement() wait for ever where nothing answers, and send Ctrl-C to whatever is slow. So the files that the
// class needs run once in a context of their own, with a console that says nothing.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";

export type PacketType = "EVAL" | "FILE_SEND" | "DATA";

/** What we use of it. Text is a byte string, a character a byte. */
export interface PacketConnection {
  chunkSize: number;
  /** Takes packets and their answers out of what is received. */
  parsePackets: boolean;
  writeLowLevel: (bytes: string) => Promise<void>;
  closeLowLevel: () => void;
  rxDataHandler(bytes: ArrayBuffer): void;
  openHandler(): void;
  closeHandler(): void;
  /** What comes beside packets. */
  on(event: "data", listener: (text: string) => void): void;
  on(event: "packet", listener: (type: number, data: string) => void): void;
  on(event: "nak", listener: () => void): void;
  /**
   * Resolves with its acknowledgement, with `noACK` when it is written; rejects with a text. Neither, once the connection
   * is closed.
   */
  espruinoSendPacket(
    type: PacketType,
    data: string,
    options: { timeout?: number; noACK?: boolean },
  ): Promise<void>;
}

interface EspruinoTools {
  readonly Core: {
    readonly Serial: { readonly connection: object };
    readonly Utils: { parseRJSON(text: string): unknown };
  };
}

const FILES = ["espruino.js", "core/config.js", "core/utils.js", "core/serial.js"];

let loaded: EspruinoTools["Core"] | undefined;

function core(): EspruinoTools["Core"] {
  return (loaded ??= load());
}

function load(): EspruinoTools["Core"] {
  const folder = path.dirname(createRequire(import.meta.url).resolve("espruino"));
  const silent = new Proxy({}, { get: () => () => {} });
  const timers = { setTimeout, clearTimeout, setInterval, clearInterval };
  const context = vm.createContext({ ...timers, ArrayBuffer, console: silent, navigator: {} });
  for (const file of FILES) {
    vm.runInContext(readFileSync(path.join(folder, file), "utf8"), context, { filename: file });
  }
  return (context["Espruino"] as EspruinoTools).Core;
}

/** A new one each time: several ports can be open. */
export function createPacketConnection(): PacketConnection {
  const { constructor } = core().Serial.connection;
  return new (constructor as new () => PacketConnection)();
}

/** A value as Espruino's E.toJS writes it: JSON without quotes where names need none. */
export function parseValue(text: string): unknown {
  // Of this context, not of theirs.
  return structuredClone(core().Utils.parseRJSON(text));
}
