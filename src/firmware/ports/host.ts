// The platform of an engine whose host gives what host-contract.ts lists: JerryScript 3 in a program of its own, and Kaluma,
// whose modules kaluma.ts puts into that form.

import type { Board } from "../board.js";
import type { I2c, I2cPins, Platform, Socket, Store, Uart } from "../platform.js";
import type {
  HostI2c,
  HostSockets,
  HostStore,
  HostTimer,
  HostUart,
  MicrospimeHost,
} from "./host-contract.js";
import { octetsOf, textOf } from "../octets.js";
import { flashInFiles } from "./pages-in-files.js";

/** The network's stack has so much room, and drops what comes beside it. */
const PIECE_BYTES = 1024;
/** What may wait: a stanza of the server's longest, and what is said beside it. Who reads nothing is no server. */
const MOST_WAITING_BYTES = 16384;
/** Of heap, for what takes one of Espruino's variables, in which the agent counts. */
const BYTES_PER_VARIABLE = 16;

function openUart(uart: HostUart): Uart {
  return {
    open: function (settings, onBytes) {
      const handle = uart.open(settings, function (bytes) {
        onBytes(textOf(bytes));
      });
      return {
        write: function (text) {
          uart.write(handle, octetsOf(text));
        },
      };
    },
  };
}

export function openI2c(bus: HostI2c, pins: I2cPins): I2c {
  bus.open(pins);
  return {
    write: function (address, text) {
      return bus.write(address, octetsOf(text));
    },
    read: function (address, count) {
      const bytes = bus.read(address, count);
      return bytes && textOf(bytes);
    },
  };
}

/** What is written waits in line: the host takes a piece at a time. */
function createDial(sockets: HostSockets, timer: HostTimer): Platform["sockets"]["dial"] {
  return function (address, handlers): Socket {
    let line = "";
    let isOpen = true;
    let isWriting = false;

    function writeNext(): void {
      const piece = line.slice(0, PIECE_BYTES);
      isWriting = isOpen && !!piece;
      if (!isWriting) return;
      line = line.slice(PIECE_BYTES);
      sockets.write(socket, octetsOf(piece), writeNext);
    }

    /** Not from inside of the agent's own call. */
    function giveUp(): void {
      isOpen = false;
      line = "";
      sockets.close(socket);
      timer.start(0, function () {
        handlers.onClose("not taken");
      });
    }

    const socket = sockets.connect(address, {
      onOpen: handlers.onOpen,
      onBytes: function (bytes) {
        if (isOpen) handlers.onBytes(textOf(bytes));
      },
      onClose: function (reason) {
        if (!isOpen) return;
        isOpen = false;
        handlers.onClose(reason);
      },
    });

    return {
      write: function (text) {
        if (!isOpen) return;
        line += text;
        if (line.length > MOST_WAITING_BYTES) giveUp();
        else if (!isWriting) writeNext();
      },
      close: function () {
        if (!isOpen) return;
        isOpen = false;
        sockets.close(socket);
      },
    };
  };
}

function createStore(store: HostStore): Store {
  return {
    read: function (name) {
      const bytes = store.read(name);
      return bytes && textOf(bytes);
    },
    write: function (name, text) {
      store.write(name, octetsOf(text));
    },
  };
}

export function createPlatform(host: MicrospimeHost, { queue, button, alarm }: Board): Platform {
  const { clock, timer, sockets, machine, network, log } = host;
  const platform: Platform = {
    clock,
    timer,
    uart: openUart(host.uart),
    store: createStore(host.store),
    flash: function () {
      return flashInFiles(host.store, queue!);
    },
    hasRoom: function (variables) {
      return !machine.freeBytes || machine.freeBytes() >= variables * BYTES_PER_VARIABLE;
    },
    console: machine.console,
    button: function (onPress) {
      if (machine.button && button) machine.button(button, onPress);
    },
    sockets: { isVerifying: sockets.tls === "verified", dial: createDial(sockets, timer) },
    network,
    restart: machine.restart,
    feedWatchdog: machine.feedWatchdog,
    state: machine.state,
    noise: function () {
      return textOf(host.entropy.noise());
    },
    log: { write: log },
  };
  if (machine.light && alarm) {
    platform.alarm = function (isRaised) {
      machine.light!(alarm, isRaised);
    };
  }
  return platform;
}
