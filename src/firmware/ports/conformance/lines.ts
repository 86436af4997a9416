// The sockets, the network and the UARTs of a host.

import type { HostSocketEvents } from "../host-contract.js";
import { allOctets, differenceOf, now } from "./check.js";
import type { Around, Check, Problem } from "./check.js";

/** Nobody serves there (RFC 6335 section 6: port 0 is reserved; 9 is discard's). */
const NOBODY = { host: "127.0.0.1", port: 9, tls: false };
const PIECE_BYTES = 1024;
const PIECES = 3;
const MOST_BYTES = 2048;
const QUIET_MS = 200;

function needsEcho({ echo }: Around): Problem {
  return echo ? undefined : "set microspimeEcho to {host, port} of an echo server";
}

/** A problem of what came, or nothing yet. */
function createCollector(expected: Uint8Array): (bytes: Uint8Array) => Problem | true {
  const got = new Uint8Array(expected.length);
  let count = 0;
  return function (bytes) {
    const problem = differenceOf(bytes, bytes);
    if (problem) return problem;
    if (bytes.length > MOST_BYTES) return bytes.length + " bytes at a time";
    if (count + bytes.length > got.length) return "more came back than was sent";
    got.set(bytes, count);
    count += bytes.length;
    return count < got.length ? undefined : differenceOf(got, expected) || true;
  };
}

/** Sends piece after piece, each when the one before it is done. */
function sendAll(
  around: Around,
  socket: number,
  bytes: Uint8Array,
  fail: (problem: string) => void,
): void {
  let at = 0;

  function sendNext(): void {
    let hasReturned = false;
    if (at >= bytes.length) return;
    const piece = new Uint8Array(bytes.subarray(at, at + PIECE_BYTES));
    at += PIECE_BYTES;
    around.host.sockets.write(socket, piece, function () {
      if (hasReturned) sendNext();
      else fail("onDone was called before write returned");
    });
    hasReturned = true;
  }

  sendNext();
}

export const LINES: Check[] = [
  {
    name: "the network comes up, and says so when attach has returned",
    run: function ({ host }, done) {
      let hasReturned = false;
      host.network.attach(undefined, function (isUp) {
        if (!hasReturned) done("onChange was called before attach returned");
        else if (isUp === true) done();
      });
      hasReturned = true;
    },
  },
  {
    name: "a connection that nobody takes is closed once, when connect has returned",
    run: function ({ host }, done) {
      let hasReturned = false;
      let closes = 0;
      host.sockets.connect(NOBODY, {
        onOpen: () => done("it is open"),
        onBytes: () => done("bytes have come"),
        onClose: function (reason) {
          if (!hasReturned) done("onClose was called before connect returned");
          else if (typeof reason !== "string") done("its reason is no text");
          else if (++closes > 1) done("onClose was called twice");
          else host.timer.start(QUIET_MS, () => done());
        },
      });
      hasReturned = true;
    },
  },
  {
    name: "bytes come back from an echo server, each octet as it was sent",
    lack: needsEcho,
    run: function (around, done) {
      const bytes = allOctets(PIECE_BYTES * PIECES - 1);
      const collect = createCollector(bytes);
      const { sockets } = around.host;
      const { host, port } = around.echo!;
      const events: HostSocketEvents = {
        onOpen: () => sendAll(around, socket, bytes, done),
        onBytes: function (piece) {
          const problem = collect(piece);
          if (!problem) return;
          sockets.close(socket);
          done(problem === true ? undefined : problem);
        },
        onClose: (reason) => done("closed: " + reason),
      };
      const socket = sockets.connect({ host, port, tls: false }, events);
    },
  },
  {
    name: "a socket that was closed here says nothing any more",
    lack: needsEcho,
    run: function ({ host, echo }, done) {
      let isClosed = false;
      const socket = host.sockets.connect(
        { host: echo!.host, port: echo!.port, tls: false },
        {
          onOpen: function () {
            host.sockets.write(socket, allOctets(16), () => {});
            host.sockets.close(socket);
            isClosed = true;
            host.timer.start(QUIET_MS, () => done());
          },
          onBytes: () => done(isClosed ? "bytes have come after close" : "bytes have come"),
          onClose: (reason) => done("onClose was called: " + reason),
        },
      );
    },
  },
  now("a UART that is not there is an error", function ({ uart }) {
    try {
      uart.open({ device: "no such device", baud: 9600 }, function () {});
    } catch {
      return undefined;
    }
    return "open has returned";
  }),
];
