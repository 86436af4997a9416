// How a u-blox receiver is told which NMEA sentences to send by its UART1, by generation:
//
//    8  UBX-CFG-MSG: u-blox 8 / M8 receiver description UBX-13003221
//    9  that and UBX-CFG-VALSET: ZED-F9P interface description UBX-18010854 R04, 5.9.27.1
//   10  UBX-CFG-VALSET: M10 SPG 5.10 interface description UBX-21035062 R02, 3.10: no CFG-MSG
//
// Each command is acknowledged (UBX-ACK-ACK) or refused (UBX-ACK-NAK), and one that is refused changes nothing.
// Of the configuration there is no more here than these sentences: what else a receiver can be told is refused.
// Neither are there polls nor transactions of more than one message.

import { ubxBytes, UbxClass, type UbxFrame, UbxId } from "./ubx.js";

export type UbloxGeneration = 8 | 9 | 10;

interface Message {
  /** In class F0: UBX-21035062, 2.7. */
  readonly id: number;
  /** CFG-MSGOUT-NMEA_ID_…_I2C; those of the other ports follow. UBX-21035062, 4.9.11. */
  readonly firstKey: number;
}

const MESSAGES: Readonly<Record<string, Message>> = {
  DTM: { id: 0x0a, firstKey: 0x209100a6 },
  RMC: { id: 0x04, firstKey: 0x209100ab },
  VTG: { id: 0x05, firstKey: 0x209100b0 },
  GNS: { id: 0x0d, firstKey: 0x209100b5 },
  GGA: { id: 0x00, firstKey: 0x209100ba },
  GSA: { id: 0x02, firstKey: 0x209100bf },
  GSV: { id: 0x03, firstKey: 0x209100c4 },
  GLL: { id: 0x01, firstKey: 0x209100c9 },
  GRS: { id: 0x06, firstKey: 0x209100ce },
  GST: { id: 0x07, firstKey: 0x209100d3 },
  ZDA: { id: 0x08, firstKey: 0x209100d8 },
  GBS: { id: 0x09, firstKey: 0x209100dd },
  VLW: { id: 0x0f, firstKey: 0x209100e7 },
};

/** What receivers of all three generations send before they are told anything, in this order (the logs' of gpsd). */
export const UBLOX_SENTENCES = ["RMC", "VTG", "GGA", "GSA", "GSV", "GLL"] as const;

/** As in a CFG-MSG for all of them (where a sixth is reserved) and among the keys of a message. */
const PORTS = ["I2C", "UART1", "UART2", "USB", "SPI"];
const UART_1 = 1;
/** UBX-21035062 has keys for these only. */
const PORTS_OF_10 = ["I2C", "UART1", "SPI"];

/** UBX-CFG-VALSET: version, layers, two bytes; then pairs of a key and, for these keys, a value of one byte. */
const HEAD_BYTES = 4;
const PAIR_BYTES = 5;
const MOST_PAIRS = 64;
const Layer = { ram: 1, battery: 2, flash: 4, all: 7 } as const;

/** Epochs from one such sentence to the next, by its name; 0: none. */
type Rates = ReadonlyMap<string, number>;

/** One key and its value. */
interface Pair {
  readonly name: string;
  readonly port: number;
  readonly rate: number;
}

/** `undefined` for a key that is no message's on a port that it has. */
function pairOf(bytes: Buffer, generation: UbloxGeneration): Pair | undefined {
  const key = bytes.readUInt32LE(0);
  const ports = generation === 10 ? PORTS_OF_10 : PORTS;
  for (const [name, { firstKey }] of Object.entries(MESSAGES)) {
    const port = key - firstKey;
    if (ports.includes(PORTS[port])) return { name, port, rate: bytes[4] };
  }
  return undefined;
}

export class UbloxOutput {
  /** How often the flash was written. */
  flashWrites = 0;
  /** In the battery-backed RAM or the flash: over those that it comes with. */
  private saved: Rates = new Map();
  private rates: Rates = new Map();

  /** `sentences`: what it sends before it is told anything. */
  constructor(
    readonly generation: UbloxGeneration,
    private readonly sentences: readonly string[] = UBLOX_SENTENCES,
  ) {
    this.reboot();
  }

  /** What was set in RAM is gone. */
  reboot(): void {
    const usual: [string, number][] = this.sentences.map((name) => [name, 1]);
    this.rates = new Map([...usual, ...this.saved]);
  }

  /** Whether it sends such sentences (`GSV`) in the epoch with that number. */
  sends(name: string, epoch = 0): boolean {
    const rate = this.rates.get(name) ?? 0;
    return rate > 0 && epoch % rate === 0;
  }

  /** The answer to a command; of other classes than CFG no command is answered. */
  obey(frame: UbxFrame): Buffer | undefined {
    const { group, id } = frame;
    if (group !== UbxClass.cfg) return undefined;
    return answerTo(frame, this.change(id, frame.payload));
  }

  private change(id: number, payload: Buffer): boolean {
    if (id === UbxId.cfgMessage && this.generation <= 9) return this.setMessage(payload);
    if (id === UbxId.cfgValSet && this.generation >= 9) return this.setValues(payload);
    return false;
  }

  /** Class and id of the message, then its rate on the port that this came by, or on each of six. */
  private setMessage(payload: Buffer): boolean {
    if (payload.length !== 3 && payload.length !== 8) return false;
    const rate = payload.length === 3 ? payload[2] : payload[2 + UART_1];
    const name = Object.keys(MESSAGES).find((each) => MESSAGES[each].id === payload[1]);
    if (payload[0] !== UbxClass.nmea || name === undefined) return false;
    this.rates = new Map([...this.rates, [name, rate]]);
    return true;
  }

  private setValues(payload: Buffer): boolean {
    const [version, layers, transaction] = payload;
    const count = (payload.length - HEAD_BYTES) / PAIR_BYTES;
    const isWhole = Number.isInteger(count) && count >= 0 && count <= MOST_PAIRS;
    const isPlain = version === 0 || (version === 1 && transaction === 0);
    if (!isWhole || !isPlain || !(layers & Layer.all)) return false;
    const pairs = Array.from({ length: count }, (_, i) =>
      pairOf(payload.subarray(HEAD_BYTES + PAIR_BYTES * i), this.generation),
    );
    // One unknown key spoils all.
    if (!pairs.every((pair) => pair !== undefined)) return false;
    this.apply(layers, pairs);
    return true;
  }

  /** Of a key that comes twice the last value counts. */
  private apply(layers: number, pairs: readonly Pair[]): void {
    const own = pairs.filter(({ port }) => port === UART_1);
    const changes = own.map(({ name, rate }): [string, number] => [name, rate]);
    if (layers & Layer.ram) this.rates = new Map([...this.rates, ...changes]);
    if (layers & ~Layer.ram) this.saved = new Map([...this.saved, ...changes]);
    if (layers & Layer.flash) this.flashWrites++;
  }
}

/** UBX-ACK-ACK or UBX-ACK-NAK, with class and id of the command. */
export function answerTo({ group, id }: UbxFrame, isDone: boolean): Buffer {
  return ubxBytes(UbxClass.ack, isDone ? UbxId.ack : UbxId.nak, Buffer.from([group, id]));
}
