// Flashing a real Espruino on Linux over TCP: the flash file survives restarts, and whatever goes wrong, the program that
// was there goes on. The programs are small ones; the last test sends the build's own.

import assert from "node:assert/strict";
import { Failure } from "../../../src/desktop/failure.js";
import { receiveFile } from "../../../src/desktop/flashing/board-storage.js";
import { flash } from "../../../src/desktop/flashing/flash.js";
import type { FlashEvent, FlashOptions } from "../../../src/desktop/flashing/flash.js";
import { openSession } from "../../../src/desktop/flashing/session.js";
import { readBundle } from "../../../src/desktop/sim/bundle.js";
import { startTcpBoard } from "../../support/tcp-board.js";
import type { TcpBoard } from "../../support/tcp-board.js";

const binary = process.env["ESPRUINO"] ?? "";
const [describeEngine, title] = binary
  ? [describe, "Flashing Espruino"]
  : [describe.skip, "Flashing Espruino (skipped: set ESPRUINO)"];

/** It says who it is, and ticks. `padding` makes it larger. */
function programNamed(name: string, padding = 0): Buffer {
  return Buffer.from(
    `console.log("info","hello board=${name} waiting=0");setInterval(function(){console.log("info","tick of=${name}")},100);//` +
      "x".repeat(padding),
  );
}

const configuration = (jid: string) => ({
  name: "microspime.json",
  bytes: Buffer.from(JSON.stringify({ jid })),
});
/** Every byte that there is, Ctrl-C and Ctrl-D too. */
const key = {
  name: "microspime.key",
  bytes: Buffer.from(Uint8Array.from({ length: 256 }, (_, at) => at)),
};

function optionsFor(
  board: TcpBoard,
  events: FlashEvent[],
  program: Buffer,
  more: Partial<FlashOptions> = {},
): FlashOptions {
  return {
    port: board.port,
    passwords: [],
    board: { name: "linux", engine: { board: "LINUX", version: "2v29" } },
    program,
    loader: Buffer.from(readBundle("loader").text),
    provisioned: { files: [key, configuration("one@example.org/spime")], lock: undefined },
    helloMs: 10_000,
    onEvent: (event) => events.push(event),
    ...more,
  };
}

const hellosOf = (events: readonly FlashEvent[]) =>
  events.flatMap((event) => (event.event === "hello" ? [event.line] : []));

