// One TCP or TLS connection: output in small pieces, bounded, traced, closed in good order.
import type { Socket } from "node:net";
import { cutInChunks } from "./chunks.js";
import type { Style } from "./serialise.js";

const MAX_UNSENT_BYTES = 1024 * 1024;
/** How long a peer may take to close its side after the stream ended: RFC 6120 section 4.4. */
const LINGER_MS = 2000;

export type Direction = "in" | "out";
export type TraceBytes = (direction: Direction, bytes: Uint8Array) => void;

export interface ConnectionEvents {
  onBytes(bytes: Uint8Array): void;
  onClosed(): void;
}

export type ConnectionState = "open" | "ending" | "closed";

export class Connection {
  private state: ConnectionState = "open";
  private unsent: Buffer[] = [];
  private unsentBytes = 0;
  private pumping = false;
  private linger: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly style: Style,
    private readonly trace: TraceBytes,
  ) {
    socket.setNoDelay(true);
  }

  listen(events: ConnectionEvents): void {
    this.socket.on("data", (bytes: Buffer) => {
      this.trace("in", bytes);
      events.onBytes(bytes);
    });
    this.socket.on("end", () => this.end());
    // A reset or a broken write is followed by `close`: there is nothing more to do about it.
    this.socket.on("error", () => this.destroy());
    this.socket.on("close", () => this.onSocketClosed(events));
  }

  send(text: string): void {
    if (this.state !== "open") return;
    const chunks = cutInChunks(Buffer.from(text), this.style);
    this.unsent.push(...chunks);
    this.unsentBytes += chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    // A peer that does not read must not fill our memory.
    if (this.unsentBytes + this.socket.writableLength > MAX_UNSENT_BYTES) this.destroy();
    else this.schedulePump();
  }

  /** Sends what is left, then closes our side and gives the peer a moment to close its own. */
  end(): void {
    if (this.state !== "open") return;
    this.state = "ending";
    this.linger = setTimeout(() => this.destroy(), LINGER_MS);
    this.schedulePump();
  }

  destroy(): void {
    this.socket.destroy();
  }

  // A turn of the event loop between two chunks, or the kernel would glue them together again.
  private schedulePump(): void {
    if (this.pumping) return;
    this.pumping = true;
    setImmediate(() => this.pump());
  }

  private pump(): void {
    this.pumping = false;
    const chunk = this.unsent.shift();
    if (chunk !== undefined) this.writeChunk(chunk);
    if (this.unsent.length > 0) this.schedulePump();
    else if (this.state === "ending") this.socket.end();
  }

  private writeChunk(chunk: Buffer): void {
    if (this.socket.destroyed) return;
    this.unsentBytes -= chunk.length;
    this.trace("out", chunk);
    this.socket.write(chunk);
  }

  private onSocketClosed(events: ConnectionEvents): void {
    this.state = "closed";
    this.unsent = [];
    clearTimeout(this.linger);
    events.onClosed();
  }
}
