// Winsen MH-Z19B/C infrared CO2 sensor, UART 9600 8N1 (MH-Z19B user's manual v1.6, "Serial port output"):
// command FF 01 86 … 79, answer FF 86 high low temperature+40 status … checksum.

export interface Mhz19Reader {
  push(bytes: string): void;
}

/** Command 0x86: read the gas concentration. */
export const READ_CO2 = "\xff\x01\x86\0\0\0\0\0\x79";

const FRAME_BYTES = 9;
const FRAME_START = "\xff\x86";
/** The widest range that the sensor is sold with. */
const MOST_PPM = 10000;

/** ppm from the answer that `frame` begins with; NaN when it is none, or checksum or range are wrong. */
export function co2PpmOf(frame: string): number {
  let sum = 0;
  for (let at = 1; at < FRAME_BYTES; at++) sum += frame.charCodeAt(at);
  const co2Ppm = frame.charCodeAt(2) * 256 + frame.charCodeAt(3);
  const isAnswer = frame.slice(0, 2) === FRAME_START;
  // The checksum is the two's complement of the sum of bytes 1 to 7: with it the sum is 0.
  return isAnswer && sum % 256 === 0 && co2Ppm <= MOST_PPM ? co2Ppm : NaN;
}

/** Finds the answers among whatever arrives: echoes, other sensors' frames, halves of frames. */
export function createMhz19Reader(onCo2Ppm: (co2Ppm: number) => void): Mhz19Reader {
  let pending = "";
  return {
    push: function (bytes) {
      pending += bytes;
      while (pending.length >= FRAME_BYTES) {
        const co2Ppm = co2PpmOf(pending);
        const isFrame = !isNaN(co2Ppm);
        pending = pending.slice(isFrame ? FRAME_BYTES : 1);
        if (isFrame) onCo2Ppm(co2Ppm);
      }
    },
  };
}
