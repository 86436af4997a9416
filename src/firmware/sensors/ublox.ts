// A u-blox receiver told to send RMC and GGA and nothing else: at 9600 baud an epoch of a ZED-F9P, some 2,000
// bytes, does not fit in its second. Into the receiver's RAM only: its flash stays as it is, and
// what it forgets without power it is told again when it sends something else.
//
// Up to generation 9: UBX-CFG-MSG (06 01) with three bytes, for the port that it comes in by (u-blox 8/M8
// Receiver description UBX-13003221 R25; ZED-F9P Interface description UBX-18010854 R04, 5.9.12.3: deprecated,
// and still understood). Generation 9 and 10: UBX-CFG-VALSET (06 8A) of CFG-MSGOUT-NMEA_ID_…_UART1 (M10
// Interface description UBX-20053845 R01), which has no CFG-MSG any more. A receiver refuses (UBX-ACK-NAK)
// what it does not know and does the other.

import type { Receiver } from "./receiver.js";

/** In the order of their keys for UART1, which begin with 0x209100AC and are 5 apart. */
const SENTENCES = "RMC VTG GNS GGA GSA GSV GLL GRS GST ZDA GBS";
/** Their message identifiers in class F0, a hexadecimal digit each, in the same order. */
const IDENTIFIERS = "45d02316789";
const RMC = 0;
const GGA = 3;

/**
 * A frame around class, identifier and payload (of less than 256 bytes), byte strings; its checksum is
 * that of RFC 1145 with 8 bits, over all between the two sync characters and itself.
 */
export function ubxFrame(message: string, payload: string): string {
  const body = message + String.fromCharCode(payload.length, 0) + payload;
  let a = 0;
  let b = 0;
  for (let at = 0; at < body.length; at++) {
    a += body.charCodeAt(at);
    b += a;
  }
  return "\xb5b" + body + String.fromCharCode(a & 255, b & 255);
}

/** Both messages that set how often (0 never, 1 each epoch) it sends the sentence with that place in the list. */
function rateFrames(place: number, rate: number): string {
  const identifier = parseInt(IDENTIFIERS[place], 16);
  const key = 0xac + 5 * place;
  // Version 0, layer RAM, two reserved bytes, the key, its low byte first.
  const value = String.fromCharCode(0, 1, 0, 0, key, 0, 0x91, 0x20, rate);
  return (
    ubxFrame("\x06\x01", String.fromCharCode(0xf0, identifier, rate)) + ubxFrame("\x06\x8a", value)
  );
}

/** What to write at the start: that RMC and GGA are wanted. */
export function ubloxStart(): string {
  return rateFrames(RMC, 1) + rateFrames(GGA, 1);
}

/**
 * What to write when a sentence of that name (`GPGSV`) has come: that it is not wanted, or nothing. So a
 * receiver is quiet after each kind of sentence has come once, also when it has been without power.
 */
export function ubloxAnswer(name: string): string {
  const place = SENTENCES.indexOf(name.slice(2)) / 4;
  const isWanted = place === RMC || place === GGA;
  // Not a whole number: no name in the list.
  const isKnown = name.length === 5 && place % 1 === 0;
  return isKnown && !isWanted ? rateFrames(place, 0) : "";
}

export const RECEIVER: Receiver = { start: ubloxStart, answer: ubloxAnswer };
