// Espruino's port with fakes of the engine's modules: what the engine does seldom, or only on a chip.
import assert from "node:assert/strict";
import { createHash, pbkdf2Sync } from "node:crypto";
import type { Platform, SocketHandlers } from "../../src/firmware/platform.js";
import type * as I2cPort from "../../src/firmware/ports/espruino-i2c.js";
import type * as EspruinoPort from "../../src/firmware/ports/espruino.js";

const PORT = "../../src/firmware/ports/espruino.js";
const I2C_PORT = "../../src/firmware/ports/espruino-i2c.js";
const REJOIN_MS = 10_000;
const HOUR_MS = 3_600_000;

const ADDRESS = { host: "10.0.0.1", port: 5222, tls: false };
const WIFI = { ssid: "home", password: "wifi secret" };
/** The ESP32's. */
const NOISE_REGISTER = 0x3ff75144;

type Handler = (argument?: unknown) => void;

/** Something with `on`, as Espruino's objects are. */
class Emitter {
  private readonly handlers: [string, Handler][] = [];
  /** That of `connect`, an event like the others. */
  onOpen: () => void = () => {};

  on(event: string, handler: Handler): void {
    this.handlers.push([event, handler]);
  }

  removeAllListeners(): void {
    this.handlers.length = 0;
    this.onOpen = () => {};
  }

  emit(event: string, argument?: unknown): void {
    for (const [name, handler] of this.handlers) if (name === event) handler(argument);
  }
}

/** A socket that throws when it is written to after its end, as Espruino's does. */
class FakeSocket extends Emitter {
  written = "";
  isEnded = false;

  constructor(
    readonly options: unknown,
    onOpen: () => void,
  ) {
    super();
    this.onOpen = onOpen;
  }

  write(bytes: string): boolean {
    if (this.isEnded) throw new Error("This socket is closed.");
    this.written += bytes;
    return false;
  }

  end(): void {
    if (this.isEnded) throw new Error("This socket is closed.");
    this.isEnded = true;
  }
}

class FakeRadio extends Emitter {
  readonly joins: { ssid: string; options: unknown; done: (error: string | null) => void }[] = [];
  readonly timeServers: string[] = [];

  connect(ssid: string, options: unknown, done: (error: string | null) => void): void {
    this.joins.push({ ssid, options, done });
  }

  setSNTP(server: string): void {
    this.timeServers.push(server);
  }
}

class FakeSerial extends Emitter {
  setups: unknown[] = [];
  written = "";

  setup(baud: number, options: unknown): void {
    this.setups.push(baud, options);
  }

  write(bytes: string): void {
    this.written += bytes;
  }
}

const AREA = { address: 0x310000, pages: 4, pageBytes: 512 };

/** What a board has and how it is; each boot sees the same flash. */
class Chip {
  nowMs = 1_000_000;
  register = 7;
  entropyFile = "x".repeat(32);
  readonly flash = new Map<string, string>();
  readonly sockets: { module: string; socket: FakeSocket }[] = [];
  connectError: Error | undefined;
  radio = new FakeRadio();
  serial = new FakeSerial();
  readonly logged: string[] = [];
  readonly opened: string[] = [];
  readonly addresses: number[] = [];
  private timers: { handle: number; atMs: number; callback: () => void }[] = [];
  private started = 0;

