// u-blox' binary protocol, of what a receiver hears and says about its configuration (u-blox 8 / M8 receiver
// description UBX-13003221, sections 32.2 to 32.4; the checksum is RFC 1145's): B5 62, class, id, length, payload, Fletcher's checksum.

import type { Framing } from "./frame-finder.js";

const SYNC_1 = 0xb5;
const SYNC_2 = 0x62;
const HEAD_BYTES = 6;
const CHECK_BYTES = 2;
/** UBX-CFG-VALSET with 64 values of 8 bytes; what claims to be longer is no command. */
const MOST_PAYLOAD_BYTES = 4 + 64 * (4 + 8);

export const UbxClass = { ack: 0x05, cfg: 0x06, nmea: 0xf0 } as const;
export const UbxId = {
  nak: 0x00,
  ack: 0x01,
  cfgMessage: 0x01,
  cfgRate: 0x08,
  cfgValSet: 0x8a,
} as const;

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

export const UBX_FRAMING: Framing = {
  frameBytes(head) {
    if (head[0] !== SYNC_1 || (head.length > 1 && head[1] !== SYNC_2)) return 0;
    if (head.length < HEAD_BYTES) return undefined;
    const payloadBytes = head.readUInt16LE(4);
    return payloadBytes > MOST_PAYLOAD_BYTES ? 0 : HEAD_BYTES + payloadBytes + CHECK_BYTES;
  },
  isFrame: (bytes) => checkOf(bytes.subarray(2, -2)).equals(bytes.subarray(-2)),
};

/** What is in a whole one. */
export function ubxFrameOf(bytes: Buffer): UbxFrame {
  return { group: bytes[2], id: bytes[3], payload: bytes.subarray(HEAD_BYTES, -CHECK_BYTES) };
}
