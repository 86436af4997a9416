// A u-blox receiver told to send RMC and GGA and nothing else: at 9600 baud an epoch of a ZED-F9P, 2,005 bytes
// out of the box, does not fit in its second. Into the receiver's RAM only: its flash stays as it is, and
// what it forgets without power it is told again when it sends something else.
//
// Up to generation 9: UBX-CFG-MSG (06 01) with three bytes, for the port that it comes in by (u-blox 8/M8
// Receiver description UBX-13003221 R25; ZED-F9P Interface description UBX-18010854 R04, 5.9.12.3: deprecated,
// and still understood). Generation 9 and 10: UBX-CFG-VALSET (06 8A) of CFG-MSGOUT-NMEA_ID_…_UART1 (M10
// Interface description UBX-20053845 R01), which has no CFG-MSG any more. A receiver refuses (UBX-ACK-NAK)
// what it does not know and does the other.

/** In the order of their message identifiers in class F0, from 0 on. */
const SENTENCES = ["GGA", "GLL", "GSA", "GSV", "RMC", "VTG", "GRS", "GST", "ZDA", "GBS"];
/** The low bytes of their keys 0x209100XX for UART1, in the same order. */
const KEYS = "\xbb\xca\xc0\xc5\xac\xb1\xcf\xd4\xd9\xde";

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
  const message = String.fromCharCode(0xf0, place, rate);
  // Version 0, layer RAM, two reserved bytes, the key, its low byte first.
  const value = String.fromCharCode(0, 1, 0, 0, KEYS.charCodeAt(place), 0, 0x91, 0x20, rate);
  return ubxFrame("\x06\x01", message) + ubxFrame("\x06\x8a", value);
}

function isWanted(sentence: string): boolean {
  return sentence === "RMC" || sentence === "GGA";
}

/** What to write at the start. */
export function ubloxStart(): string {
  return SENTENCES.map(function (sentence, place) {
    return rateFrames(place, isWanted(sentence) ? 1 : 0);
  }).join("");
}

/**
 * What to write when a sentence of that name (`GPGSV`) has come: that it is not wanted, or nothing. So a
 * receiver that has been without power is quiet again after each kind of sentence has come once.
 */
export function ubloxAnswer(name: string): string {
  const sentence = name.slice(2);
  const place = SENTENCES.indexOf(sentence);
  return place < 0 || isWanted(sentence) ? "" : rateFrames(place, 0);
}