  /** Lets time go by; `getTime` follows unless it is set to another value. */
  advance(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      const [next] = this.timers.sort((a, b) => a.atMs - b.atMs);
      if (!next || next.atMs > until) break;
      this.timers.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
    }
    this.nowMs = until;
  }

  timerCount(): number {
    return this.timers.length;
  }

  readonly setTimeout = (callback: () => void, delayMs: number): number => {
    this.timers.push({ handle: ++this.started, atMs: this.nowMs + delayMs, callback });
    return this.started;
  };

  readonly clearTimeout = (handle: number): void => {
    this.timers = this.timers.filter((timer) => timer.handle !== handle);
  };

  readonly require = (name: string): unknown => {
    if (name === "net" || name === "tls") return { connect: this.connector(name) };
    if (name === "Wifi") return this.radio;
    if (name === "crypto") return nativeCrypto;
    if (name === "Flash") return this.pages;
    assert.equal(name, "Storage");
    return {
      read: (file: string) => this.flash.get(file),
      write: (file: string, bytes: string) => void this.flash.set(file, bytes),
    };
  };

  /** Of the flash from `AREA.address` on. */
  readonly pageBytes = Buffer.alloc(AREA.pages * AREA.pageBytes, 0xff);
  readonly pages = {
    read: (count: number, address: number) =>
      new Uint8Array(
        this.pageBytes.subarray(address - AREA.address, address - AREA.address + count),
      ),
    write: (bytes: string, address: number) => {
      const at = address - AREA.address;
      Buffer.from(bytes, "latin1").forEach((byte, index) => (this.pageBytes[at + index]! &= byte));
    },
    erasePage: (address: number) => {
      const at = address - AREA.address;
      this.pageBytes.fill(
        0xff,
        at - (at % AREA.pageBytes),
        at - (at % AREA.pageBytes) + AREA.pageBytes,
      );
    },
  };

  private connector(module: string) {
    return (options: unknown, onOpen: () => void) => {
      if (this.connectError) throw this.connectError;
      const socket = new FakeSocket(options, onOpen);
      this.sockets.push({ module, socket });
      return socket;
    };
  }

  globals(): Record<string, unknown> {
    return {
      require: this.require,
      setTimeout: this.setTimeout,
      clearTimeout: this.clearTimeout,
      getTime: () => this.nowMs / 1000,
      peek32: (address: number) => {
        this.addresses.push(address);
        return this.register++;
      },
      Serial3: this.serial,
      E: {
        toString: (bytes: ArrayBuffer) => Buffer.from(new Uint8Array(bytes)).toString("latin1"),
        openFile: (path: string) => {
          this.opened.push(path);
          return { read: (count: number) => this.entropyFile.slice(0, count), close: () => {} };
        },
      },
    };
  }
}

