// What lies between a board and its server, without TCP: two lanes of bytes that arrive late, and in their order. A
// connection can be cut, stalled or half open; the whole network can hold everything, and let it go later.

import type { ServerAddress } from "../../../src/firmware/configuration.js";
import type { Socket, SocketHandlers } from "../../../src/firmware/platform.js";
import type { Random } from "../../../src/desktop/server/random.js";
import type { Carrier } from "../../../src/desktop/server/stream.js";
import { cutInChunks } from "../../../src/desktop/server/chunks.js";
import type { Style } from "../../../src/desktop/server/serialise.js";
import type { SteppedClock } from "../../support/stepped-clock.js";

export const LINK_FAULTS = ["cut", "stall", "half-open", "mid-stanza", "garbage"] as const;
export type LinkFault = (typeof LINK_FAULTS)[number];

/** What happens to a connection, and after how many octets of the server's. */
export interface LinkStrike {
  readonly fault: LinkFault;
  readonly afterBytes: number;
}

export interface NetworkOptions {
  readonly clock: SteppedClock;
  readonly random: Random;
  /** Of connections, which are counted from 1. */
  readonly strike: (connection: number) => LinkStrike | undefined;
  readonly onStruck: (fault: LinkFault) => void;
  /** A connection has come through to the server; false: nobody listens. */
  readonly accept: (end: ServerEnd) => boolean;
}

type Packet = { readonly bytes: Buffer; readonly dueMs: number } | "end";

const MOST_LATENCY_MS = 300;
/** A packet that has to be sent again. */
const LATE_MS = 4000;
/** How long a connection is tried where nothing comes back. */
const DIAL_TIMEOUT_MS = 20_000;
/** How long a peer may take to close its side: as in server/connection.ts. */
const LINGER_MS = 2000;
/** Neither UTF-8, nor a character of XML, nor a tag. */
const GARBAGE = Buffer.from([0xc3, 0x28, 0x00, 0x3c, 0x26, 0xff, 0x3c, 0x21, 0x2d]);

/** One direction of one connection. */
class Lane {
  isHeld = false;
  isLossy = false;
  private packets: Packet[] = [];
  private lastDueMs = 0;

  constructor(
    private readonly network: Network,
    private readonly arrive: (bytes: Buffer) => void,
    private readonly onEnd: () => void,
  ) {}

  send(bytes: Buffer): void {
    const { clock } = this.network.options;
    this.lastDueMs = Math.max(this.lastDueMs, clock.nowMs() + this.network.latencyMs());
    this.packets.push({ bytes, dueMs: this.lastDueMs });
    clock.after(this.lastDueMs - clock.nowMs(), () => this.pump());
  }

  /** Behind all that was sent. */
  end(): void {
    this.packets.push("end");
    this.network.options.clock.after(this.network.latencyMs(), () => this.pump());
  }

  clear(): void {
    this.packets = [];
  }

  pump(): void {
    const nowMs = this.network.options.clock.nowMs();
    while (!this.isHeld && !this.network.isHeld) {
      const [packet] = this.packets;
      if (packet === undefined || (packet !== "end" && packet.dueMs > nowMs)) return;
      this.packets.shift();
      if (this.isLossy) continue;
      if (packet === "end") this.onEnd();
      else this.arrive(packet.bytes);
    }
  }
}

/** The server's end of a connection, for its streams. */
export class ServerEnd implements Carrier {
  private state: "open" | "ending" | "closed" = "open";
  private events: Parameters<Carrier["listen"]>[0] | undefined;
  private style: Style | undefined;

  constructor(private readonly link: Link) {}

  /** How it cuts what it sends. */
  cutAs(style: Style): void {
    this.style = style;
  }

  listen(events: Parameters<Carrier["listen"]>[0]): void {
    this.events = events;
  }

  send(text: string): void {
    if (this.state !== "open") return;
    const bytes = Buffer.from(text);
    const chunks = this.style ? cutInChunks(bytes, this.style) : [bytes];
    for (const chunk of chunks) if (chunk.length > 0) this.link.toBoard.send(chunk);
  }

  end(): void {
    if (this.state !== "open") return;
    this.state = "ending";
    this.link.toBoard.end();
    this.link.network.options.clock.after(LINGER_MS, () => this.destroy());
  }

  destroy(): void {
    if (this.state === "open") this.link.toBoard.end();
    this.onGone();
  }

  /** Bytes of the board's. */
  take(bytes: Buffer): void {
    // Nobody is there any more: a reset.
    if (this.state === "closed") this.link.toBoard.end();
    else this.events?.onBytes(bytes);
  }

