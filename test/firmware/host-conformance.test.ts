// build/conformance.js, what a porter runs on his host: it passes on a host that keeps the contract, in Node and in the real
// JerryScript, and finds each of the faults that hosts have.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import vm from "node:vm";
import type { MicrospimeHost } from "../../src/firmware/ports/host-contract.js";
import { startJerryBoard } from "../../src/desktop/sim/jerry-board.js";
import { VirtualClock } from "../../src/desktop/sim/virtual-clock.js";
import { Wire } from "../../src/desktop/sim/wire.js";
import { createFakeHost, owned } from "../support/fake-host.js";

const FILE = "build/conformance.js";
const TIMEOUT_MS = 20_000;

let echo: Server;

function echoPlace() {
  return { host: "127.0.0.1", port: (echo.address() as AddressInfo).port };
}

/** The lines of a run, to its end. */
async function linesOn(change: (host: MicrospimeHost) => void, withEcho = true): Promise<string[]> {
  const { host, lines, stop } = createFakeHost();
  change(host);
  const context = vm.createContext({
    microspimeHost: host,
    ...(withEcho && { microspimeEcho: echoPlace() }),
    print: (line: string) => lines.push(line),
    // Of this realm: who asks whether an array is one has to mean the host's.
    Uint8Array,
  });
  vm.runInContext(readFileSync(FILE, "utf8"), context, { filename: FILE });
  while (!lines.some((line) => line.startsWith("#")))
    await new Promise((resolve) => setTimeout(resolve, 5));
  stop();
  return lines;
}

const isWrong = (line: string) => line.startsWith("not ok");

/** What a host does wrong, and a part of what is said of it. */
const FAULTS: Readonly<Record<string, [(host: MicrospimeHost) => void, RegExp]>> = {
  "lacks functions": [
    ({ store, clock }) => {
      delete (store as Partial<typeof store>).erase;
      delete (clock as Partial<typeof clock>).epochMs;
    },
    /no function: clock\.epochMs, store\.erase/,
  ],
  "has something else for a function": [
    ({ machine }) => ((machine as Record<string, unknown>)["restart"] = true),
    /no function: machine\.restart/,
  ],
  "does not say what its TLS is worth": [
    ({ sockets }) => ((sockets.tls as string) = "yes"),
    /sockets\.tls is none of/,
  ],
  "has a clock that goes back": [
    ({ clock }) => {
      let nowMs = 1000;
      clock.monotonicMs = () => nowMs--;
    },
    /monotonicMs has gone back/,
  ],
  "has a clock that stands": [
    ({ clock }) => (clock.monotonicMs = () => 5),
    /the clock counts 0 ms/,
  ],
  "calls a timer of no delay at once": [
    ({ timer }) => {
      const { start } = timer;
      timer.start = (delayMs, callback) => {
        if (delayMs === 0) callback();
        return start(delayMs, delayMs === 0 ? () => {} : callback);
      };
    },
    /a timer has fired before start returned/,
  ],
  "fires all timers alike": [
    ({ timer }) => {
      const { start } = timer;
      timer.start = (delayMs, callback) => start(delayMs > 1000 ? delayMs : 10, callback);
    },
    /before the long one came|the clock counts/,
  ],
  "takes a long delay for none": [
    ({ timer }) => {
      const { start } = timer;
      timer.stop = () => {};
      timer.start = (delayMs, callback) => start(delayMs > 2 ** 30 ? 0 : delayMs, callback);
    },
    /one has fired/,
  ],
  "gives null for no file": [
    ({ store }) => {
      const { read } = store;
      store.read = (name) => read(name) ?? (null as unknown as undefined);
    },
    /it is object/,
  ],
  "keeps texts for octets": [
    ({ store }) => {
      const { write } = store;
      store.write = (name, bytes) =>
        write(name, owned(Buffer.from(Buffer.from(bytes).toString("utf8"))));
    },
    /bytes instead of 4096/,
  ],
  "takes no long file": [
    ({ store }) => {
      const { write } = store;
      store.write = (name, bytes) => {
        if (bytes.length > 253) throw new Error("too long");
        write(name, bytes);
      };
    },
    /it has thrown Error: too long/,
  ],
  "leaves the end of a longer file": [
    ({ store }) => {
      const { read, write } = store;
      store.write = (name, bytes) => {
        const old = read(name) ?? bytes;
        const whole = new Uint8Array(Math.max(old.length, bytes.length));
        whole.set(old);
        whole.set(bytes);
        write(name, whole);
      };
    },
    /4096 bytes instead of 3/,
  ],
  "keeps the array that it is given": [
    ({ store }) => {
      const files = new Map<string, Uint8Array>();
      store.write = (name, bytes) => void files.set(name, bytes);
      store.read = (name) => files.get(name);
      store.erase = (name) => void files.delete(name);
    },
    /was written and then changed/,
  ],
  "gives the array that it keeps": [
    ({ store }) => {
      const files = new Map<string, Uint8Array>();
      store.write = (name, bytes) => void files.set(name, owned(bytes));
      store.read = (name) => files.get(name);
      store.erase = (name) => void files.delete(name);
    },
    /was read and then changed/,
  ],
  "gives views": [
    ({ store }) => {
      const { read } = store;
      store.read = (name) => {
        const bytes = read(name);
        if (!bytes) return undefined;
        const longer = new Uint8Array(bytes.length + 4);
        longer.set(bytes);
        return longer.subarray(0, bytes.length);
      };
    },
    /a view into a longer buffer/,
  ],
  "erases too much": [
    ({ store }) => {
      const { erase } = store;
      store.erase = (name) => {
        erase(name);
        erase(`${name}1`);
      };
    },
    /others stay: nothing came/,
  ],
  "does not erase": [({ store }) => (store.erase = () => {}), /it is object|still there/],
  "has the same noise each time": [
    ({ entropy }) => (entropy.noise = () => new Uint8Array(8)),
    /twice the same/,
  ],
  "never tells of the network": [
    ({ network }) => (network.attach = () => {}),
    /nothing came for 5 s/,
  ],
  "tells of the network at once": [
    ({ network }) => (network.attach = (_wifi, onChange) => onChange(true)),
    /onChange was called before attach returned/,
  ],
  "says twice that a socket is closed": [
    ({ sockets }) => {
      const { connect } = sockets;
      sockets.connect = (place, events) =>
        connect(place, {
          ...events,
          onClose(reason) {
            events.onClose(reason);
            events.onClose(reason);
          },
        });
    },
    /onClose was called twice/,
  ],
  "says at once that a socket is closed": [
    ({ sockets }) => {
      const { connect } = sockets;
      sockets.connect = (place, events) => {
        if (place.port > 9) return connect(place, events);
        events.onClose("refused");
        return 1;
      };
    },
    /onClose was called before connect returned/,
  ],
  "writes UTF-8 of octets": [
    ({ sockets }) => {
      const { write } = sockets;
      sockets.write = (socket, bytes, onDone) =>
        write(socket, owned(Buffer.from(Buffer.from(bytes).toString("latin1"), "utf8")), onDone);
    },
    /more came back than was sent|instead of/,
  ],
  "loses what is written": [
    ({ sockets }) => (sockets.write = (_socket, _bytes, onDone) => void setTimeout(onDone, 1)),
    /nothing came for 5 s/,
  ],
  "never says that something is written": [
    ({ sockets }) => {
      const { write } = sockets;
      sockets.write = (socket, bytes) => write(socket, bytes, () => {});
    },
    /nothing came for 5 s/,
  ],
  "says at once that something is written": [
    ({ sockets }) => {
      const { write } = sockets;
      sockets.write = (socket, bytes, onDone) => {
        write(socket, bytes, () => {});
        onDone();
      };
    },
    /onDone was called before write returned/,
  ],
  "gives long pieces": [
    ({ sockets }) => {
      const { connect } = sockets;
      let waiting = Buffer.alloc(0);
      sockets.connect = (place, events) =>
        connect(place, {
          ...events,
          onBytes(bytes) {
            waiting = Buffer.concat([waiting, bytes]);
            if (waiting.length > 2048) events.onBytes(owned(waiting));
          },
        });
    },
    /bytes at a time/,
  ],
  "says that a socket is closed which was closed here": [
    ({ sockets }) => {
      const { connect, close } = sockets;
      const closers = new Map<number, (reason: string) => void>();
      sockets.connect = (place, events) => {
        const handle = connect(place, events);
        closers.set(handle, events.onClose);
        return handle;
      };
      sockets.close = (socket) => {
        close(socket);
        setTimeout(() => closers.get(socket)?.("closed"), 10);
      };
    },
    /onClose was called: closed/,
  ],
  "opens any UART": [({ uart }) => (uart.open = () => 1), /open has returned/],
};

