// A socket for xmpp.js that speaks to one certificate only, told by its fingerprint: direct TLS (XEP-0368), or
// STARTTLS, which it does by itself, so that the package never sees the stream before it is safe.

import { EventEmitter } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { tlsOptions, whenTrusted } from "../certificates/index.js";
import { negotiateStartTls } from "./starttls.js";

export interface PinnedPlace {
  readonly host: string;
  readonly port: number;
  /** Of the JID. */
  readonly domain: string;
  readonly fingerprint: string;
  readonly isDirect: boolean;
}

/** What xmpp.js listens to: `connect` (once the certificate is the right one), `data`, `error`, `close`. */
export class PinnedSocket extends EventEmitter {
  /** As the package asks, before it says who it is. */
  readonly secure = true;
  private socket: Socket | undefined;

  connect(place: PinnedPlace): void {
    const { host, port, domain, isDirect } = place;
    if (isDirect) return this.secureWith(place, connectTls({ host, port, ...optionsOf(place) }));
    const open = connectTcp({ host, port });
    this.take(open);
    open.once("connect", () => {
      negotiateStartTls(open, domain).then(
        () => this.upgrade(open, place),
        (error: Error) => open.destroy(error),
      );
    });
  }

  write(text: string, onWritten?: (error?: Error | null) => void): void {
    this.socket?.write(text, onWritten);
  }

  end(): void {
    this.socket?.end();
  }

  private upgrade(open: Socket, place: PinnedPlace): void {
    this.secureWith(place, connectTls({ socket: open, ...optionsOf(place) }));
  }

  private secureWith(place: PinnedPlace, socket: TLSSocket): void {
    this.take(socket);
    whenTrusted(socket, place, () => {
      socket.on("data", (bytes) => this.emit("data", bytes));
      this.emit("connect");
    });
  }

  private take(socket: Socket): void {
    this.socket = socket;
    const emit = (event: string) => (value: unknown) => {
      // What is below TLS speaks only as long as there is none.
      if (this.socket === socket) this.emit(event, value);
    };
    socket.on("error", emit("error"));
    socket.on("close", emit("close"));
  }
}

function optionsOf({ domain, fingerprint }: PinnedPlace) {
  return tlsOptions(domain, { fingerprint });
}
