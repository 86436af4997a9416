// Flashing a Pico with Kaluma, which is our own fake after Kaluma's sources (test/support/kaluma-device.ts), by the real
// `@kaluma/cli`. The programs are small ones.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Failure } from "../../../src/desktop/failure.js";
import { flashKaluma } from "../../../src/desktop/flashing/kaluma-flash.js";
import type {
  KalumaFlashEvent,
  KalumaFlashOptions,
} from "../../../src/desktop/flashing/kaluma-flash.js";
import { kalumaCli } from "../../support/kaluma-cli.js";
import { startKalumaBoard } from "../../support/kaluma-board.js";
import type { KalumaBoard, KalumaBoardOptions } from "../../support/kaluma-board.js";

const cli = kalumaCli();
const [describeBoard, title] = cli
  ? [describe, "Flashing Kaluma"]
  : [describe.skip, "Flashing Kaluma (skipped: set KALUMA_CLI to the folder of @kaluma/cli)"];

/** It says who it is, and ticks; half of it is no program. */
const programNamed = (name: string, padding = 3000) =>
  `(function(){console.log("info","hello board=${name} waiting=0");` +
  `setInterval(function(){console.log("info","tick of=${name}")},50);"${"x".repeat(padding)}"})();`;

const SECRET = "correct horse battery staple";
const configuration = (jid: string) => ({
  name: "microspime.json",
  bytes: Buffer.from(JSON.stringify({ jid, password: SECRET })),
});
/** Every octet that there is, Ctrl-C among them, and more than one line of the console takes. */
const key = {
  name: "microspime.key",
  bytes: Buffer.from(Uint8Array.from({ length: 2050 }, (_, at) => at)),
};
const OLD = {
  program: programNamed("old"),
  files: { "microspime.json": "old", "microspime.key": "old", "microspime.rng0": "state" },
};

