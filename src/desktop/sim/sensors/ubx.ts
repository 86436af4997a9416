// u-blox' binary protocol, of what a receiver hears and says about its configuration (u-blox 8 / M8 receiver
// description UBX-13003221, sections 32.2 to 32.4): B5 62, class, id, length, payload, Fletcher's checksum.

const SYNC_1 = 0xb5;
const SYNC_2 = 0x62;
const HEAD_BYTES = 6;
const CHECK_BYTES = 2;
/** None of the commands that this receiver knows is longer; what claims to be is no command. */
const MOST_PAYLOAD_BYTES = 64;

export const UbxClass = { ack: 0x05, cfg: 0x06, nmea: 0xf0 } as const;
export const UbxId = { nak: 0x00, ack: 0x01, cfgMessage: 0x01, cfgRate: 0x08 } as const;

export interface UbxFrame {
  readonly group: number;
  readonly id: number;
  readonly payload: Buffer;
}

/** Section 32.4, over class to payload. */
function checkOf(bytes: Buffer): Buffer {
  let [a, b] = [0, 0];
  for (const byte of bytes) {
    a = (a + byte) & 0xff;
    b = (b + a) & 0xff;
  }
  return Buffer.from([a, b]);
}

export function ubxBytes(group: number, id: number, payload: Uint8Array): Buffer {
  const body = Buffer.from([group, id, payload.length & 0xff, payload.length >> 8, ...payload]);
  return Buffer.concat([Buffer.from([SYNC_1, SYNC_2]), body, checkOf(body)]);
}

/** Finds frames in bytes cut anywhere, and passes over all else. */
export class UbxReader {
  private pending: Buffer = Buffer.alloc(0);

  constructor(private readonly onFrame: (frame: UbxFrame) => void) {}

  feed(bytes: Buffer): void {
    this.pending = Buffer.concat([this.pending, bytes]);
    while (this.pending.length > 0) {
      const length = this.lengthAtHead();
      if (length === undefined || length > this.pending.length) return;
      this.take(length);
    }
  }

  /** `undefined` when not enough has come to tell, 0 when no frame begins here. */
  private lengthAtHead(): number | undefined {
    const { pending } = this;
    if (pending[0] !== SYNC_1 || (pending.length > 1 && pending[1] !== SYNC_2)) return 0;
    if (pending.length < HEAD_BYTES) return undefined;
    const payloadBytes = pending.readUInt16LE(4);
    return payloadBytes > MOST_PAYLOAD_BYTES ? 0 : HEAD_BYTES + payloadBytes + CHECK_BYTES;
  }

  private take(length: number): void {
    const frame = this.pending.subarray(0, length);
    const isWhole = length > 0 && checkOf(frame.subarray(2, -2)).equals(frame.subarray(-2));
    this.pending = this.pending.subarray(isWhole ? length : 1);
    if (!isWhole) return;
    this.onFrame({ group: frame[2], id: frame[3], payload: frame.subarray(HEAD_BYTES, -2) });
  }
}