describeEngine(title, function () {
  this.timeout(90_000);
  let board: TcpBoard;
  let events: FlashEvent[];

  beforeEach(async () => {
    board = await startTcpBoard(binary);
    events = [];
  });
  afterEach(() => board.stop());

  const options = (program: Buffer, more: Partial<FlashOptions> = {}) =>
    optionsFor(board, events, program, more);

  async function failureOf(flashing: Promise<void>): Promise<Failure> {
    const outcome = await flashing.then(
      () => "no failure",
      (error: unknown) => error,
    );
    assert.ok(outcome instanceof Failure, String(outcome));
    return outcome;
  }

  function planned() {
    const event = events.find((one) => one.event === "plan");
    assert.ok(event?.event === "plan");
    return event.plan;
  }

  const said = () => hellosOf(events);

  async function read(name: string): Promise<string | undefined> {
    const { console } = await openSession({ port: board.port, passwords: [] });
    try {
      return (await receiveFile(console, name))?.toString("latin1");
    } finally {
      console.close();
    }
  }

  async function bootsAs(name: string): Promise<void> {
    await board.cutPower();
    board.powerUp();
    await board.untilPrinted(`hello board=${name} `);
  }

  it("takes an empty board to its hello, and a power cut changes nothing", async () => {
    await flash(options(programNamed("first")));
    assert.deepEqual(said(), ["info hello board=first waiting=0"]);
    assert.equal(await read("microspime.key"), key.bytes.toString("latin1"));
    await bootsAs("first");
  });

  it("sends nothing twice", async () => {
    await flash(options(programNamed("first")));
    events = [];
    await flash(options(programNamed("first")));
    assert.equal(planned().bytesToSend, 0);
    assert.equal(said().length, 1);
  });

  it("writes nothing on a dry run", async () => {
    await flash(options(programNamed("first"), { isDryRun: true }));
    assert.ok(planned().bytesToSend > 0);
    assert.equal(await read("microspime.a"), undefined);
    assert.deepEqual(said(), []);
  });

  it("puts the new program beside the old one, and takes their places in turn", async () => {
    await flash(options(programNamed("first")));
    await flash(options(programNamed("second")));
    assert.equal(await read("microspime.run"), "b");
    await flash(options(programNamed("third")));
    assert.equal(await read("microspime.run"), "a");
    await bootsAs("third");
  });

  it("leaves the old program when the cable is cut, and goes on from there", async () => {
    await flash(options(programNamed("first")));
    let passed = 0;
    board.intercept((bytes) => {
      passed += bytes.length;
      if (passed > 4000) board.unplug();
      return bytes;
    });
    const large = programNamed("second", 4000);
    const { exitCode, message, advice } = await failureOf(flash(options(large)));
    assert.equal(exitCode, 6);
    assert.match(message, /^tcp:.* was cut while microspime\.b was sent\.$/);
    assert.match(advice, /^The old program is untouched\. Run the same command again/);
    board.intercept(undefined);
    await board.untilPrinted(/(tick of=first\s[^]*){3}$/);
    await bootsAs("first");
    events = [];
    await flash(options(large));
    const [{ from }] = planned().steps;
    assert.ok(from > 500 && from < large.length, `${from}`);
    assert.equal(await read("microspime.b"), large.toString());
    await bootsAs("second");
  });

  it("starts the old program again when the cable is cut between the small files", async () => {
    await flash(options(programNamed("first")));
    board.intercept((bytes) => {
      if (!bytes.includes('write("microspime.json"')) return bytes;
      board.unplug();
      return undefined;
    });
    const files = [key, configuration("two@example.org/spime")];
    const { message, advice } = await failureOf(
      flash(
        options(programNamed("second"), {
          provisioned: { files, lock: undefined },
          restartMs: 2000,
        }),
      ),
    );
    assert.match(message, /was cut while microspime\.json was sent\.$/);
    assert.match(advice, /^The old program starts again by itself, with some of the new files\./);
    board.intercept(undefined);
    await board.untilPrinted(/hello board=first[^]*hello board=first[^]*tick of=first/);
    await flash(options(programNamed("second"), { provisioned: { files, lock: undefined } }));
    await bootsAs("second");
  });

  it("sends again what was damaged on the way", async () => {
    let count = 0;
    board.intercept((bytes) => {
      // The last byte of a write to Storage is its bracket.
      if (!bytes.includes("write(") || ++count !== 2) return bytes;
      return bytes.subarray(0, bytes.length - 40);
    });
    await flash(options(programNamed("first", 1500)));
    assert.equal(await read("microspime.a"), programNamed("first", 1500).toString());
    assert.ok(count > 2);
  });

  it("puts everything back when the new program does not say hello", async () => {
    await flash(options(programNamed("first")));
    const silent = Buffer.from("undefinedFunction()");
    const { message, advice } = await failureOf(
      flash(
        options(silent, {
          provisioned: { files: [key, configuration("two@example.org/spime")], lock: undefined },
        }),
      ),
    );
    assert.match(message, /did not say hello within 10 s\. It says: error program place=b /);
    assert.equal(advice, "The old program and its files are back, and it has started.");
    assert.match((await read("microspime.json")) ?? "", /one@example/);
    await bootsAs("first");
  });

  it("refuses the wrong board and leaves the program running", async () => {
    await flash(options(programNamed("first")));
    const other = { name: "esp32", engine: { board: "ESP32", version: "2v29" } };
    const { message } = await failureOf(flash(options(programNamed("second"), { board: other })));
    assert.match(message, /^This is an Espruino for LINUX, and esp32 needs one for ESP32\.$/);
    assert.equal(await read("microspime.b"), undefined);
    await board.untilPrinted(/(tick of=first\s[^]*){3}$/);
  });

  it("says what a full flash lacks, and makes room when it is told to", async () => {
    await flash(options(programNamed("first")));
    const { console } = await openSession({ port: board.port, passwords: [] });
    const free = await console.evaluate<number>('require("Storage").getStats().freeBytes');
    await console.evaluate(`require("Storage").write("old","x",0,${free - 500})?1:0`);
    await console.evaluate('require("Storage").erase("old")');
    console.close();
    const larger = options(programNamed("second", 2000));
    const { message, advice } = await failureOf(flash(larger));
    assert.match(message, /^The board's flash is full: \d+ bytes are needed, \d+ are free\.$/);
    assert.match(advice, /^--compact .* The old program runs on\.$/);
    await board.untilPrinted(/(tick of=first\s[^]*){3}$/);
    await flash({ ...larger, compacts: true });
    assert.deepEqual(said().slice(-1), ["info hello board=second waiting=0"]);
  });

  it("says of a flash that is full of files that only erasing helps", async () => {
    const { console } = await openSession({ port: board.port, passwords: [] });
    await console.evaluate('require("Storage").write("big","x",0,261000)?1:0');
    console.close();
    const { advice } = await failureOf(
      flash(options(programNamed("first", 2000), { compacts: true })),
    );
    assert.match(advice, /^Erase files that are not needed/);
  });

  it("locks the console last, hears the log all the same, and unlocks it with the password", async () => {
    const lock = { name: "microspime.lock", bytes: Buffer.from("sesame") };
    const { files } = options(programNamed("first")).provisioned;
    await flash(options(programNamed("first"), { provisioned: { files, lock } }));
    assert.equal(said().length, 1);
    const { message, advice } = await failureOf(
      flash(options(programNamed("second"), { passwords: ["open"] })),
    );
    assert.match(message, /is locked, and its password was not given or is wrong\.$/);
    assert.match(advice, /microspime\.lock/);
    await flash(
      options(programNamed("second"), {
        passwords: ["open", "sesame"],
        provisioned: { files, lock },
      }),
    );
    assert.deepEqual(said().slice(-1), ["info hello board=second waiting=0"]);
  });

  it("locks the console again when it could not do its work", async () => {
    const lock = { name: "microspime.lock", bytes: Buffer.from("sesame") };
    const { files } = options(programNamed("first")).provisioned;
    await flash(options(programNamed("first"), { provisioned: { files, lock } }));
    const other = { name: "esp32", engine: { board: "ESP32", version: "2v29" } };
    await failureOf(flash(options(programNamed("x"), { board: other, passwords: ["sesame"] })));
    const { message } = await failureOf(flash(options(programNamed("x"))));
    assert.match(message, /is locked/);
  });

  async function makeBluetoothChip(): Promise<void> {
    const { console } = await openSession({ port: board.port, passwords: [] });
    // In RAM: the engine makes nothing of a text whose file is erased.
    const chip =
      'eval("ESP32={getState:function(){return{BLE:true}},enableBLE:function(){require(\'Storage\').erase(\'.bootcde\');load()}}".split("").join(""))';
    await console.evaluate(`require("Storage").write(".bootcde",${JSON.stringify(chip)})`);
    await console.evaluate("setTimeout(load,50)?1:0");
    console.close();
  }

  it("switches Bluetooth off before the loader is written, because that erases it", async () => {
    await makeBluetoothChip();
    await flash(options(programNamed("first")));
    const order = events.flatMap((event) => {
      if (event.event === "note") return [event.text];
      return event.event === "written" ? [event.file] : [];
    });
    assert.deepEqual(order.slice(-3), [
      "microspime.json",
      "Bluetooth is switched off: TLS needs its memory.",
      ".bootcde",
    ]);
    await bootsAs("first");
  });

  it("starts by itself when the cable is cut behind the loader, also after Bluetooth's restart", async () => {
    await makeBluetoothChip();
    board.intercept((bytes) => {
      if (!bytes.includes('write("microspime.lock"')) return bytes;
      board.unplug();
      return undefined;
    });
    const lock = { name: "microspime.lock", bytes: Buffer.from("sesame") };
    const { files } = options(programNamed("first")).provisioned;
    const provisioned = { files, lock };
    const { message } = await failureOf(
      flash(options(programNamed("first"), { provisioned, restartMs: 2000 })),
    );
    assert.match(message, /was cut while microspime\.lock was sent\.$/);
    await board.untilPrinted("hello board=first ");
  });

  it("erases what the board has kept when it is told to, but not its generator's state", async () => {
    await flash(options(programNamed("first")));
    const { console } = await openSession({ port: board.port, passwords: [] });
    for (const name of ["microspime.claims0", "microspime.rng0", "other"]) {
      await console.evaluate(`require("Storage").write("${name}","x")`);
    }
    console.close();
    await flash(options(programNamed("first"), { erasesData: true }));
    assert.deepEqual(
      [await read("microspime.claims0"), await read("microspime.rng0"), await read("other")],
      [undefined, "x", "x"],
    );
  });
});

for (const [variable, name] of [
  ["ESPRUINO", "Espruino"],
  ["ESPRUINO_SMALL", "Espruino with few variables"],
]) {
  const engine = process.env[variable] ?? "";
  const describeReal = engine ? describe : describe.skip;
  const lack = engine ? "" : ` (skipped: set ${variable})`;

  describeReal(`Flashing the build's own program into ${name}${lack}`, function () {
    this.timeout(180_000);
    let board: TcpBoard;
    beforeEach(async () => void (board = await startTcpBoard(engine)));
    afterEach(() => board.stop());

    it("brings it to its hello, and the next one beside the agent that runs", async () => {
      const program = Buffer.from(readBundle("linux").text, "latin1");
      const settings = {
        host: "127.0.0.1",
        port: 1,
        tls: false,
        jid: "one@example.org/spime",
        password: "x",
        scopenode: "node@example.org/co2",
        exposure: "",
        samplePeriodS: 60,
      };
      const files = [{ name: "microspime.json", bytes: Buffer.from(JSON.stringify(settings)) }];
      const events: FlashEvent[] = [];
      const provisioned = { files, lock: undefined };
      const real = optionsFor(board, events, program, { provisioned, helloMs: 30_000 });
      await flash(real);
      await flash({ ...real, program: Buffer.concat([program, Buffer.from("//\n")]) });
      assert.deepEqual(
        hellosOf(events).map((line) => line.replace(/ waiting.*/, "")),
        ["info hello board=linux", "info hello board=linux"],
      );
    });
  });
}
