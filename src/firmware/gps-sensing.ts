// The GPS receiver on its line: its fixes, and what it is told where it can be told something.

import type { Platform, UartSettings } from "./platform.js";
import { createNmeaReader } from "./sensors/nmea.js";
import type { Fix } from "./sensors/nmea.js";
import type { Receiver } from "./sensors/receiver.js";

/** Variables: reading sentences takes some 200 of them. Without them bytes are lost; others will come. */
const ROOM_FOR_SENTENCE = 251;

/** An epoch has fewer, and RMC: without, the receiver has been without power and has forgotten what it was told. */
const MOST_WITHOUT_RMC = 20;

/** `earliestMs` as for the reader. Throws when the UART is not there. */
export function senseGps(
  { uart, hasRoom }: Platform,
  settings: UartSettings,
  onFix: (fix: Fix) => void,
  earliestMs: number | undefined,
  receiver: Receiver | undefined,
): void {
  let withoutRmc = 0;

  function onSentence(name: string): void {
    withoutRmc = name.slice(2) === "RMC" ? 0 : withoutRmc + 1;
    const isForgotten = withoutRmc === MOST_WITHOUT_RMC;
    const words = isForgotten ? receiver!.start() : receiver!.answer(name);
    if (isForgotten) withoutRmc = 0;
    if (words) line.write(words);
  }

  const reader = createNmeaReader(onFix, earliestMs, receiver && onSentence);
  const line = uart.open(settings, function (bytes) {
    if (hasRoom(ROOM_FOR_SENTENCE)) reader.push(bytes);
  });
  if (receiver) line.write(receiver.start());
}
