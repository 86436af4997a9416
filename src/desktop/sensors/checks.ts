// The checks of CO2 sensors' frames, computed a second time beside the firmware's: for `microspime co2` and for the
// simulated sensors.

/** Sum of all bytes modulo 256; right frames with a check of their own have 0. */
export function sumOf(bytes: Buffer): number {
  return bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);
}

/** A cyclic redundancy check: reflected or not, as its parameters in Koopman's and Cook's catalogues are. */
function crcOf(bytes: Buffer, start: number, step: (crc: number) => number, place: number): number {
  return bytes.reduce((crc, byte) => {
    let next = crc ^ (byte << place);
    for (let bit = 0; bit < 8; bit++) next = step(next);
    return next;
  }, start);
}

/** CRC-16/MODBUS: 0x8005 reflected. */
export function crc16Of(bytes: Buffer): number {
  return crcOf(bytes, 0xffff, (crc) => (crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1), 0);
}

/** CRC-8/NRSC-5, Sensirion's. */
export function crc8Of(bytes: Buffer): number {
  return crcOf(bytes, 0xff, (crc) => (crc & 0x80 ? (crc << 1) ^ 0x131 : crc << 1), 0) & 0xff;
}
