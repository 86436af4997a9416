// The server's side of Modbus over a serial line (Modbus Application Protocol V1.1b3, Modbus over Serial
// Line V1.02), for registers that a sensor has. Frames are found by their length and CRC instead of by the
// pauses between them.

import { crc16Of } from "../../sensors/checks.js";
import type { Framing } from "./frame-finder.js";

/** Section 6 of the application protocol, and SenseAir's function to read a K30's memory. */
export const ModbusFunction = {
  readHolding: 3,
  readInput: 4,
  writeCoil: 5,
  writeHolding: 6,
  readRam: 0x44,
} as const;

/** Section 7. */
export const ModbusException = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  deviceFailure: 4,
} as const;

const EXCEPTION_FLAG = 0x80;
const REQUEST_BYTES = 8;
const RAM_REQUEST_BYTES = 7;
const CRC_BYTES = 2;

function withCrc(body: number[]): Buffer {
  const frame = Buffer.from([...body, 0, 0]);
  frame.writeUInt16LE(crc16Of(frame.subarray(0, body.length)), body.length);
  return frame;
}

/** Requests to these addresses. */
export function modbusFraming(addresses: readonly number[]): Framing {
  return {
    frameBytes(head) {
      if (!addresses.includes(head[0])) return 0;
      if (head.length < 2) return undefined;
      return head[1] === ModbusFunction.readRam ? RAM_REQUEST_BYTES : REQUEST_BYTES;
    },
    isFrame: (frame) =>
      crc16Of(frame.subarray(0, -CRC_BYTES)) === frame.readUInt16LE(frame.length - CRC_BYTES),
  };
}

/** The answer to a read of registers or memory: the number of bytes, then the bytes. */
export function dataAnswer(request: Buffer, data: Buffer): Buffer {
  return withCrc([request[0], request[1], data.length, ...data]);
}

export function exceptionAnswer(request: Buffer, exception: number): Buffer {
  return withCrc([request[0], request[1] | EXCEPTION_FLAG, exception]);
}

/** Sections 6.5 and 6.6: the answer to a write that is done is the request. */
export function writeAnswer(request: Buffer, exception: number | undefined): Buffer {
  return exception === undefined ? request : exceptionAnswer(request, exception);
}

interface RegisterRange {
  readonly from: number;
  readonly count: number;
}

function rangeOf(request: Buffer): RegisterRange {
  return { from: request.readUInt16BE(2), count: request.readUInt16BE(4) };
}

/** Registers in a row as bytes, big-endian; `undefined` when one of them is not there. */
function registersOf(
  { from, count }: RegisterRange,
  register: (address: number) => number | undefined,
): Buffer | undefined {
  const data = Buffer.alloc(2 * count);
  for (let i = 0; i < count; i++) {
    const value = register(from + i);
    if (value === undefined) return undefined;
    data.writeUInt16BE(value & 0xffff, 2 * i);
  }
  return data;
}

/** Section 6.3: at most 125 registers in one answer. */
const MOST_REGISTERS = 125;

/** The whole answer to a request to read: data, or the exception that fits. */
export function readAnswer(
  request: Buffer,
  register: (address: number) => number | undefined,
): Buffer {
  const range = rangeOf(request);
  if (range.count === 0 || range.count > MOST_REGISTERS) {
    return exceptionAnswer(request, ModbusException.illegalValue);
  }
  const data = registersOf(range, register);
  if (!data) return exceptionAnswer(request, ModbusException.illegalAddress);
  return dataAnswer(request, data);
}
