// TCP of Kaluma on a Pico W, as it is in 1.2.1 and 1.3.0-beta.2: src/modules/net/net.js, stream/stream.js and
// pico_cyw43/module_pico_cyw43.c, over lwIP. What goes wrong there is told in few places, and in none reliably:
// - The error that the driver hands to its callbacks is a number taken for a JavaScript value, and arrives as 0. A write
//   that was dropped and a connect without a route look like success; the driver's `errno` knows better.
// - In 1.3 an error "returned" by the driver (no Wi-Fi, no such name) is a value that nobody looks at. No event comes.
// - "drain" never comes: the driver answers inside of the call, when the stream has not yet cleared its buffer.
// - Nobody hears of a reset (lwIP's tcp_err is not set): not of a refused connection, nor of one that the other side has
//   lost. lwIP has freed its end by then, and who closes it frees it twice.
// - While the driver waits for the name server (3 s) or the Wi-Fi (30 s) it serves the other connections, in the middle of
//   whatever called it.

import type { ServerAddress } from "../configuration.js";
import type { HostSocketEvents, HostSockets } from "./host-contract.js";
import { textOf } from "../octets.js";

interface KalumaSocket {
  /** -1: the driver has given none. */
  _fd: number;
  on(event: "connect" | "close", handler: () => void): void;
  on(event: "data", handler: (bytes: Uint8Array) => void): void;
  on(event: "error", handler: (error: Error) => void): void;
  connect(address: { host: string; port: number }): void;
  write(text: string): void;
  flush(onDone: () => void): void;
  destroy(): void;
}

interface Connection {
  write(bytes: Uint8Array, onDone: () => void): void;
  close(): void;
}

declare const __netdev: { errno: number };
declare function require(name: "net"): { Socket: new () => KalumaSocket };
declare function setTimeout(callback: () => void, delayMs: number): number;

/** What a host may give at a time; lwIP hands over up to 11,680. */
const MOST_BYTES = 2048;
/** Of the driver's 16: with the rest of them a restart still has what it needs. */
const MOST_LOST = 12;
/** lwIP asks once more after 3 s; and so long a server may take to answer. */
const ANSWER_MS = 4000;

type StartTimer = (delayMs: number, callback: () => void) => void;

/** `onLost`: the driver's end of a connection must not be closed, and what stood for it is lost until a restart. */
function openConnection(
  { host, port }: ServerAddress,
  events: HostSocketEvents,
  start: StartTimer,
  onLost: () => void,
): Connection {
  let socket: KalumaSocket | undefined;
  /** lwIP still has its end. From the first packet until there is an answer nobody knows, nor from a write until something comes. */
  let hasEnd = true;
  let isOpen = false;
  let isClosed = false;

  function later(callback: () => void): void {
    setTimeout(function () {
      if (!isClosed) callback();
    }, 0);
  }

  function destroy(): void {
    if (!hasEnd) onLost();
    else if (socket) socket.destroy();
  }

  function release(): void {
    isClosed = true;
    if (hasEnd) destroy();
    // What was written last may be answered yet, were it by the other side's close.
    else start(ANSWER_MS, destroy);
  }

  /** After what has come before. */
  function end(reason: string): void {
    later(function () {
      release();
      events.onClose(reason);
    });
  }

  function attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      end("" + (error as Error).message);
    }
  }

  function passOn(bytes: Uint8Array): void {
    later(function () {
      events.onBytes(bytes);
    });
  }

  function listen(opened: KalumaSocket): void {
    opened.on("connect", function () {
      hasEnd = isOpen = true;
      // Given up meanwhile.
      if (isClosed) opened.destroy();
      else later(events.onOpen);
    });
    opened.on("data", function (bytes) {
      hasEnd = true;
      for (let at = 0; at < bytes.length; at += MOST_BYTES) {
        passOn(new Uint8Array(bytes.subarray(at, at + MOST_BYTES)));
      }
    });
    opened.on("close", function () {
      hasEnd = true;
      end("closed");
    });
    opened.on("error", function (error) {
      end("" + error.message);
    });
  }

  attempt(function () {
    socket = new (require("net").Socket)();
    listen(socket);
    socket.connect({ host, port });
    if (socket._fd < 0 || __netdev.errno) end("no connection");
    else hasEnd = false;
    start(ANSWER_MS, function () {
      if (!isOpen) end("no answer");
    });
  });

  return {
    write: function (bytes, onDone) {
      attempt(function () {
        hasEnd = false;
        socket!.write(textOf(bytes));
        socket!.flush(function () {
          later(onDone);
        });
        if (__netdev.errno) end("not written");
      });
    },
    close: function () {
      if (!isClosed) release();
    },
  };
}

export function kalumaSockets(start: StartTimer, restart: () => void): HostSockets {
  const connections: { [handle: number]: Connection } = {};
  let lastHandle = 0;
  let lost = 0;

  return {
    tls: "none",
    connect: function (address, events) {
      const handle = ++lastHandle;
      const forgetting: HostSocketEvents = {
        onOpen: events.onOpen,
        onBytes: events.onBytes,
        onClose: function (reason) {
          delete connections[handle];
          events.onClose(reason);
        },
      };
      connections[handle] = openConnection(address, forgetting, start, function () {
        if (++lost === MOST_LOST) restart();
      });
      return handle;
    },
    write: function (handle, bytes, onDone) {
      const connection = connections[handle];
      if (connection) connection.write(bytes, onDone);
    },
    close: function (handle) {
      const connection = connections[handle];
      delete connections[handle];
      if (connection) connection.close();
    },
  };
}
