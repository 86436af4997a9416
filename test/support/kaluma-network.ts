// The network of a Pico W with Kaluma (its modules wifi, net, stream and pico_cyw43), for tests: own code, over Node's
// sockets. It tells of failures as little as Kaluma does: the error that callbacks get is always 0, a reset is told to
// nobody and frees the driver's end, and who closes that end frees it twice.

import { connect, type Socket as NodeSocket } from "node:net";
import { Emitter, type KalumaLoop, lend } from "./kaluma-loop.js";

export interface KnownNetwork {
  readonly ssid: string;
  readonly password: string;
}

interface JoinSettings {
  readonly ssid: string;
  readonly password?: string;
  readonly security?: string;
  readonly enforce?: boolean;
}

const DESCRIPTORS = 16;
const JOIN_MS = 4000;
const JOIN_TIMEOUT_MS = 30_000;
const NAME_TIMEOUT_MS = 3000;
/** TCP_SND_BUF of lwipopts.h. */
const SEND_BUFFER_BYTES = 11_680;

/** lwIP's end of a connection. */
interface End {
  readonly node: NodeSocket;
  isFreed: boolean;
}

export class KalumaNetwork {
  /** The network that is there; absent: none is. */
  there: KnownNetwork | undefined;
  isJoined = false;
  readonly joins: JoinSettings[] = [];
  /** Numbers of octets, a write each. */
  readonly writes: number[] = [];
  readonly misuses: string[] = [];
  /** Of writes from now on so many are dropped, and nobody is told. */
  toDrop = 0;
  readonly driver = { errno: 0 };
  private readonly ends = new Map<number, End | undefined>();
  private readonly happened: (() => void)[] = [];

  constructor(private readonly loop: KalumaLoop) {
    loop.add(() => this.poll());
  }

  /** Connections that the driver has room for still. */
  get freeDescriptors(): number {
    return DESCRIPTORS - this.ends.size;
  }

  /** The network goes away; nobody is told. */
  lose(): void {
    this.there = undefined;
    this.isJoined = false;
  }

  stop(): void {
    for (const end of this.ends.values()) end?.node.destroy();
  }

  /** What has happened is told in the loop, and wherever the driver waits for something. */
  poll(): void {
    for (const tell of this.happened.splice(0)) this.loop.guard(tell);
  }

  readonly wifi: object = (() => {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const network = this;
    return {
      WiFi: class extends Emitter {
        connect(settings: JoinSettings, onDone: (error: unknown, settings: object) => void): void {
          network.join(settings);
          onDone(null, settings);
        }
        getConnection(onDone: (error: unknown, connection?: object) => void): void {
          onDone(null, network.isJoined ? { ssid: network.there!.ssid, bssid: "" } : undefined);
        }
      },
    };
  })();

  readonly net: object = (() => {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const network = this;
    return {
      Socket: class extends Emitter {
        _fd = -1;
        private isDestroyed = false;
        private buffer = "";

        connect({ host, port }: { host: string; port: number }): void {
          const descriptor = network.descriptor();
          if (descriptor === undefined) return;
          this._fd = descriptor;
          network.dial(descriptor, host, port, {
            onOpen: () => this.emit("connect"),
            onBytes: (bytes) => lend(bytes, (lent) => this.emit("data", lent)),
            onEnd: () => this.gone(),
          });
        }

        write(text: string, onTaken?: () => void): void {
          this.buffer += text;
          network.loop.setTimeout(() => this.flush(), 0);
          onTaken?.();
        }

        /** The driver answers inside of its call, before the buffer is cleared: no "drain" ever. */
        flush(onDone?: () => void): void {
          if (!this.buffer) {
            onDone?.();
            return;
          }
          network.send(this._fd, this.buffer);
          this.buffer = "";
          network.loop.setTimeout(() => this.flush(onDone), 0);
        }

        destroy(): void {
          if (this.isDestroyed) return;
          network.hangUp(this._fd);
          this.gone();
        }

        private gone(): void {
          if (this.isDestroyed) return;
          this.isDestroyed = true;
          this.emit("close");
        }
      },
    };
  })();

  private join(settings: JoinSettings): void {
    this.joins.push(settings);
    if (!settings.enforce && this.isJoined) return;
    const { there } = this;
    const isRight = there?.ssid === settings.ssid && there.password === settings.password;
    const isSecurity = settings.security === (there?.password ? "WPA2_WPA_PSK" : "OPEN");
    this.isJoined = isRight && isSecurity;
    this.loop.block(this.isJoined ? JOIN_MS : JOIN_TIMEOUT_MS);
    this.poll();
  }

  /** Nothing, and no error, while there is no Wi-Fi. */
  private descriptor(): number | undefined {
    if (!this.isJoined) return undefined;
    for (let descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
      if (this.ends.has(descriptor)) continue;
      this.ends.set(descriptor, undefined);
      return descriptor;
    }
    throw new Error("Remote I/O error");
  }

  private dial(
    descriptor: number,
    host: string,
    port: number,
    handlers: { onOpen(): void; onBytes(bytes: Uint8Array): void; onEnd(): void },
  ): void {
    if (!/^[0-9.]+$/.test(host)) {
      // No answer from a name server; the driver serves the others while it waits.
      this.loop.block(NAME_TIMEOUT_MS);
      this.poll();
      this.driver.errno = -1;
      return;
    }
    this.driver.errno = 0;
    const end: End = { node: connect({ host, port }), isFreed: false };
    this.ends.set(descriptor, end);
    const happen = (tell: () => void) => void this.happened.push(tell);
    end.node.on("connect", () => happen(handlers.onOpen));
    end.node.on("data", (bytes) => happen(() => handlers.onBytes(bytes)));
    end.node.on("error", () => (end.isFreed = true));
    end.node.on("end", () =>
      happen(() => {
        if (this.ends.get(descriptor) === end) this.ends.delete(descriptor);
        handlers.onEnd();
      }),
    );
  }

  private send(descriptor: number, text: string): void {
    const end = this.ends.get(descriptor);
    this.writes.push(text.length);
    const isMeant = this.toDrop > 0;
    if (isMeant) this.toDrop--;
    const isDropped = isMeant || !end || end.isFreed || text.length > SEND_BUFFER_BYTES;
    this.driver.errno = isDropped ? -1 : 0;
    if (!isDropped) end.node.write(Buffer.from(text, "latin1"));
  }

  private hangUp(descriptor: number): void {
    const end = this.ends.get(descriptor);
    if (end?.isFreed) this.misuses.push(`the end of connection ${descriptor} is freed twice`);
    end?.node.destroy();
    this.ends.delete(descriptor);
    this.driver.errno = 0;
  }
}
