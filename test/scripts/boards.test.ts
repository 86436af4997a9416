// The boards' data files: they keep their schema, what they say of pins, lines and flash can be, and the documents say what
// they say. What a chip has is written here once more, from its data sheet and from Espruino's sources.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { OutputOptions, RollupOptions } from "rollup";
import { boardNames, readBoard } from "../../../../scripts/boards.js";
import { writtenPages } from "../../../../scripts/boards-page.js";
import { bundleOf, configurationsOf } from "../support/board-bundles.js";

const readJson = (file: string) => JSON.parse(readFileSync(file, "utf8")) as object;

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
});
const isBoard = ajv.compile(readJson("schema/board.schema.json"));
const isChip = ajv.compile(readJson("schema/chip.schema.json"));

function faultsOf(check: typeof isBoard, data: object): string[] {
  check(data);
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

interface Line {
  readonly device: string;
  readonly rx?: string;
  readonly tx?: string;
}

interface Board {
  readonly name: string;
  readonly port: string;
  readonly chip?: string;
  readonly console?: { readonly device: string };
  readonly uarts: { readonly gps: Line; readonly co2?: Line };
  readonly i2c?: { readonly sda: string; readonly scl: string };
  readonly button?: string;
  readonly alarm?: string;
  readonly entropy: { readonly register?: number };
  readonly queue: { readonly address: number; readonly pages: number; readonly pageBytes: number };
  readonly providers: { readonly rsa: string[] };
}

const boards = boardNames().map((name) => readBoard(name) as unknown as Board);

interface Chip {
  /** Of which Espruino knows, the console's left out (jshardwareUart.c; `usart` of the board file). */
  readonly uarts: string[];
  /** Pins that there are, and those of them that flash, USB and the console have. */
  readonly mostPin: number;
  readonly taken: number[];
  /** They read only. */
  readonly inputs: number[];
  /** The data register of the hardware's noise, and that with the cause of the last reset. */
  readonly noise: number;
  readonly resetCause: number;
}

const from = (least: number, most: number) =>
  Array.from({ length: most - least + 1 }, (_, index) => least + index);

const CHIPS: Readonly<Record<string, Chip>> = {
  esp32: {
    uarts: ["Serial2", "Serial3"],
    ...{
      mostPin: 39,
      taken: [1, 3, ...from(6, 11), 20, 24, ...from(28, 31)],
      inputs: from(34, 39),
    },
    ...{ noise: 0x3ff75144, resetCause: 0x3ff48034 },
  },
  esp32c3: {
    uarts: ["Serial2"],
    ...{ mostPin: 21, taken: [...from(11, 19)], inputs: [] },
    ...{ noise: 0x600260b0, resetCause: 0x60008038 },
  },
  esp32s3: {
    uarts: ["Serial2", "Serial3"],
    ...{ mostPin: 48, taken: [19, 20, ...from(22, 37)], inputs: [] },
    ...{ noise: 0x6003507c, resetCause: 0x60008038 },
  },
};

/** targets/rp2/src/uart.c: pins that may be RX, and TX. */
const KALUMA_UARTS: Readonly<Record<string, readonly [rx: string[], tx: string[]]>> = {
  UART0: [
    ["GP1", "GP13", "GP17"],
    ["GP0", "GP12", "GP16"],
  ],
  UART1: [
    ["GP5", "GP9"],
    ["GP4", "GP8"],
  ],
};
/** The Wi-Fi chip's (23, 24, 25, 29), and what keeps a program from being loaded (board.h: SCR_LOAD_GPIO). */
const PICO_TAKEN = [22, 23, 24, 25, 29];

const linesOf = ({ uarts }: Board) => [uarts.gps, ...(uarts.co2 ? [uarts.co2] : [])];

/** By what they are for. */
function pinsOf(board: Board): [use: string, pin: number, drives: boolean][] {
  const { uarts, i2c, button, alarm } = board;
  const named: [string, string | undefined, boolean][] = [
    ["gps rx", uarts.gps.rx, false],
    ["gps tx", uarts.gps.tx, true],
    ["co2 rx", uarts.co2?.rx, false],
    ["co2 tx", uarts.co2?.tx, true],
    ["sda", i2c?.sda, true],
    ["scl", i2c?.scl, true],
    ["button", button, false],
    ["alarm", alarm, true],
  ];
  return named.flatMap(([use, pin, drives]) =>
    pin === undefined ? [] : [[use, Number(/\d+$/.exec(pin)), drives] as [string, number, boolean]],
  );
}

describe("boards", () => {
  it("are those that there are to be", () => {
    assert.deepEqual(boardNames(), [
      ...["esp32", "esp32c3", "esp32s3", "espruino", "jerry", "linux", "pico2w", "picow", "sim"],
      "sim-nacl",
    ]);
  });

  for (const name of boardNames()) {
    it(`${name}: keeps the schema, under the file's name`, () => {
      const data = readJson(`boards/${name}.json`);
      assert.deepEqual(faultsOf(isBoard, data), []);
      assert.equal((data as Board).name, name);
    });
  }

  for (const file of readdirSync("boards/chips")) {
    it(`chips/${file}: keeps the schema`, () => {
      assert.deepEqual(faultsOf(isChip, readJson(`boards/chips/${file}`)), []);
    });
  }

  it("are all said to be untried on hardware: nobody has", () => {
    const tried = boards.map((board) => (board as unknown as { tried: string }).tried);
    assert.ok(!tried.includes("on hardware"), "then change the documents too, and this test");
  });

  const esp32 = readJson("boards/esp32.json");
  const bad: [name: string, changed: object, fault: RegExp][] = [
    ["without a name", { name: undefined }, /must have required property 'name'/],
    ["with a field that nobody knows", { colour: "red" }, /must NOT have additional properties/],
    ["with a driver that there is not", { sensors: { co2: "bme280" } }, /^\/sensors\/co2 must be/m],
    ["with a pin that is none", { button: "GPIO0" }, /^\/button must match pattern/m],
    [
      "in Kaluma without its heap",
      { port: "kaluma" },
      /^\/memory must have required property 'heapBytes'/m,
    ],
    [
      "with two pages for samples",
      { queue: { pages: 2, pageBytes: 4096 } },
      /^\/queue\/pages must/m,
    ],
    ["with samples nowhere in flash", { queue: { pages: 3, pageBytes: 4096 } }, /'address'/],
    ["with another source of noise than its chip's", { entropy: {} }, /^ must NOT be valid/m],
    [
      "with a chip and UARTs without pins",
      { uarts: { gps: { device: "Serial3", baud: 9600 } } },
      /'rx'/,
    ],
    ["in Espruino without a console", { console: undefined }, /required property 'console'/],
  ];
  for (const [name, changed, fault] of bad) {
    it(`refuses one ${name}`, () => {
      const data = JSON.parse(JSON.stringify({ ...esp32, ...changed })) as object;
      assert.match(faultsOf(isBoard, data).join("\n"), fault);
    });
  }

  it("refuses a register that is outside of the peripherals", () => {
    // What boards/esp32.json once had: 0x3FF75144, mistyped in decimal.
    const chip = { ...readJson("boards/chips/esp32.json"), entropy: { register: "0x3FEF5144" } };
    assert.match(faultsOf(isChip, chip).join("\n"), /^\/entropy\/register must match pattern/);
  });

  for (const board of boards) {
    it(`${board.name}: no line and no pin has two uses, and the console its own`, () => {
      const devices = linesOf(board).map(({ device }) => device);
      assert.equal(new Set(devices).size, devices.length);
      assert.ok(!board.console || !devices.includes(board.console.device), devices.join());
      const pins = pinsOf(board).map(([, pin]) => pin);
      assert.equal(new Set(pins).size, pins.length, pins.join());
    });
  }

  for (const board of boards.filter(({ chip }) => chip !== undefined)) {
    const chip = CHIPS[board.chip!]!;

    it(`${board.name}: its chip has those UARTs and pins, free`, () => {
      for (const { device } of linesOf(board)) assert.ok(chip.uarts.includes(device), device);
      for (const [use, pin, drives] of pinsOf(board)) {
        assert.ok(pin <= chip.mostPin && !chip.taken.includes(pin), `${use}: D${pin}`);
        assert.ok(!drives || !chip.inputs.includes(pin), `${use}: D${pin} reads only`);
      }
    });

    it(`${board.name}: samples wait where neither Storage nor the firmware is`, () => {
      // `flash,data,0x40,0x310000,64K` of both partition tables; Storage begins behind it.
      const { address, pages, pageBytes } = board.queue;
      assert.equal(pageBytes, 4096);
      assert.ok(address >= 0x310000 && address + pages * pageBytes <= 0x320000);
    });

    it(`${board.name}: its chip's registers are those of the manual`, () => {
      const { entropy, resetCause } = board as Board & { resetCause: number };
      assert.deepEqual([entropy.register, resetCause], [chip.noise, chip.resetCause]);
    });
  }

  for (const board of boards.filter(({ port }) => port === "kaluma")) {
    it(`${board.name}: its UARTs have pins that Kaluma lets them have, and no other pin is the board's own`, () => {
      for (const { device, rx, tx } of linesOf(board)) {
        const [rxs, txs] = KALUMA_UARTS[device]!;
        assert.ok(rxs.includes(rx!) && txs.includes(tx!), `${device}: ${rx}, ${tx}`);
      }
      for (const [use, pin] of pinsOf(board))
        assert.ok(!PICO_TAKEN.includes(pin), `${use}: ${pin}`);
    });

    it(`${board.name}: its bus has pins of one bus, for what each is`, () => {
      const [sda, scl] = [board.i2c!.sda, board.i2c!.scl].map((pin) => Number(pin.slice(2)));
      assert.deepEqual([sda! % 2, scl], [0, sda! + 1]);
    });

    it(`${board.name}: a page of samples fits into a file of the contract`, () => {
      assert.ok(board.queue.pageBytes <= 4096);
      assert.equal(board.queue.address, undefined);
    });
  }

  it("are in the page and in the README as they are here: else npm run boards", async () => {
    for (const [file, text] of await writtenPages()) {
      assert.equal(readFileSync(file, "utf8"), text, file);
    }
  });
});

describe("a board's bundle", function () {
  this.timeout(90_000);
  const PROVIDERS = ["esp32-rsa", "espruino-dot", "bigint", "portable"];
  let configurations: RollupOptions[];

  before(async () => {
    configurations = await configurationsOf({ ONLY: boardNames().join(" ") });
  });

  for (const board of boards) {
    it(`${board.name}: has the providers of RSA that its data file names, and no others`, async () => {
      const configuration = configurations.find(
        ({ output }) => basename((output as OutputOptions).file!, ".js") === board.name,
      )!;
      const { code } = await bundleOf(configuration);
      const found = PROVIDERS.filter((name) => code.includes(`name: "${name}"`));
      assert.deepEqual(found.sort(), [...board.providers.rsa].sort());
    });
  }

  it("is made for the boards that are asked for, and what all need", async () => {
    const made = await configurationsOf({ ONLY: "sim esp32" });
    const files = made.map(({ output }) => (output as OutputOptions).file);
    assert.deepEqual(files, [
      "build/sim.js",
      "build/esp32.js",
      "build/tools/nmea.js",
      "build/loader.js",
      "build/selftest.js",
      "build/tools/stdio-host.js",
      "build/conformance.js",
    ]);
  });
});
