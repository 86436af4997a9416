// The console of an Espruino for Linux at a TCP port, without an engine: what is asked there is evaluated in a context of
// Node's with a Storage that is a map. For commands that go wrong in the middle, on machines without Espruino too.

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import vm from "node:vm";
import { crc32 } from "node:zlib";

export interface FakeEspruino {
  /** tcp://127.0.0.1:PORT */
  readonly port: string;
  readonly files: Map<string, string>;
  /** What a row of the self-test prints; nothing: it says nothing. */
  onRow: (name: string) => string | undefined;
  /** Whether its program runs. */
  readonly isRunning: boolean;
  /** It is gone for good. */
  unplug(): void;
  stop(): void;
}

/** DLE, SOH, and the length in the lower bits of two bytes; behind them the question. */
const PACKET = "\x10\x01";

export async function startFakeEspruino(): Promise<FakeEspruino> {
  const cables = new Set<Socket>();
  const files = new Map<string, string>();
  const print = (text: string) => cables.forEach((cable) => cable.write(`${text}\r\n`, "latin1"));
  let isRunning = true;
  let seconds = 0;
  const storage = {
    getStats: () => ({ totalBytes: 262144, freeBytes: 200_000, trashBytes: 0 }),
    list: (names: RegExp) => [...files.keys()].filter((name) => names.test(name)),
    read: (name: string, from = 0, count = Infinity) => files.get(name)?.slice(from, from + count),
    write(name: string, text: string, at = 0, bytes = text.length) {
      const old = files.get(name) ?? "\xff".repeat(bytes);
      files.set(name, old.slice(0, at) + text + old.slice(at + text.length));
      return true;
    },
    erase: (name: string) => files.delete(name),
  };
  const rows = new Proxy(
    {},
    {
      get: (_, name: string) => () => {
        const values = board.onRow(name);
        if (values !== undefined) print(`info selftest row=${name} ${values}`);
        return true;
      },
    },
  );
  const context = vm.createContext({
    process: { env: { BOARD: "LINUX", VERSION: "2v29" }, memory: () => ({ free: 3000 }) },
    E: { toJS: JSON.stringify, CRC32: (text: string) => crc32(Buffer.from(text, "latin1")) },
    require: () => storage,
    getTime: () => (seconds += 1),
    eval: () => true,
    microspimeSelftest: rows,
    ...{ print, btoa },
    // A board's clock does not keep the tests from ending.
    setTimeout: (work: () => void, delayMs: number) => setTimeout(work, delayMs).unref(),
    reset: () => (isRunning = false),
    load() {
      isRunning = true;
      print("info hello board=linux waiting=0");
    },
  });

  function listen(cable: Socket): void {
    let heard = "";
    cables.add(cable);
    cable.on("error", () => {}).on("close", () => cables.delete(cable));
    cable.on("data", (bytes) => {
      heard += bytes.toString("latin1");
      heard = answered(heard);
    });
  }

  /** The rest, which is not whole yet. */
  function answered(heard: string): string {
    const greeting = /<"\+"(\w+) [^\n]*\n/.exec(heard);
    if (greeting) {
      print(`<${greeting[1]} LINUX,2v29>`);
      return "";
    }
    const at = heard.indexOf(PACKET);
    const end = at + 4 + (((heard.charCodeAt(at + 2) & 0x1f) << 8) | heard.charCodeAt(at + 3));
    if (at < 0 || heard.length < at + 4 || heard.length < end) return heard;
    vm.runInContext(heard.slice(at + 4, end), context);
    return answered(heard.slice(end));
  }

  const server = createServer(listen).listen(0, "127.0.0.1");
  await once(server, "listening");
  const unplug = () => {
    server.close();
    cables.forEach((cable) => cable.destroy());
  };
  const board: FakeEspruino = {
    port: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    onRow: () => "value=1",
    get isRunning() {
      return isRunning;
    },
    ...{ unplug, stop: unplug },
  };
  return board;
}
