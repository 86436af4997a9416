// A Pico with Kaluma on a desk (kaluma-device.ts): its flash survives its power, its console is at a TCP port.

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import type { DeviceData, DeviceMessage, Flash } from "./kaluma-device.js";

export interface KalumaBoard {
  /** tcp://127.0.0.1:PORT */
  readonly port: string;
  readonly flash: Flash;
  /** All that it has printed since its power was on for the last time. */
  log(): string;
  untilPrinted(text: RegExp, timeoutMs?: number): Promise<void>;
  /** What happens to bytes for the board; nothing: they are passed on. */
  intercept(handler: ((bytes: Buffer) => Buffer | undefined) | undefined): void;
  /** Of what it has done wrongly by Kaluma's own rules. */
  readonly misuses: readonly string[];
  /** The cable and its power go, the flash stays. */
  unplug(): Promise<void>;
  plugIn(): void;
  stop(): Promise<void>;
}

export interface KalumaBoardOptions {
  readonly board?: string;
  readonly version?: string;
  readonly program?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly programBytes?: number;
  readonly wornAt?: number;
}

const LINE_BYTES = 65536;
const PRINT_MS = 10_000;

export async function startKalumaBoard(options: KalumaBoardOptions = {}): Promise<KalumaBoard> {
  const { board = "pico2-w", version = "1.3.0-beta.2", programBytes = 1472 * 1024 } = options;
  const files = Object.entries(options.files ?? {});
  let flash: Flash = {
    program: Buffer.from(options.program ?? ""),
    files: new Map(files.map(([name, text]) => [`/${name}`, Buffer.from(text)])),
  };
  const cables = new Set<Socket>();
  const misuses: string[] = [];
  let device: Worker | undefined;
  let type: (bytes: Buffer) => void = () => {};
  let printed = "";
  let change: ((bytes: Buffer) => Buffer | undefined) | undefined;

  function plugIn(): void {
    const counters = new SharedArrayBuffer(8);
    const line = new SharedArrayBuffer(LINE_BYTES);
    const workerData: DeviceData = {
      ...{ counters, line, flash, board, version, programBytes },
      wornAt: options.wornAt,
    };
    printed = "";
    type = (bytes) => {
      const counts = new Int32Array(counters);
      const octets = new Uint8Array(line);
      bytes.forEach((octet, at) => (octets[(counts[0] + at) % LINE_BYTES] = octet));
      Atomics.add(counts, 0, bytes.length);
      Atomics.notify(counts, 0);
    };
    device = new Worker(new URL("./kaluma-device.js", import.meta.url), { workerData });
    device.on("message", (message: DeviceMessage) => {
      if ("flash" in message) flash = message.flash;
      else if ("misuse" in message) misuses.push(message.misuse);
      else {
        printed += Buffer.from(message.printed).toString("latin1");
        for (const cable of cables) cable.write(message.printed);
      }
    });
  }

  const server = createServer((cable) => {
    cable.setNoDelay(true);
    cables.add(cable);
    cable.on("error", () => {});
    cable.on("close", () => cables.delete(cable));
    cable.on("data", (bytes) => {
      const passed = change ? change(bytes) : bytes;
      if (passed) type(passed);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  plugIn();

  async function unplug(): Promise<void> {
    const gone = device;
    device = undefined;
    type = () => {};
    for (const cable of cables) cable.destroy();
    await gone?.terminate();
  }

  return {
    port: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get flash() {
      return flash;
    },
    log: () => printed,
    untilPrinted: async (text, timeoutMs = PRINT_MS) => {
      const endMs = performance.now() + timeoutMs;
      while (!text.test(printed)) {
        if (performance.now() > endMs) throw new Error(`It has not printed ${text}:\n${printed}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    intercept: (handler) => void (change = handler),
    misuses,
    unplug,
    plugIn,
    stop: async () => {
      await unplug();
      server.close();
    },
  };
}