  /** The board has closed its side. */
  onBoardEnd(): void {
    this.end();
    this.onGone();
  }

  onGone(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.link.network.forget(this.link);
    this.events?.onClosed();
  }
}

export class Link {
  readonly toBoard: Lane;
  readonly serverEnd: ServerEnd;
  private readonly toServer: Lane;
  private isOver = false;
  private passed = 0;
  private isStruck = false;
  private written: string[] = [];

  constructor(
    readonly network: Network,
    private readonly handlers: SocketHandlers,
    private readonly strike: LinkStrike | undefined,
  ) {
    this.serverEnd = new ServerEnd(this);
    this.toBoard = new Lane(
      network,
      (bytes) => this.fromServer(bytes),
      () => this.endForBoard("closed"),
    );
    this.toServer = new Lane(
      network,
      (bytes) => this.serverEnd.take(bytes),
      () => this.serverEnd.onBoardEnd(),
    );
  }

  open(): void {
    if (!this.isOver) this.handlers.onOpen();
  }

  fail(reason: string): void {
    this.endForBoard(reason);
  }

  /** What is written in one go travels together. */
  write(text: string): void {
    if (this.isOver) return;
    if (this.written.length === 0) this.network.options.clock.after(0, () => this.flush());
    this.written.push(text);
  }

  close(): void {
    if (this.isOver) return;
    this.flush();
    this.isOver = true;
    this.toServer.end();
  }

  /** Its power is gone: nobody says so to the server. */
  abandon(): void {
    this.isOver = true;
    this.written = [];
  }

  pump(): void {
    this.toServer.pump();
    this.toBoard.pump();
  }

  private flush(): void {
    if (this.written.length === 0) return;
    const bytes = Buffer.from(this.written.join(""), "latin1");
    this.written = [];
    this.toServer.send(bytes);
  }

  private fromServer(bytes: Buffer): void {
    if (this.isOver) return;
    const { strike } = this;
    const before = strike && !this.isStruck ? strike.afterBytes - this.passed : Infinity;
    this.passed += bytes.length;
    if (!strike || before >= bytes.length) this.toHandlers(bytes);
    else this.hit(strike.fault, bytes, Math.max(before, 0));
  }

  private hit(fault: LinkFault, bytes: Buffer, before: number): void {
    this.isStruck = true;
    this.network.options.onStruck(fault);
    this.toHandlers(bytes.subarray(0, before));
    if (fault === "garbage") this.toHandlers(Buffer.concat([GARBAGE, bytes.subarray(before)]));
    else if (fault === "stall") this.toBoard.isHeld = this.toServer.isHeld = true;
    else if (fault === "half-open") this.toBoard.isLossy = this.toServer.isLossy = true;
    else {
      this.endForBoard(fault === "cut" ? "ECONNRESET" : "closed");
      this.serverEnd.onGone();
    }
  }

  private toHandlers(bytes: Buffer): void {
    if (!this.isOver && bytes.length > 0) this.handlers.onBytes(bytes.toString("latin1"));
  }

  private endForBoard(reason: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.toServer.clear();
    this.serverEnd.onGone();
    this.handlers.onClose(reason);
  }
}

export class Network {
  /** Nothing arrives. */
  isHeld = false;
  connections = 0;
  private readonly links = new Set<Link>();

  constructor(readonly options: NetworkOptions) {}

  /** As a platform's, and `abandon`: the board's power has failed. */
  dial(_address: ServerAddress, handlers: SocketHandlers): Socket & { abandon(): void } {
    const strike = this.options.strike((this.connections += 1));
    const link = new Link(this, handlers, strike);
    this.options.clock.after(this.latencyMs(), () => this.connect(link));
    return {
      write: (text) => link.write(text),
      close: () => link.close(),
      abandon: () => link.abandon(),
    };
  }

  latencyMs(): number {
    const { random } = this.options;
    return random.below(50) === 0 ? random.below(LATE_MS) : 1 + random.below(MOST_LATENCY_MS);
  }

  release(): void {
    this.isHeld = false;
    for (const link of [...this.links]) link.pump();
  }

  /** All that the server had is gone; who is there to be told is told. */
  reset(): void {
    for (const link of [...this.links]) link.serverEnd.destroy();
  }

  forget(link: Link): void {
    this.links.delete(link);
  }

  private connect(link: Link): void {
    if (this.isHeld) {
      this.options.clock.after(DIAL_TIMEOUT_MS, () => link.fail("ETIMEDOUT"));
      return;
    }
    this.links.add(link);
    if (!this.options.accept(link.serverEnd)) {
      this.links.delete(link);
      link.fail("ECONNREFUSED");
    } else link.open();
  }
}
