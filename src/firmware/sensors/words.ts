// Words of 16 bits, high byte first, as all these sensors send them but for Modbus's CRC.

/** The two bytes of a number from 0 to 65535. */
export function word(value: number): string {
  return String.fromCharCode(value >> 8, value & 255);
}

/** NaN beyond the end. */
export function wordAt(bytes: string, at: number): number {
  return bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1);
}
