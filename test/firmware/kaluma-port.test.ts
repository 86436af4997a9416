// Kaluma's port as a host of the contract, between a program and Kaluma's manners (test/support/kaluma-fakes.ts): each trap that
// docs/kaluma.md names.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { rollup } from "rollup";
import type { HostSocketEvents, MicrospimeHost } from "../../src/firmware/ports/host-contract.js";
import { freePorts, HOST } from "../support/loopback.js";
import { KalumaBoard, type KalumaBoardOptions } from "../support/kaluma-fakes.js";

const CONFORMANCE = "build/conformance.js";
const PORT_FILE = "build/tsc/src/firmware/ports/kaluma.js";
const NETWORK = { ssid: "home", password: "wifi secret" };
/** That the port waits for an answer. */
const ANSWER_MS = 4000;
const JOIN_LIMIT_MS = 30_000;
const GPS = { device: "UART0", baud: 9600, rx: "GP1", tx: "GP0" };

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const octets = (bytes: string) => Uint8Array.from(Buffer.from(bytes, "latin1"));

let program: string;

async function bundledPort(): Promise<string> {
  const bundle = await rollup({ input: PORT_FILE });
  const { output } = await bundle.generate({ format: "iife", name: "port" });
  await bundle.close();
  return `"use strict";${output[0].code};var microspimeHost = port.kalumaHost();microspimeHost`;
}

/** A board whose clock is led; its host. */
class Bench {
  readonly board: KalumaBoard;
  readonly host: MicrospimeHost;
  private timeMs = 0;

  constructor(options: Partial<KalumaBoardOptions> = {}) {
    this.board = new KalumaBoard({ clockMs: () => this.timeMs, ...options });
    this.board.network.there = NETWORK;
    this.host = this.board.run(program) as MicrospimeHost;
  }

  /** Rounds of the loop, each so much later. */
  rounds(count: number, stepMs = 1): void {
    for (; count > 0; count--) {
      this.timeMs += stepMs;
      this.board.loop.run();
    }
  }

