// The GPS receiver on its line: its fixes, and what it is told where it can be told something.

import type { Platform, UartSettings } from "./platform.js";
import { createNmeaReader } from "./sensors/nmea.js";
import type { Fix } from "./sensors/nmea.js";
import type { Receiver } from "./sensors/receiver.js";

/** Variables: reading sentences takes some 200 of them. Without them bytes are lost; others will come. */
const ROOM_FOR_SENTENCE = 250;

/** `earliestMs` as for the reader. Throws when the UART is not there. */
export function senseGps(
  { uart, room }: Platform,
  settings: UartSettings,
  onFix: (fix: Fix) => void,
  earliestMs: number | undefined,
  receiver: Receiver | undefined,
): void {
  function onSentence(name: string): void {
    const words = receiver!.answer(name);
    if (words) line.write(words);
  }

  const reader = createNmeaReader(onFix, earliestMs, receiver && onSentence);
  const line = uart.open(settings, function (bytes) {
    if (room() > ROOM_FOR_SENTENCE) reader.push(bytes);
  });
  if (receiver) line.write(receiver.start());
}