function digest(name: string, bytes: string): ArrayBuffer {
  return toArrayBuffer(createHash(name).update(Buffer.from(bytes, "latin1")).digest());
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

const nativeCrypto = {
  SHA1: (bytes: string) => digest("sha1", bytes),
  SHA256: (bytes: string) => digest("sha256", bytes),
  PBKDF2: (
    password: string,
    salt: string,
    options: { keySize: number; iterations: number; hasher: string },
  ) => {
    const { keySize, iterations, hasher } = options;
    const secret = Buffer.from(password, "latin1");
    const salted = Buffer.from(salt, "latin1");
    return toArrayBuffer(pbkdf2Sync(secret, salted, iterations, keySize * 4, hasher));
  },
};

type Port = typeof EspruinoPort;

let port: Port;
let chip: Chip;

/** The globals belong to a chip only as long as its code runs: mocha needs its own. */
function on<Result>(current: Chip, run: () => Result): Result {
  const host = globalThis as unknown as Record<string, unknown>;
  const globals = current.globals();
  const before = Object.keys(globals).map((name) => [name, name in host, host[name]] as const);
  const log = console.log;
  Object.assign(host, globals);
  console.log = (...words: string[]) => void current.logged.push(words.join(" "));
  try {
    return run();
  } finally {
    console.log = log;
    for (const [name, wasThere, value] of before) {
      if (wasThere) host[name] = value;
      else delete host[name];
    }
  }
}

function boot(): Platform {
  return on(chip, () => port.createPlatform(port.noiseOfRegister, NOISE_REGISTER, AREA));
}

/** A connection, what its handlers were told, and the engine's end of it. */
function connect(address = ADDRESS) {
  const events: string[] = [];
  const handlers: SocketHandlers = {
    onOpen: () => void events.push("open"),
    onBytes: (bytes) => void events.push(`bytes ${bytes}`),
    onClose: (reason) => void events.push(`close ${reason}`),
  };
  const socket = on(chip, () => platform.sockets.dial(address, handlers));
  return { events, socket, engine: chip.sockets.at(-1)?.socket as FakeSocket };
}

function advance(ms: number): void {
  on(chip, () => chip.advance(ms));
}

let platform: Platform;

describe("ports/espruino", () => {
  before(async () => {
    // The port looks for its crypto when it is loaded.
    const host = globalThis as unknown as Record<string, unknown>;
    host.require = new Chip().require;
    port = (await import(PORT)) as Port;
    delete host.require;
  });

  beforeEach(() => {
    chip = new Chip();
    platform = boot();
  });

  describe("sockets", () => {
    it("take net or tls, and pass on what happens", () => {
      const plain = connect();
      assert.deepEqual(plain.engine.options, { host: "10.0.0.1", port: 5222 });
      connect({ ...ADDRESS, tls: true });
      assert.deepEqual(
        chip.sockets.map(({ module }) => module),
        ["net", "tls"],
      );
      assert.deepEqual(plain.events, [], "nothing before connect has returned");
      plain.engine.onOpen();
      plain.engine.emit("data", "a\xff");
      on(chip, () => plain.socket.write("b\xff"));
      assert.equal(plain.engine.written, "b\xff");
      plain.engine.emit("close", false);
      assert.deepEqual(plain.events, ["open", "bytes a\xff", "close closed"]);
    });

    it("tell later of a connect that throws at once", () => {
      chip.connectError = new Error("Unable to create socket");
      const { events, socket } = connect();
      assert.deepEqual(events, [], "not before connect has returned");
      on(chip, () => socket.write("early"));
      advance(0);
      assert.deepEqual(events, ["close Error: Unable to create socket"]);
      on(chip, () => socket.write("late"));
      on(chip, () => socket.close());
      advance(1000);
      assert.equal(events.length, 1, "once");
    });

    it("say nothing of a connect that throws when it was closed meanwhile", () => {
      chip.connectError = new Error("Unable to create socket");
      const { events, socket } = connect();
      on(chip, () => socket.close());
      advance(1000);
      assert.deepEqual(events, []);
    });

    it("tell an error and the close after it once", () => {
      const { events, engine } = connect();
      engine.onOpen();
      engine.emit("error", -13);
      engine.emit("close", true);
      assert.deepEqual(events, ["open", "close -13"]);
    });

    it("tell of an error that is an object", () => {
      const { events, engine } = connect();
      engine.emit("error", { code: -1, message: "unable to connect" });
      assert.equal(events.length, 1);
      assert.doesNotMatch(events[0], /\[object Object\]/);
    });

    it("take a write that throws as the end, told later and once", () => {
      const { events, socket, engine } = connect();
      engine.onOpen();
      engine.isEnded = true;
      on(chip, () => socket.write("a"));
      on(chip, () => socket.write("b"));
      assert.deepEqual(events, ["open"], "not inside write");
      advance(0);
      engine.emit("close");
      assert.deepEqual(events, ["open", "close Error: This socket is closed."]);
    });

    it("say nothing after close, not even that they are open, and forget what is written", () => {
      // Seen on Espruino 2v29: the handler of connect is called after end.
      const { events, socket, engine } = connect();
      on(chip, () => socket.close());
      on(chip, () => socket.close());
      on(chip, () => socket.write("late"));
      engine.onOpen();
      engine.emit("data", "late");
      engine.emit("error", -1);
      engine.emit("close");
      advance(1000);
      assert.deepEqual(events, []);
      assert.equal(engine.written, "");
    });
  });

  describe("network", () => {
    function join(wifi?: typeof WIFI): boolean[] {
      const changes: boolean[] = [];
      on(chip, () => platform.network.attach(wifi, (isUp) => void changes.push(isUp)));
      return changes;
    }

    function finishJoin(error: string | null): void {
      on(chip, () => chip.radio.joins.at(-1)!.done(error));
    }

    it("is up on a board that needs no Wi-Fi, but not before join has returned", () => {
      // While the bundle's outermost function runs, an exception costs Espruino as much memory as that
      // function is long, for its stack trace: a refused connection in there ends a board's agent.
      const changes = join();
      assert.deepEqual(changes, []);
      advance(0);
      assert.deepEqual(changes, [true]);
      assert.equal(chip.radio.joins.length, 0);
    });

    it("joins, and asks for the time when it has", () => {
      const changes = join(WIFI);
      assert.deepEqual(changes, []);
      assert.equal(chip.radio.joins[0].ssid, "home");
      assert.deepEqual(chip.radio.joins[0].options, WIFI);
      assert.deepEqual(chip.radio.timeServers, []);
      finishJoin(null);
      assert.deepEqual(changes, [true]);
      assert.equal(chip.radio.timeServers.length, 1);
    });

    it("joins again ten seconds after a refusal", () => {
      const changes = join(WIFI);
      finishJoin("bad password");
      advance(REJOIN_MS - 1);
      assert.equal(chip.radio.joins.length, 1);
      advance(1);
      assert.equal(chip.radio.joins.length, 2);
      finishJoin(null);
      assert.deepEqual(changes, [true]);
    });

    it("joins again ten seconds after it was lost, as often as needed", () => {
      const changes = join(WIFI);
      finishJoin(null);
      for (let round = 1; round < 4; round++) {
        on(chip, () => chip.radio.emit("disconnected"));
        advance(REJOIN_MS);
        assert.equal(chip.radio.joins.length, 1 + round);
        finishJoin(null);
      }
      assert.deepEqual(changes, [true, false, true, false, true, false, true]);
    });

    it("joins once after a failure that is told several times", () => {
      // The ESP32 tells a failed join by "disconnected" alone, other builds by an error too.
      join(WIFI);
      finishJoin("no_ap_found");
      for (let count = 0; count < 3; count++) on(chip, () => chip.radio.emit("disconnected"));
      advance(REJOIN_MS);
      assert.equal(chip.radio.joins.length, 2);
      assert.equal(chip.timerCount(), 0);
    });

    it("goes on joining when a failure is told by disconnected alone", () => {
      join(WIFI);
      for (let round = 1; round < 4; round++) {
        on(chip, () => chip.radio.emit("disconnected"));
        advance(REJOIN_MS);
        assert.equal(chip.radio.joins.length, 1 + round);
      }
    });

    it("never logs the password", () => {
      join(WIFI);
      finishJoin("bad password");
      assert.doesNotMatch(chip.logged.join("\n"), /wifi secret/);
    });
  });

  describe("clock", () => {
    const now = () => on(chip, () => platform.clock.monotonicMs());

    it("goes with time", () => {
      const start = now();
      chip.nowMs += 1500;
      assert.ok(Math.abs(now() - start - 1500) < 0.01);
    });

    it("takes out the step that SNTP makes, forth and back", () => {
      const start = now();
      chip.nowMs += 1000;
      now();
      chip.nowMs += 50 * 365 * 24 * HOUR_MS;
      assert.ok(Math.abs(now() - start - 1000) < 0.01, "forth");
      chip.nowMs += 500;
      now();
      chip.nowMs -= 10 * 365 * 24 * HOUR_MS;
      assert.ok(Math.abs(now() - start - 1500) < 0.01, "back");
      chip.nowMs += 250;
      assert.ok(Math.abs(now() - start - 1750) < 0.01, "and goes on");
    });

    it("never goes back, by no step", () => {
      let last = now();
      for (const stepMs of [-1, -HOUR_MS, 5, HOUR_MS + 1, -1e12, 1e12, 3, 0]) {
        chip.nowMs += stepMs;
        const current = now();
        assert.ok(current >= last, `after ${stepMs}`);
        last = current;
      }
    });

    it("starts and stops timers", () => {
      let fired = 0;
      const handle = on(chip, () => platform.timer.start(100, () => fired++));
      on(chip, () => platform.timer.start(50, () => fired++));
      on(chip, () => platform.timer.stop(handle));
      on(chip, () => platform.timer.stop(0));
      advance(1000);
      assert.equal(fired, 1);
    });
  });

  describe("noise", () => {
    it("reads the chip's register eight times, and none beside it", () => {
      assert.equal(
        on(chip, () => platform.noise()),
        "7891011121314",
      );
      assert.deepEqual(chip.addresses, Array<number>(8).fill(NOISE_REGISTER));
      assert.deepEqual(chip.opened, []);
    });

    it("reads a file where there is one", () => {
      platform = on(chip, () => port.createPlatform(port.noiseOfFile, "/dev/urandom", AREA));
      assert.equal(
        on(chip, () => platform.noise()),
        chip.entropyFile,
      );
      assert.deepEqual(chip.opened, ["/dev/urandom"]);
    });
  });

  describe("flash", () => {
    it("writes, reads and erases from the board's address on, and page by page", () => {
      on(chip, () => {
        const flash = platform.flash();
        flash.write(508, "abcdef");
        assert.equal(flash.read(508, 7), "abcdef\xff");
        assert.equal(chip.pageBytes.toString("latin1", 508, 514), "abcdef");
        flash.erase(0);
        assert.equal(flash.read(508, 6), "\xff\xff\xff\xffef");
      });
      assert.deepEqual(
        on(chip, () => platform.flash().area),
        AREA,
      );
    });
  });

  describe("UARTs, store, log and hashes", () => {
    it("open a UART with its pins or path, and nothing that Espruino does not know", () => {
      const received: string[] = [];
      const settings = { device: "Serial3", baud: 9600, rx: "D16", tx: "D17" };
      const line = on(chip, () =>
        platform.uart.open(settings, (bytes) => void received.push(bytes)),
      );
      assert.equal(chip.serial.setups[0], 9600);
      const options = chip.serial.setups[1] as Record<string, unknown>;
      assert.equal(options.rx, "D16");
      assert.equal(options.tx, "D17");
      assert.ok(!("device" in options) && !("baud" in options));
      chip.serial.emit("data", "$GP");
      line.write("\xff\x01");
      assert.deepEqual([received, chip.serial.written], [["$GP"], "\xff\x01"]);
    });

    it("open a UART with parity where the sensor wants it, and do not name it otherwise", () => {
      const settings = { device: "Serial3", baud: 19200, rx: "D16", tx: "D17" };
      on(chip, () => platform.uart.open({ ...settings, parity: "e" }, () => {}));
      on(chip, () => platform.uart.open(settings, () => {}));
      const [baud, even, , none] = chip.serial.setups as Record<string, unknown>[];
      assert.deepEqual([baud, even["parity"], "parity" in none], [19200, "e", false]);
    });

    it("name a UART that the board does not have", () => {
      const settings = { device: "Serial9", baud: 9600 };
      assert.throws(() => on(chip, () => platform.uart.open(settings, () => {})), /UART Serial9/);
    });

    it("keep files in Storage", () => {
      on(chip, () => platform.store.write("a", "b\0\xff"));
      assert.equal(
        on(chip, () => platform.store.read("a")),
        "b\0\xff",
      );
      assert.equal(
        on(chip, () => platform.store.read("c")),
        undefined,
      );
    });

    it("log a line with its level", () => {
      on(chip, () => platform.log.write("warn", "offline reason=x"));
      assert.deepEqual(chip.logged, ["warn offline reason=x"]);
    });

    it("hash natively, SHA-256 first", () => {
      const hex = (bytes: string) => Buffer.from(bytes, "latin1").toString("hex");
      const [sha256, sha1] = port.NATIVE_HASHES;
      on(chip, () => {
        assert.deepEqual([sha256.name, sha1.name], ["SHA-256", "SHA-1"]);
        assert.match(hex(sha256.digest("abc")), /^ba7816bf.*15ad$/);
        assert.match(hex(sha1.digest("abc")), /^a9993e36.*d89d$/);
        assert.equal(
          hex(sha1.pbkdf2("password", "salt", 2)),
          pbkdf2Sync("password", "salt", 2, 20, "sha1").toString("hex"),
        );
        assert.equal(
          hex(sha256.pbkdf2("password", "salt", 2)),
          pbkdf2Sync("password", "salt", 2, 32, "sha256").toString("hex"),
        );
      });
    });
  });
});

describe("ports/espruino-i2c", () => {
  const host = globalThis as unknown as Record<string, unknown>;
  let setups: unknown[];
  let written: unknown[];
  let isThere: boolean;

  beforeEach(() => {
    setups = [];
    written = [];
    isThere = true;
    const nack = () => {
      if (!isThere) throw new Error("I2C Write Error: No ACK");
    };
    host.E = new Chip().globals().E;
    host.I2C1 = {
      setup: (pins: unknown) => void setups.push(pins),
      writeTo: (address: number, bytes: string) => {
        nack();
        written.push(address, bytes);
      },
      readFrom: (address: number, count: number) => {
        nack();
        return new Uint8Array(count).fill(address);
      },
    };
  });

  afterEach(() => {
    delete host.E;
    delete host.I2C1;
  });

  async function open() {
    const i2cPort = (await import(I2C_PORT)) as typeof I2cPort;
    return i2cPort.openI2c({ sda: "D21", scl: "D22" });
  }

  it("reads and writes byte strings on the pins of the board", async () => {
    const i2c = await open();
    assert.deepEqual(setups, [{ sda: "D21", scl: "D22" }]);
    assert.equal(i2c.write(0x61, "\x02\x02"), true);
    assert.deepEqual(written, [0x61, "\x02\x02"]);
    assert.equal(i2c.read(0x61, 3), "aaa");
  });

  it("returns what a device that does not answer gives, and throws nothing", async () => {
    const i2c = await open();
    isThere = false;
    assert.equal(i2c.write(0x61, "\x02"), false);
    assert.equal(i2c.read(0x61, 3), undefined);
    isThere = true;
    assert.equal(i2c.write(0x61, "\x02"), true, "and answers again");
  });
});