describeBoard(title, function () {
  this.timeout(30_000);
  let board: KalumaBoard;
  let events: KalumaFlashEvent[];

  async function start(options: KalumaBoardOptions = {}): Promise<void> {
    board = await startKalumaBoard(options);
    events = [];
  }
  afterEach(async () => {
    const { misuses } = board;
    await board.stop();
    assert.deepEqual(misuses, []);
  });

  function flash(more: Partial<KalumaFlashOptions> = {}): Promise<void> {
    return flashKaluma({
      port: board.port,
      greetings: 1,
      greetingMs: 3000,
      board: { name: "pico2w", engine: { board: "pico2-w", version: "1.3.0" } },
      program: Buffer.from(programNamed("new")),
      files: [key, configuration("new@example.org/spime")],
      transfer: cli!.transfer,
      helloMs: 5000,
      stallMs: 5000,
      onEvent: (event) => events.push(event),
      ...more,
    });
  }

  async function failureOf(flashing: Promise<void>): Promise<Failure> {
    const outcome = await flashing.then(
      () => "no failure",
      (error: unknown) => error,
    );
    assert.ok(outcome instanceof Failure, String(outcome));
    assert.equal(outcome.exitCode, 6);
    return outcome;
  }

  const named = (name: KalumaFlashEvent["event"]) => events.filter(({ event }) => event === name);
  const file = (name: string) => Buffer.from(board.flash.files.get(`/${name}`) ?? "");
  const program = () => Buffer.from(board.flash.program).toString("latin1");

  function planned() {
    const [event] = named("plan");
    assert.ok(event?.event === "plan");
    return event.plan;
  }

  /** Unplugs it as soon as a line for it matches. */
  function cutAt(wanted: RegExp): void {
    let line = "";
    board.intercept((bytes) => {
      line = (line + bytes.toString("latin1")).slice(-4000);
      if (!wanted.test(line)) return bytes;
      void board.unplug();
      return undefined;
    });
  }

  async function plugIn(): Promise<void> {
    board.intercept(undefined);
    board.plugIn();
    await board.untilPrinted(/Welcome/);
  }

  it("takes an empty board to its hello, octet by octet", async () => {
    await start();
    await flash();
    assert.equal(program(), programNamed("new"));
    assert.deepEqual(file("microspime.key"), key.bytes);
    assert.deepEqual([...board.flash.files.keys()].sort(), ["/microspime.json", "/microspime.key"]);
    const hello = named("hello")[0];
    assert.ok(hello.event === "hello" && hello.line === "info hello board=new waiting=0");
    await board.unplug();
    await plugIn();
    await board.untilPrinted(/hello board=new/);
  });

  it("takes the place of a program that runs and prints, and keeps what the board has noted", async () => {
    await start(OLD);
    await board.untilPrinted(/tick of=old/);
    await flash();
    await board.untilPrinted(/tick of=new/);
    assert.doesNotMatch(board.log().split("hello board=new")[1], /of=old/);
    assert.equal(file("microspime.rng0").toString(), "state");
  });

  it("sends nothing twice, and one file with the program", async () => {
    await start();
    await flash();
    events = [];
    await flash();
    assert.equal(planned().bytesToSend, 0);
    assert.deepEqual([named("written").length, named("hello").length], [0, 1]);
    events = [];
    const files = [key, configuration("other@example.org/spime")];
    await flash({ files });
    const sent = planned().steps.filter(({ from }) => from === 0);
    assert.deepEqual(
      sent.map(({ file: { name } }) => name),
      ["microspime.json", "pico2w.js"],
    );
    assert.deepEqual(file("microspime.json"), files[1].bytes);
  });

  it("changes nothing on a dry run: the old program does not notice", async () => {
    await start(OLD);
    await flash({ isDryRun: true });
    assert.ok(planned().bytesToSend > 5000);
    assert.deepEqual([program(), file("microspime.key").toString()], [OLD.program, "old"]);
    assert.equal(board.log().match(/info hello/g)?.length, 1);
    await board.untilPrinted(/tick of=old[^]*tick of=old[^]*$/);
  });

  it("erases what is not sent where it is asked to, but for the generator's state", async () => {
    const files = { ...OLD.files, "microspime.claim": "owner", "notes.txt": "mine" };
    await start({ ...OLD, files });
    await flash({ erasesData: true });
    assert.deepEqual([...board.flash.files.keys()].sort(), [
      ...["/microspime.json", "/microspime.key", "/microspime.rng0", "/notes.txt"],
    ]);
  });

  it("never says what is in the files", async () => {
    await start(OLD);
    await flash();
    const told = JSON.stringify(events.filter(({ event }) => event !== "plan"));
    assert.doesNotMatch(told, new RegExp(SECRET));
    const digits = Buffer.from(SECRET).toString("hex");
    assert.ok(!board.log().includes(SECRET) && !board.log().includes(digits));
  });

  it("leaves the old program with the old files when the cable is pulled before all has come", async () => {
    await start(OLD);
    cutAt(/microspimeHex\+="7b/);
    const { message, advice } = await failureOf(flash());
    assert.match(message, /^tcp:.* was cut while microspime\.json was sent\.$/);
    assert.match(advice, /^The old program is untouched, and starts again with the board\. Run/);
    await plugIn();
    await board.untilPrinted(/tick of=old/);
    assert.deepEqual([file("microspime.key").toString(), program()], ["old", OLD.program]);
    await flash();
    assert.deepEqual([program(), file("microspime.key")], [programNamed("new"), key.bytes]);
    assert.equal(board.flash.files.has("/microspime.key.new"), false);
  });

  const moments = {
    "it is erased": /\.flash -e\r/,
    "the first file takes its place": /rename\("\/microspime\.key/,
    "the last file takes its place": /rename\("\/microspime\.json/,
    "the program begins": /\.flash -w\r/,
    // eslint-disable-next-line no-control-regex
    "the program is half there": /\x02\x02\xfd/,
  };
  for (const [moment, line] of Object.entries(moments)) {
    it(`runs no program with files that are not its own when the cable is pulled as ${moment}`, async () => {
      await start(OLD);
      cutAt(line);
      const { message, advice } = await failureOf(flash());
      assert.match(message, /was cut while pico2w\.js was sent\.$/);
      assert.match(advice, /^The board has no whole program now, and runs none\. Run the same/);
      await plugIn();
      await new Promise((resolve) => setTimeout(resolve, 200));
      const isOld = program() === OLD.program && file("microspime.key").toString() === "old";
      if (!isOld) assert.doesNotMatch(board.log(), /info hello/);
      await flash();
      await board.untilPrinted(/hello board=new/);
      assert.deepEqual([program(), file("microspime.key")], [programNamed("new"), key.bytes]);
    });
  }

  it("goes on with a board that waits for the rest of a program", async () => {
    await start(OLD);
    let isHeldUp = false;
    board.intercept((bytes) => {
      isHeldUp ||= bytes.includes(Buffer.from("\x02\x02\xfd", "latin1"));
      return isHeldUp ? undefined : bytes;
    });
    const { message } = await failureOf(flash({ stallMs: 1000 }));
    assert.match(message, /^The board did not take pico2w\.js: it stands still\.$/);
    board.intercept(undefined);
    await flash({ greetings: 2 });
    assert.equal(program(), programNamed("new"));
  }).timeout(40_000);

  it("does not take a refused program for a written one, as the tool does", async () => {
    await start({ ...OLD, programBytes: 2000 });
    const { message, advice } = await failureOf(flash());
    assert.match(message, /^The board did not take pico2w\.js: Verification failed\.$/);
    assert.match(advice, /runs none/);
  });

  it("reads back what lies in flash", async () => {
    await start({ wornAt: 1234 });
    const { message } = await failureOf(flash());
    assert.match(
      message,
      /^The board did not take pico2w\.js: what it has is not what was sent\.$/,
    );
  });

  /** Another first digit, so often. */
  function damage(times: number): void {
    board.intercept((bytes) => {
      const text = bytes.toString("latin1");
      if (!text.includes('microspimeHex+="') || times-- <= 0) return bytes;
      return Buffer.from(text.replace(/\+="./, '+="f'));
    });
  }

  it("sends a file again that was damaged on the way", async () => {
    await start(OLD);
    damage(1);
    await flash();
    assert.deepEqual(file("microspime.key"), key.bytes);
  });

  it("starts the old program again when a file does not arrive", async () => {
    await start(OLD);
    damage(1000);
    const { message, advice } = await failureOf(flash());
    assert.match(
      message,
      /^The board did not take microspime\.key: its checksum is another one\.$/,
    );
    assert.match(advice, /^The old program is untouched, and was started again\. Run/);
    await board.untilPrinted(/hello board=old[^]*hello board=old[^]*tick of=old/);
    assert.deepEqual(
      [...board.flash.files.keys()].sort(),
      Object.keys(OLD.files).map((n) => `/${n}`),
    );
    assert.equal(file("microspime.key").toString(), "old");
  });

  it("shows why the new program does not start", async () => {
    await start();
    const reason = "configuration: host must be a local address, or plainTo the same";
    const stopping = Buffer.from(`console.error("error stopped reason=${reason}")`);
    const { message, advice } = await failureOf(flash({ program: stopping }));
    assert.match(message, /does not start; it says: error stopped reason=config.*host/);
    assert.match(advice, /^It stays on the board/);
  });

  it("says when the new program says nothing", async () => {
    await start();
    const { message } = await failureOf(flash({ program: Buffer.from("0"), helloMs: 300 }));
    assert.match(message, /^The new program did not say hello within 0\.3 s\.$/);
  });

  it("refuses another board, and an older Kaluma", async () => {
    await start({ board: "pico-w", version: "1.2.1" });
    const other = await failureOf(flash());
    assert.match(
      other.message,
      /^This is a Kaluma for pico-w, and pico2w needs one for pico2-w\.$/,
    );
    const engine = { board: "pico-w", version: "1.3.0" };
    const older = await failureOf(flash({ board: { name: "picow", engine } }));
    assert.match(
      older.message,
      /^The board has Kaluma 1\.2\.1, and the program is written for 1\.3\.0/,
    );
    assert.equal(board.flash.program.length, 0);
  });

  it("interrupts a program that never lets go of the console", async () => {
    await start({ program: "for(;;)process.stdin.read(1)" });
    await board.untilPrinted(/Welcome/);
    const { message } = await failureOf(flash());
    assert.match(message, /^Nothing answers at tcp:/);
    await flash({ interrupts: true });
    assert.equal(program(), programNamed("new"));
  }).timeout(40_000);

  it("sends the text as it is, line ends too", async () => {
    const text = programNamed("new").replace('"});', '"});\n/* two\nlines */\n');
    await start();
    await flash({ program: Buffer.from(text) });
    const sum = (value: string) => createHash("sha256").update(value).digest("hex");
    assert.equal(sum(program()), sum(text));
    events = [];
    await flash({ program: Buffer.from(text) });
    assert.equal(planned().bytesToSend, 0);
  });
});

describe("Who is there, where Kaluma should be", () => {
  it("is told by what it says", async () => {
    const { createServer } = await import("node:net");
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        socket.write(`\x00\xff\x1b[2JPassword:\r\n`);
        socket.write(bytes);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    try {
      await assert.rejects(
        flashKaluma({
          port: `tcp://127.0.0.1:${port}`,
          greetings: 1,
          greetingMs: 500,
          board: { name: "pico2w", engine: { board: "pico2-w", version: "1.3.0" } },
          program: Buffer.from("0"),
          files: [],
          transfer: () => assert.fail("nothing is sent"),
          helloMs: 1000,
          onEvent: () => {},
        }),
        ({ exitCode, message, advice }: Failure) => {
          assert.equal(exitCode, 6);
          assert.match(
            message,
            /^No Kaluma answers at tcp:.*; what is there says "Password: \.echo/,
          );
          return /--interrupt/.test(advice);
        },
      );
    } finally {
      server.close();
    }
  }).timeout(20_000);
});
