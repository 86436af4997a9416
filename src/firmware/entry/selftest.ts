// Entry of build/selftest.js: what only a board can settle, for `microspime selftest`. One bundle for all boards; the desktop
// calls its rows through the console and tells them what of the board's data they want. Each row answers with a line of log:
// `info selftest row=NAME …`.

import type { Accelerator } from "../board.js";
import type { DotProduct } from "../crypto/dot-arithmetic.js";
import { tryAccelerator } from "../selftest/accelerator.js";
import { noiseStatistics } from "../selftest/noise-statistics.js";
import { speed } from "../selftest/speed.js";
import { measureTls } from "../selftest/tls-memory.js";
import type { Free, TlsSocket } from "../selftest/tls-memory.js";
import { measureLoss } from "../selftest/uart-loss.js";
import type { LoopbackLine } from "../selftest/uart-loss.js";
import type { Values } from "../selftest/values.js";

interface Line extends LoopbackLine {
  setup(baud: number, options: object): void;
}

interface Wifi {
  connect(ssid: string, options: object, callback: (error: string | null) => void): void;
}

declare function require(name: "tls"): { connect(address: object, onOpen: () => void): TlsSocket };
declare function require(name: "Storage"): { read(name: string): string | undefined };
declare function require(name: "Wifi"): Wifi;
declare function getTime(): number;
declare function setTimeout(callback: () => void, delayMs: number): number;
declare function peek32(address: number): number;
declare function poke32(address: number, word: number): void;
declare const process: { memory(collects: boolean): { free: number; total: number } };
declare const console: { log(level: string, line: string): void };
declare const global: { [name: string]: unknown };
declare const ESP32: { getState(): { freeHeap: number; minHeap: number } } | undefined;
declare const E: {
  convolve: DotProduct;
  openFile(path: string, mode: string): { read(count: number): string; close(): void };
};

const VECTOR = "microspime.vector";
const CONFIGURATION = "microspime.json";

function after(delayMs: number, next: () => void): void {
  setTimeout(next, delayMs);
}

function pause(next: () => void): void {
  setTimeout(next, 0);
}

function nowMs(): number {
  return getTime() * 1000;
}

function tell(row: string, values: Values): void {
  const words = Object.keys(values).map(function (name) {
    return " " + name + "=" + values[name];
  });
  console.log("info", "selftest row=" + row + words.join(""));
}

/** From a timer: what goes wrong is told too, and the console has its answer before. */
function run(row: string, work: (onDone: (values: Values) => void) => void): void {
  function onDone(values: Values): void {
    tell(row, values);
  }

  pause(function () {
    try {
      work(onDone);
    } catch (error) {
      const values: Values = {};
      values["error"] = "" + error;
      tell(row, values);
    }
  });
}

function free(): Free {
  const variables = process.memory(true).free;
  if (typeof ESP32 === "undefined") return { variables };
  const state = ESP32.getState();
  return { variables, heap: state.freeHeap, leastHeap: state.minHeap };
}

/** Three fields, each behind two bytes of its length. */
function vectorFields(text: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = text.charCodeAt(at) * 256 + text.charCodeAt(at + 1);
    fields.push(text.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return fields;
}

function memory(): void {
  run("memory", function (onDone) {
    const { heap, variables } = free();
    const values: Values = {};
    values["free"] = variables;
    values["total"] = process.memory(false).total;
    if (heap !== undefined) values["heap"] = heap;
    onDone(values);
  });
}

function measureSpeed(): void {
  run("speed", function (onDone) {
    onDone(speed(nowMs, E.convolve));
  });
}

/** Of a register's address, or of a file's path. */
function noise(source: number | string, words: number): void {
  function wordsOfFile(path: string): () => number {
    const file = E.openFile(path, "r");
    return function () {
      const bytes = file.read(4);
      let word = 0;
      for (let at = 0; at < 4; at++) word = word * 256 + bytes.charCodeAt(at);
      return word;
    };
  }

  run("noise", function (onDone) {
    const next =
      typeof source === "string"
        ? wordsOfFile(source)
        : function () {
            return peek32(source);
          };
    onDone(noiseStatistics(next, words));
  });
}

function accelerator(chip: Accelerator, times: number): void {
  run("accelerator", function (onDone) {
    const [key, block, result] = vectorFields(require("Storage").read(VECTOR)!);
    const vector = { key, block, result };
    tryAccelerator(chip, peek32, poke32, pause, nowMs, vector, times, onDone);
  });
}

function uart(device: string, baud: number, options: object, pieces: number): void {
  run("uart", function (onDone) {
    const line = global[device] as Line;
    line.setup(baud, options);
    measureLoss(line, after, nowMs, pieces, onDone);
  });
}

/** On a chip the network is that of the board's configuration. */
function tls(host: string, port: number, header: string): void {
  function dial(onOpen: () => void): TlsSocket {
    return require("tls").connect({ host, port }, onOpen);
  }

  run("tls", function (onDone) {
    function measure(): void {
      measureTls(dial, header, free, after, onDone);
    }

    const text = typeof ESP32 === "undefined" ? "" : require("Storage").read(CONFIGURATION);
    const { wifi } = JSON.parse(text || "{}");
    if (!wifi) measure();
    else {
      require("Wifi").connect(wifi.ssid, wifi, function (error) {
        const values: Values = {};
        values["error"] = "Wi-Fi: " + error;
        if (error) onDone(values);
        else measure();
      });
    }
  });
}

const rows: { [name: string]: unknown } = {};
rows["memory"] = memory;
rows["speed"] = measureSpeed;
rows["noise"] = noise;
rows["accelerator"] = accelerator;
rows["uart"] = uart;
rows["tls"] = tls;
global["microspimeSelftest"] = rows;