  /** Rounds until something is so that happens outside of the loop. */
  async until(isSo: () => boolean): Promise<void> {
    for (let tries = 0; !isSo(); tries++) {
      assert.ok(tries < 10_000, `it does not happen\n${this.board.log.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.rounds(1);
    }
  }

  /** Is in its network. */
  async join(): Promise<this> {
    let isUp = false;
    this.host.network.attach(NETWORK, (nowUp) => (isUp = nowUp));
    await this.until(() => isUp);
    return this;
  }

  assertClean(): void {
    const { loop, network, files } = this.board;
    assert.deepEqual(loop.lost, []);
    assert.deepEqual([...loop.misuses, ...network.misuses], []);
    assert.deepEqual([files.openCount, files.leaked], [0, 0]);
  }
}

/** What a connection has told, in its order. */
class Told implements HostSocketEvents {
  readonly events: string[] = [];
  readonly sizes: number[] = [];
  bytes = "";
  isReturned = false;

  onOpen = () => void this.note("open");
  onClose = (reason: string) => void this.note(`close ${reason}`);
  onBytes = (bytes: Uint8Array) => {
    assert.ok(this.isReturned, "bytes before the call has returned");
    this.sizes.push(bytes.length);
    assert.equal(bytes.byteLength, bytes.buffer.byteLength, "a view");
    this.bytes += text(bytes);
  };

  private note(event: string): void {
    assert.ok(this.isReturned, `${event} before the call has returned`);
    this.events.push(event);
  }
}

describe("Kaluma's port", function () {
  this.timeout(10_000);
  let bench: Bench;

  before(async () => void (program = await bundledPort()));
  beforeEach(() => void (bench = new Bench()));
  afterEach(() => {
    bench.board.stop();
    bench.assertClean();
  });

  describe("sockets", () => {
    let server: Server;
    let peer: Promise<Socket>;

    beforeEach(async () => {
      server = createServer();
      peer = once(server, "connection").then(([socket]) =>
        (socket as Socket).on("error", () => {}),
      );
      server.listen(0, HOST);
      await once(server, "listening");
      await bench.join();
    });
    afterEach(() => void server.close());

    const address = (host = HOST, port = (server.address() as AddressInfo).port) => ({
      ...{ host, port, tls: false },
    });

    function dial(where = address()): { told: Told; handle: number } {
      const told = new Told();
      const handle = bench.host.sockets.connect(where, told);
      told.isReturned = true;
      return { told, handle };
    }

    async function opened() {
      const dialled = dial();
      await bench.until(() => dialled.told.events.length > 0);
      assert.deepEqual(dialled.told.events, ["open"]);
      const socket = await peer;
      let received = "";
      socket.on("data", (bytes: Buffer) => (received += bytes.toString("latin1")));
      return { ...dialled, socket, received: () => received };
    }

    it("have no TLS", () => assert.equal(bench.host.sockets.tls, "none"));

    it("carry every octet both ways, 2,048 at a time at most", async () => {
      const { told, handle, socket, received } = await opened();
      const all = Array.from({ length: 1024 }, (_, code) => String.fromCharCode(code & 255)).join(
        "",
      );
      const more = all.repeat(9);
      let done = 0;
      bench.host.sockets.write(handle, octets(all), () => done++);
      assert.equal(done, 0, "done before the call has returned");
      socket.write(Buffer.from(more, "latin1"));
      await bench.until(() => told.bytes.length === more.length && received().length === 1024);
      assert.deepEqual([received() === all, told.bytes === more, done], [true, true, 1]);
      assert.ok(
        told.sizes.every((size) => size <= 2048),
        told.sizes.join(),
      );
      bench.host.sockets.close(handle);
    });

    it("say when the next write may come, though there is no drain", async () => {
      const { handle, received } = await opened();
      let number = 0;
      const next = () => {
        if (number++ < 5) bench.host.sockets.write(handle, octets(`<${number}>`), next);
      };
      next();
      await bench.until(() => number === 6 && received().length === 15);
      assert.equal(received(), "<1><2><3><4><5>");
      bench.host.sockets.close(handle);
    });

    it("notice a write that was dropped in silence", async () => {
      const { told, handle } = await opened();
      bench.board.network.toDrop = 1;
      bench.host.sockets.write(handle, octets("lost"), () => assert.fail("done"));
      await bench.until(() => told.events.length > 1);
      assert.deepEqual(told.events, ["open", "close not written"]);
    });

    it("tell of the other side's end, after all that it has said", async () => {
      const { told, socket } = await opened();
      socket.end("last words");
      await bench.until(() => told.events.length > 1);
      assert.deepEqual([told.events, told.bytes], [["open", "close closed"], "last words"]);
    });

    it("tell nothing after a close", async () => {
      const { told, handle, socket } = await opened();
      socket.write("late");
      await new Promise((resolve) => setTimeout(resolve, 20));
      bench.board.network.poll();
      bench.host.sockets.close(handle);
      bench.rounds(10);
      assert.deepEqual([told.events, told.bytes], [["open"], ""]);
      assert.equal(bench.board.network.freeDescriptors, 16);
    });

    it("fail, not at once, for a name that nobody knows", async () => {
      const { told } = dial(address("no.such.name"));
      await bench.until(() => told.events.length > 0);
      assert.deepEqual(told.events, ["close no connection"]);
      assert.equal(bench.board.network.freeDescriptors, 16);
    });

    it("fail without Wi-Fi, where Kaluma says nothing", async () => {
      bench.board.network.lose();
      const { told } = dial();
      await bench.until(() => told.events.length > 0);
      assert.deepEqual(told.events, ["close no connection"]);
    });

    it("tell nobody anything from inside of another call", async () => {
      const { told, handle, socket } = await opened();
      socket.write("meanwhile");
      await new Promise((resolve) => setTimeout(resolve, 20));
      // The driver serves it while it waits for the name server.
      told.isReturned = false;
      dial(address("no.such.name"));
      told.isReturned = true;
      await bench.until(() => told.bytes === "meanwhile");
      bench.host.sockets.close(handle);
    });

    it("leave a refused connection alone, whose end may be gone", async () => {
      const [nobody] = await freePorts(1);
      const { told, handle } = dial(address(HOST, nobody));
      await new Promise((resolve) => setTimeout(resolve, 50));
      bench.rounds(3990);
      assert.deepEqual(told.events, []);
      bench.rounds(20);
      assert.deepEqual(told.events, ["close no answer"]);
      bench.host.sockets.close(handle);
      assert.equal(bench.board.network.freeDescriptors, 15);
    });

    it("leave a connection alone that the other side has lost", async () => {
      const { told, handle, socket } = await opened();
      socket.resetAndDestroy();
      await new Promise((resolve) => setTimeout(resolve, 50));
      bench.host.sockets.write(handle, octets("?"), () => {});
      await bench.until(() => told.events.length > 1);
      assert.deepEqual(told.events, ["open", "close not written"]);
    });

    it("start the board anew before the driver has no room left", async () => {
      const [nobody] = await freePorts(1);
      const lose = () => bench.host.sockets.close(dial(address(HOST, nobody)).handle);
      for (let count = 1; count <= 11; count++) lose();
      await new Promise((resolve) => setTimeout(resolve, ANSWER_MS + 200));
      assert.deepEqual(bench.board.watchdogsMs, []);
      lose();
      await bench.until(() => bench.board.watchdogsMs.length > 0);
      assert.deepEqual(bench.board.watchdogsMs, [1]);
    });

    it("leave a connection alone that was reset after a write, of which nobody tells", async () => {
      const { handle, socket } = await opened();
      socket.resetAndDestroy();
      await new Promise((resolve) => setTimeout(resolve, 50));
      bench.board.network.toDrop = 0;
      bench.host.sockets.write(handle, octets("?"), () => {});
      bench.host.sockets.close(handle);
      await new Promise((resolve) => setTimeout(resolve, ANSWER_MS + 200));
      assert.deepEqual(bench.board.network.misuses, []);
    });

    it("close a connection whose last write is answered", async () => {
      const { handle, socket } = await opened();
      socket.once("data", () => socket.write("!"));
      bench.host.sockets.write(handle, octets("?"), () => {});
      bench.host.sockets.close(handle);
      await bench.until(() => bench.board.network.freeDescriptors === 16);
    });

    it("close what opens after it was given up", async () => {
      const { told, handle } = dial();
      bench.host.sockets.close(handle);
      await peer;
      await bench.until(() => bench.board.network.freeDescriptors === 16);
      assert.deepEqual(told.events, []);
    });
  });

  it("keeps the contract, says the run that porters have for it", async () => {
    const echo = createServer((socket) => socket.on("error", () => {}).pipe(socket));
    echo.listen(0, HOST);
    await once(echo, "listening");
    await bench.join();
    const place = JSON.stringify({ host: HOST, port: (echo.address() as AddressInfo).port });
    bench.board.run(`var microspimeEcho = ${place};`);
    bench.board.run(readFileSync(CONFORMANCE, "utf8"));
    const { log } = bench.board;
    await bench.until(() => log.some((line) => line.startsWith("info #")));
    assert.match(log.at(-1)!, /^info # \d+ passed 0 failed 0 skipped$/, log.join("\n"));
    echo.close();
  });

  describe("Wi-Fi", () => {
    const changes: boolean[] = [];
    const attach = (wifi = NETWORK) => {
      changes.length = 0;
      bench.host.network.attach(wifi, (isUp) => changes.push(isUp));
      assert.deepEqual(changes, [], "before the call has returned");
    };

    it("is joined by name, password and security", () => {
      attach();
      bench.rounds(5);
      assert.deepEqual(changes, [true]);
      const [joined] = bench.board.network.joins;
      assert.deepEqual({ ...joined }, { ...NETWORK, security: "WPA2_WPA_PSK", enforce: true });
    });

    it("is open without a password", () => {
      const open = { ssid: "café", password: "" };
      bench.board.network.there = open;
      attach(open);
      bench.rounds(5);
      assert.deepEqual([changes, bench.board.network.joins[0]!.security], [[true], "OPEN"]);
    });

    it("is tried again 10 s after a join that has failed and says that it has not", () => {
      bench.board.network.lose();
      attach();
      bench.rounds(5);
      assert.deepEqual([changes, bench.board.network.joins.length], [[], 1]);
      bench.rounds(98, 100);
      assert.equal(bench.board.network.joins.length, 1);
      bench.board.network.there = NETWORK;
      bench.rounds(10, 100);
      assert.deepEqual([changes, bench.board.network.joins.length], [[true], 2]);
    });

    it("is joined again when it was lost, of which nobody tells", () => {
      attach();
      bench.rounds(5);
      bench.board.network.lose();
      bench.rounds(102, 100);
      assert.deepEqual(changes, [true, false]);
      bench.board.network.there = NETWORK;
      bench.rounds(102, 100);
      assert.deepEqual(changes, [true, false, true]);
    });

    it("that is missing as a device is an error at the start", () => {
      const { host, board } = new Bench({ lacksNetwork: true });
      assert.equal(host, undefined);
      assert.match(String(board.loop.lost), /IEEE 802\.11 device not found/);
    });
  });

  describe("timers", () => {
    it("are not early after something has blocked", () => {
      let firedMs = -1;
      const { loop } = bench.board;
      loop.setTimeout(() => {
        loop.block(JOIN_LIMIT_MS);
        bench.host.timer.start(500, () => (firedMs = loop.nowMs()));
      }, 0);
      bench.rounds(600);
      assert.ok(firedMs >= JOIN_LIMIT_MS + 500 && firedMs < JOIN_LIMIT_MS + 520, `${firedMs}`);
    });

    it("can be stopped, and once they have fired it does no harm, in themselves neither", () => {
      const { timer } = bench.host;
      const stopped = timer.start(5, () => assert.fail("it was stopped"));
      timer.stop(stopped);
      const fired: number[] = [];
      const own = timer.start(5, () => {
        fired.push(own);
        timer.stop(own);
      });
      bench.rounds(20);
      timer.stop(own);
      assert.deepEqual(fired, [own]);
    });

    it("go by millis, and the clock says that nobody has set it", () => {
      bench.rounds(50);
      const { clock } = bench.host;
      assert.deepEqual([clock.monotonicMs(), clock.epochMs()], [50, 50]);
    });
  });

  describe("UARTs", () => {
    it("have their port, pins and parity", () => {
      bench.host.uart.open(GPS, () => {});
      const co2 = { device: "UART1", baud: 9600, rx: "GP9", tx: "GP8", parity: "e" } as const;
      bench.host.uart.open(co2, () => {});
      const { uarts } = bench.board;
      assert.deepEqual({ ...uarts.get(0)!.options }, { baudrate: 9600, rx: 1, tx: 0, parity: 0 });
      assert.deepEqual({ ...uarts.get(1)!.options }, { baudrate: 9600, rx: 9, tx: 8, parity: 2 });
    });

    for (const wrong of [{ device: "UART2" }, { rx: "GP2" }]) {
      it(`that there are not are named: ${JSON.stringify(wrong)}`, () => {
        const settings = { ...GPS, ...wrong };
        const expected = `no UART ${settings.device} at ${settings.rx}, GP0`;
        assert.throws(() => bench.host.uart.open(settings, () => {}), { message: expected });
      });
    }

    it("carry octets both ways", () => {
      let received = "";
      const uart = bench.host.uart.open(GPS, (bytes) => (received += text(bytes)));
      const end = bench.board.uarts.get(0)!;
      let sent = "";
      end.onSent = (bytes) => (sent += bytes.toString("latin1"));
      bench.host.uart.write(uart, octets("\xb5b\x06"));
      end.receive(octets("$GP\xff"));
      bench.rounds(1);
      assert.deepEqual([sent, received], ["\xb5b\x06", "$GP\xff"]);
    });

    it("drop what has waited while a join has blocked everything", () => {
      let received = "";
      bench.host.uart.open(GPS, (bytes) => (received += text(bytes)));
      const end = bench.board.uarts.get(0)!;
      bench.host.network.attach(NETWORK, () => end.receive(octets("old")));
      bench.rounds(5);
      end.receive(octets("new"));
      bench.rounds(1);
      assert.equal(received, "new");
    });
  });

  describe("the bus", () => {
    const PINS = { sda: "GP4", scl: "GP5" };

    for (const [sda, scl, number] of [
      ["GP4", "GP5", 0],
      ["GP6", "GP7", 1],
      ["GP26", "GP27", 1],
    ] as const) {
      it(`at ${sda} and ${scl} is number ${number}`, () => {
        const written: string[] = [];
        bench.board.devices.set(`${number}:98`, {
          write: (bytes) => void written.push(bytes.toString("hex")),
          read: (count) => new Uint8Array(count).fill(7),
        });
        const i2c = bench.host.i2c!;
        i2c.open({ sda, scl });
        assert.ok(i2c.write(98, Uint8Array.of(0x21, 0xb1)));
        assert.deepEqual([...i2c.read(98, 3)!], [7, 7, 7]);
        assert.deepEqual(written, ["21b1"]);
      });
    }

    it("says when nobody answers", () => {
      const i2c = bench.host.i2c!;
      i2c.open(PINS);
      assert.deepEqual([i2c.write(98, Uint8Array.of(1)), i2c.read(98, 3)], [false, undefined]);
    });
  });

  describe("files", () => {
    const NAME = "microspime.queue0";

    it("are read, written, replaced and erased, and what there is not is no error", () => {
      const { store } = bench.host;
      assert.equal(store.read(NAME), undefined);
      store.erase(NAME);
      store.write(NAME, octets("a longer one"));
      store.write(NAME, octets("short\xff"));
      assert.equal(text(store.read(NAME)!), "short\xff");
      assert.deepEqual([...bench.board.files.flash.keys()], ["/microspime.queue0"]);
      store.erase(NAME);
      assert.equal(store.read(NAME), undefined);
    });

    it("stay as they were when there is no room, which is an error", () => {
      const { store } = bench.host;
      store.write(NAME, octets("old"));
      bench.board.files.isFull = true;
      assert.throws(() => store.write(NAME, octets("new")), /No space left/);
      assert.equal(text(store.read(NAME)!), "old");
    });

    for (const before of ["old", undefined]) {
      it(`are ${before ?? "absent"} or new, whole, wherever power fails`, () => {
        if (before) bench.host.store.write(NAME, octets(before));
        const left: Map<string, Uint8Array>[] = [];
        bench.board.files.onStep = () => left.push(new Map(bench.board.files.flash));
        bench.host.store.write(NAME, octets("new"));
        const found = left.map((flash) => {
          const bytes = new Bench({ flash }).host.store.read(NAME);
          return bytes && text(bytes);
        });
        const changedAt = found.indexOf("new");
        assert.ok(changedAt > 0, found.join());
        assert.ok(found.every((what, step) => what === (step < changedAt ? before : "new")));
      });
    }
  });

  describe("the machine", () => {
    it("has noise, never the same", () => {
      const noise = [0, 1, 2].map(() => text(bench.host.entropy.noise()));
      assert.equal(new Set(noise).size, 3);
      assert.ok(noise.every((some) => some.length > 70));
    });

    it("has a button that pulls its pin low, and a light", () => {
      let presses = 0;
      const { machine } = bench.host;
      machine.button!("GP14", () => presses++);
      bench.board.press(14);
      bench.board.press(15);
      machine.light!("GP15", true);
      const { pinModes, pins } = bench.board;
      assert.deepEqual([presses, pinModes.get(14), pinModes.get(15), pins.get(15)], [1, 2, 1, 1]);
      machine.light!("GP15", false);
      assert.equal(pins.get(15), 0);
    });

    it("knows how many bytes are free", () => {
      const free = 184 * 1024;
      const state = bench.host.machine.state!();
      assert.deepEqual(
        [bench.host.machine.freeBytes!(), { ...state }],
        [free, { engine: "Kaluma/1.3.0-beta.2", freeBytes: free }],
      );
    });

    it("starts anew when it is not fed, and never by the chip's own watchdog, which bites too soon", () => {
      const { machine } = bench.host;
      machine.feedWatchdog!(600);
      bench.rounds(599, 1000);
      machine.feedWatchdog!(600);
      bench.rounds(599, 1000);
      assert.deepEqual(bench.board.watchdogsMs, []);
      bench.rounds(2, 1000);
      assert.deepEqual(bench.board.watchdogsMs, [1]);
    });
  });
});
