// Connections of a board that computes RSA in memory of its own: what comes meanwhile waits until there is room for
// all that comes of it. A request while a report was sealed stopped a board of 3,400 variables.

import type { ByteString, Sockets, Timer } from "./platform.js";

/** RSA takes seconds. */
const HOLD_MS = 500;
/** A request to claim the board is about 500 long. */
const MOST_HELD_BYTES = 1024;

/**
 * `isShort`: no room now, though there will be. More than can be held ends the connection: the server sends again what
 * it was not told of (XEP-0198).
 */
export function patientSockets(sockets: Sockets, timer: Timer, isShort: () => boolean): Sockets {
  return {
    isVerifying: sockets.isVerifying,
    dial: function (address, { onOpen, onBytes, onClose }) {
      let held = "";

      function deliver(): void {
        if (isShort()) timer.start(HOLD_MS, deliver);
        else {
          const bytes = held;
          held = "";
          onBytes(bytes);
        }
      }

      function take(bytes: ByteString): void {
        const isFirst = !held;
        held += bytes;
        if (isFirst) deliver();
        else if (held.length > MOST_HELD_BYTES) {
          socket.close();
          onClose("no-room");
        }
      }

      const socket = sockets.dial(address, { onOpen, onBytes: take, onClose });
      return socket;
    },
  };
}