function startEcho(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.pipe(socket);
    });
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

/** The same lines from the real engine, whose host is on the desktop. */
async function linesInJerry(): Promise<string[]> {
  const lines: string[] = [];
  const clock = new VirtualClock(1);
  const text = `var microspimeEcho=${JSON.stringify(echoPlace())};${readFileSync(FILE, "utf8")}`;
  const ended = new Promise<void>((resolve, reject) => {
    const board = startJerryBoard({
      configuration: { host: "127.0.0.1", port: 9, tls: false, jid: "a@b/c" } as never,
      files: {},
      gps: new Wire(),
      co2: new Wire(),
      clock,
      onLog(line) {
        lines.push(line.replace(/^info /, ""));
        if (line.includes("# ")) void board.stop().then(resolve);
      },
      onTraffic: undefined,
      onCrash: (reason) => reject(new Error(reason)),
      bundle: { file: FILE, text },
    });
  });
  await ended.finally(() => clock.stop());
  return lines;
}

describe("the conformance of a host", function () {
  this.timeout(TIMEOUT_MS);

  before(async () => (echo = await startEcho()));
  after(() => echo.close());

  it("passes on one that keeps the contract", async () => {
    const lines = await linesOn(() => {});
    assert.deepEqual(lines.filter(isWrong), []);
    assert.match(lines.at(-1)!, /^# \d\d passed 0 failed 0 skipped$/);
  });

  it("says what it could not try without an echo server", async () => {
    const lines = await linesOn(() => {}, false);
    assert.deepEqual(
      lines.filter((line) => line.startsWith("skipped")),
      [
        "skipped bytes come back from an echo server, each octet as it was sent: set microspimeEcho to {host, port} of an echo server",
        "skipped a socket that was closed here says nothing any more: set microspimeEcho to {host, port} of an echo server",
      ],
    );
  });

  it("throws where there is no host", () => {
    assert.throws(() => vm.runInNewContext(readFileSync(FILE, "utf8")), /no microspimeHost/);
  });

  for (const [title, [change, said]] of Object.entries(FAULTS)) {
    it(`finds one that ${title}`, async () => {
      const wrong = (await linesOn(change)).filter(isWrong);
      assert.match(wrong.join("\n"), said);
    });
  }

  const onJerry = process.env["JERRY"] ? it : it.skip;
  onJerry(
    `passes in JerryScript, the host on the desktop${process.env["JERRY"] ? "" : " (skipped: set JERRY)"}`,
    async () => {
      const lines = await linesInJerry();
      assert.deepEqual(lines.filter(isWrong), []);
      assert.match(lines.at(-1)!, /^# \d\d passed 0 failed 0 skipped$/);
    },
  );
});
