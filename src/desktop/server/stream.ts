// An XML stream over one connection: RFC 6120 section 4. Sessions see headers and elements, and
// answer with elements; what is wrong with the XML itself is answered here.
import { randomBytes } from "node:crypto";
import type { StreamCondition } from "./conditions.js";
import type { Connection } from "./connection.js";
import { type Element, element, inContentNamespace } from "./element.js";
import { NS } from "./namespaces.js";
import { attributesText, serialise, type Style } from "./serialise.js";
import { STANZA_NAMES } from "./stanza.js";
import { StreamParser } from "./stream-parser.js";
import { NODE_TIMERS, type TimerHandle, type Timers } from "./timers.js";

const STREAM_ID_BYTES = 12;

export interface StreamHeader {
  readonly element: Element;
  readonly contentNamespace: string;
}

export type Closure =
  | "ended" // a footer or a stream error said so, theirs or ours
  | "lost"; // the connection was gone without

export interface StreamListener {
  onHeader(header: StreamHeader): void;
  onElement(element: Element): void;
  /** The stream is about to end; what is sent now still goes out before its footer, or its error. */
  onEnding?(): void;
  onClosed(how: Closure): void;
}

export type StreamState =
  | "awaiting-header" // nothing sent yet, or the stream is being restarted
  | "open" // our header is out
  | "closed"; // our footer is out, or the connection is gone

/** What carries a stream: TCP, or what behaves like it. */
export type Carrier = Pick<Connection, "listen" | "send" | "end" | "destroy">;

export class Stream {
  private state: StreamState = "awaiting-header";
  private readonly parser: StreamParser;
  private listener: StreamListener | undefined;
  private deadline: TimerHandle | undefined;

  constructor(
    private readonly connection: Carrier,
    readonly style: Style,
    private readonly contentNamespace: string,
    private readonly domain: string,
    readonly timers: Timers = NODE_TIMERS,
  ) {
    this.parser = new StreamParser({
      onHeader: (header, namespace) => this.onHeader(header, namespace),
      onElement: (received) => this.onElement(received),
      onFooter: () => this.close(),
      onFault: (condition) => this.fail(condition),
    });
  }

  listen(listener: StreamListener): void {
    this.listener = listener;
    this.connection.listen({
      onBytes: (bytes) => this.parser.write(bytes),
      onClosed: () => this.onConnectionClosed(),
    });
  }

  /** Whoever has not finished the handshake by then is sent away. */
  startDeadline(milliseconds: number): void {
    this.deadline = this.timers.after(milliseconds, () => this.fail("connection-timeout"));
  }

  clearDeadline(): void {
    this.timers.cancel(this.deadline);
  }

  /** RFC 6120 section 4.7: returns the stream id. */
  open(attributes: { from: string; version?: string; to?: string }): string {
    this.state = "open";
    const id = randomBytes(STREAM_ID_BYTES).toString("hex");
    const present = Object.entries({ ...attributes, id }).filter((pair) => pair[1] !== undefined);
    const declarations: [string, string][] = [
      ["xmlns", this.contentNamespace],
      ["xmlns:stream", NS.streams],
      ["xml:lang", "en"],
    ];
    const written = attributesText(
      [...declarations, ...(present as [string, string][])],
      this.style,
    );
    this.connection.send(`<?xml version='1.0'?><stream:stream${written}>`);
    return id;
  }

  /** Takes elements in the content namespace of clients and writes them in that of the stream. */
  send(outgoing: Element): void {
    if (this.state !== "open") return;
    const content = inContentNamespace(outgoing, NS.client, this.contentNamespace);
    this.connection.send(serialise(content, this.contentNamespace, this.style));
  }

  /** After SASL: both sides start over on the same connection, RFC 6120 section 6.4.6. */
  restart(): void {
    this.state = "awaiting-header";
    this.parser.restart();
  }

  /**
   * Stream errors cannot be recovered from: RFC 6120 section 4.9.1.1. `details` stand beside the defined
   * condition: section 4.9.4.
   */
  fail(condition: StreamCondition, ...details: Element[]): void {
    if (this.state === "closed") return;
    // Section 4.9.1.2: an error found before our header went out is sent after it all the same.
    if (this.state === "awaiting-header") this.open({ from: this.domain, version: "1.0" });
    this.listener?.onEnding?.();
    const defined = element(condition, NS.streamErrors);
    this.send(element("error", NS.streams, {}, defined, ...details));
    this.finish();
  }

  /** RFC 6120 section 4.4. */
  close(): void {
    this.listener?.onEnding?.();
    this.finish();
  }

  private finish(): void {
    if (this.state === "open") this.connection.send("</stream:stream>");
    this.state = "closed";
    this.parser.stop();
    this.connection.end();
    this.listener?.onClosed("ended");
  }

  /** Cuts the connection without a word, as a dying link does. */
  cut(): void {
    this.connection.destroy();
    this.onConnectionClosed();
  }

  private onHeader(header: Element, contentNamespace: string): void {
    const condition = this.headerFault(header, contentNamespace);
    if (condition !== undefined) this.fail(condition);
    else this.listener?.onHeader({ element: header, contentNamespace });
  }

  /** Hands stanzas on in the content namespace of clients, whatever the stream's own. */
  private onElement(received: Element): void {
    const foreign = received.namespace !== this.contentNamespace;
    if (foreign && STANZA_NAMES.includes(received.name)) return this.fail("invalid-namespace");
    this.listener?.onElement(inContentNamespace(received, this.contentNamespace, NS.client));
  }

  private headerFault(header: Element, contentNamespace: string): StreamCondition | undefined {
    if (header.namespace !== NS.streams) return "invalid-namespace";
    if (header.name !== "stream") return "bad-format";
    if (contentNamespace !== this.contentNamespace) return "invalid-namespace";
    return header.get("to") === undefined ? "improper-addressing" : undefined;
  }

  private onConnectionClosed(): void {
    this.clearDeadline();
    this.parser.stop();
    if (this.state === "closed") return;
    this.state = "closed";
    this.listener?.onClosed("lost");
  }
}
