// A loopback TCP proxy in front of a server, for one client at a time, which does to each connection what
// networks do. Which fault, and where, is chosen by a seed: the same seed, the same run.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Random } from "../../src/desktop/server/random.js";
import { HOST } from "./loopback.js";

export const FAULTS = [
  /** A reset in both directions (RST). */
  "cut",
  /** Open, but not a byte goes through any more, and none is read. */
  "stall",
  /** The client's bytes are read and lost, nothing comes back. */
  "half-open",
  /** The server's bytes come one by one, up to a reset. */
  "byte-by-byte",
  /** Bytes that are no XML among the server's. */
  "garbage",
  /** The connection ends in order (FIN), but in the middle of what the server says. */
  "mid-stanza",
  /** A fatal alert of TLS (RFC 8446 section 6) instead of the server's first byte, and the end. */
  "tls-abort",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Strike {
  readonly fault: Fault;
  /** Octets of the server's that come through before. */
  readonly afterBytes: number;
}

export interface FaultProxyOptions {
  /** The server's, on loopback. */
  readonly port: number;
  /** What happens to a connection, which are counted from 1; undefined: nothing. */
  readonly choose: (connection: number) => Strike | undefined;
  readonly onStruck?: (strike: Strike) => void;
}

export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A login takes some 1,600 octets of the server's: faults strike in it and some reports after it. */
const LATEST_BYTES = 2600;

/** Each connection's strike depends on the seed and its number alone. */
export function seededStrikes(seed: number): (connection: number) => Strike {
  return (connection) => {
    const random = new Random(seed, connection);
    const fault = FAULTS[random.below(FAULTS.length)];
    return { fault, afterBytes: fault === "tls-abort" ? 0 : random.below(LATEST_BYTES) };
  };
}

/** handshake_failure. */
const ALERT = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);
/** Neither UTF-8, nor a character of XML, nor a tag. */
const GARBAGE = Buffer.from([0xc3, 0x28, 0x00, 0x3c, 0x26, 0xff, 0x3c, 0x21, 0x2d]);

export async function openFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  let current: Connection | undefined;
  let count = 0;
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    // Whoever comes anew has given up what was there before.
    current?.drop();
    const strike = options.choose((count += 1));
    current = new Connection(client, options.port, strike, options.onStruck ?? (() => {}));
  });
  listener.listen(0, HOST);
  await once(listener, "listening");
  return {
    host: HOST,
    port: (listener.address() as AddressInfo).port,
    close: async () => {
      const closed = once(listener, "close");
      listener.close();
      current?.drop();
      await closed;
    },
  };
}

class Connection {
  private readonly server: Socket;
  private passed = 0;
  private isStruck = false;
  private pending: Buffer[] = [];
  private isTrickling = false;

  constructor(
    private readonly client: Socket,
    port: number,
    private readonly strike: Strike | undefined,
    private readonly onStruck: (strike: Strike) => void,
  ) {
    this.server = connect({ host: HOST, port, noDelay: true });
    client.setNoDelay(true);
    client.on("data", (bytes) => this.fromClient(bytes));
    this.server.on("data", (bytes) => this.fromServer(bytes));
    for (const socket of [client, this.server]) {
      socket.on("error", () => this.drop());
      socket.on("close", () => this.drop());
    }
    client.on("end", () => this.server.end());
    this.server.on("end", () => client.end());
  }

  drop(): void {
    this.pending = [];
    this.client.destroy();
    this.server.destroy();
  }

  private fromClient(bytes: Buffer): void {
    if (this.isStruck && this.strike?.fault !== "garbage") return;
    if (this.server.writable) this.server.write(bytes);
  }

  private fromServer(bytes: Buffer): void {
    const { strike, passed } = this;
    if (this.isStruck && strike?.fault !== "garbage") return;
    this.passed += bytes.length;
    const isDue = strike !== undefined && !this.isStruck && this.passed > strike.afterBytes;
    if (isDue) this.hit(strike, bytes, strike.afterBytes - passed);
    else this.toClient(bytes);
  }

  /** `before`: how many of these bytes come through. */
  private hit(strike: Strike, bytes: Buffer, before: number): void {
    this.isStruck = true;
    const { fault } = strike;
    // A stanza that ends there would be whole.
    const cutAt = fault === "mid-stanza" ? Math.min(before, bytes.length - 2) : before;
    if (fault !== "tls-abort") this.toClient(bytes.subarray(0, Math.max(0, cutAt)));
    this.onStruck(strike);
    if (fault === "cut") this.reset();
    else if (fault === "stall") this.client.pause();
    else if (fault === "mid-stanza") this.client.end();
    else if (fault === "tls-abort") this.client.end(ALERT);
    else if (fault === "garbage") this.toClient(Buffer.concat([GARBAGE, bytes.subarray(cutAt)]));
    else if (fault === "byte-by-byte" && !this.isTrickling) this.reset();
  }

  private toClient(bytes: Buffer): void {
    if (this.strike?.fault !== "byte-by-byte") {
      if (this.client.writable) this.client.write(bytes);
      return;
    }
    for (let at = 0; at < bytes.length; at++) this.pending.push(bytes.subarray(at, at + 1));
    if (!this.isTrickling) this.trickle();
  }

  /** A byte a turn of the loop; after the last before the strike, the reset. */
  private trickle(): void {
    const byte = this.pending.shift();
    this.isTrickling = byte !== undefined;
    if (byte === undefined) {
      if (this.isStruck) this.reset();
      return;
    }
    if (this.client.writable) this.client.write(byte);
    setImmediate(() => this.trickle());
  }

  private reset(): void {
    this.client.resetAndDestroy();
    this.server.destroy();
  }
}
