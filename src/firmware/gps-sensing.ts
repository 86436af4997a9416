// The GPS receiver on its line: its fixes, and what it is told where it can be told something.

import type { Uart, UartSettings } from "./platform.js";
import { createNmeaReader } from "./sensors/nmea.js";
import type { Fix } from "./sensors/nmea.js";
import type { Receiver } from "./sensors/receiver.js";

/** `earliestMs` as for the reader. Throws when the UART is not there. */
export function senseGps(
  uart: Uart,
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
  const line = uart.open(settings, reader.push);
  if (receiver) line.write(receiver.start());
}
