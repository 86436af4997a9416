// Modbus over serial line (specification V1.02, section 2.5.1 RTU; application protocol V1.1b3, section 6), as a
// master with one sensor.

import type { Question } from "./uart-talk.js";
import { word } from "./words.js";

/** The frame with its CRC-16, low byte first. */
export function withCrc16(body: string): string {
  let crc = 0xffff;
  for (let at = 0; at < body.length; at++) {
    crc ^= body.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0xa001 : 0);
  }
  return body + String.fromCharCode(crc & 255, crc >> 8);
}

/** Functions 3 and 4 read `value` registers, 5 and 6 write it; those are answered with themselves. */
export function modbusQuestion(
  address: number,
  operation: number,
  register: number,
  value: number,
): Question {
  const start = String.fromCharCode(address, operation);
  const body = start + word(register) + word(value);
  const error = String.fromCharCode(address, operation | 128);
  const frame = withCrc16(body);
  if (operation > 4) return { frame, begins: body, count: 8, error };
  return { frame, begins: start + String.fromCharCode(2 * value), count: 5 + 2 * value, error };
}
