// Bytes to stream header, first-level elements and stream footer: RFC 6120 sections 4 and 11.
// The bytes may be cut anywhere. What is cut off at a bound or refused ends the parser.
import { SaxesParser, type SaxesTagNS } from "saxes";
import type { StreamCondition } from "./conditions.js";
import { type Element, elementOfTag } from "./element.js";

const MAX_STANZA_BYTES = 64 * 1024;
const MAX_DEPTH = 128;

export interface StreamEvents {
  onHeader(header: Element, contentNamespace: string): void;
  onElement(element: Element): void;
  onFooter(): void;
  onFault(condition: StreamCondition): void;
}

export type ParserState =
  | "header" // <?xml version='1.0'?><stream:stream to='localhost' …>
  | "content" // <iq …>…</iq> white space <message …>…</message> </stream:stream>
  | "stopped"; // after the footer, a fault, or stop()

class Fault extends Error {
  constructor(readonly condition: StreamCondition) {
    super(condition);
  }
}

/** saxes tells the kind of error only in words. */
function conditionOf(message: string): StreamCondition {
  if (message.includes("unbound namespace prefix")) return "bad-namespace-prefix";
  return /doctype|processing instruction/.test(message) ? "restricted-xml" : "not-well-formed";
}

function refuse(condition: StreamCondition): never {
  throw new Fault(condition);
}

export class StreamParser {
  private state: ParserState = "header";
  private readonly utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private sax: SaxesParser<{ xmlns: true }>;
  /** The open elements of the stanza being read, its root first. */
  private readonly open: Element[] = [];
  /** What to tell once saxes has accepted the piece: it reports a wrong end tag after its effect. */
  private due: (() => void)[] = [];
  /** Bytes since the last stanza, header or footer ended. */
  private pending = 0;

  constructor(private readonly events: StreamEvents) {
    this.sax = this.newSax();
  }

  private newSax(): SaxesParser<{ xmlns: true }> {
    const sax = new SaxesParser({ xmlns: true });
    sax.on("xmldecl", (declaration) => this.onDeclaration(declaration.encoding));
    sax.on("opentag", (tag) => this.onOpenTag(tag));
    sax.on("closetag", () => this.onCloseTag());
    sax.on("text", (text) => this.onText(text));
    sax.on("cdata", (text) => this.onText(text));
    sax.on("doctype", () => refuse("restricted-xml"));
    sax.on("comment", () => refuse("restricted-xml"));
    sax.on("processinginstruction", () => refuse("restricted-xml"));
    sax.on("error", (error) => refuse(conditionOf(error.message)));
    return sax;
  }

  /** Expects a new stream header on the same connection: RFC 6120 section 4.3.3. */
  restart(): void {
    this.state = "header";
    this.sax = this.newSax();
  }

  stop(): void {
    this.state = "stopped";
  }

  write(bytes: Uint8Array): void {
    if (!this.isLive()) return;
    try {
      this.readText(this.decode(bytes));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.stop();
      this.events.onFault(error.condition);
    }
  }

  private decode(bytes: Uint8Array): string {
    try {
      return this.utf8.decode(bytes, { stream: true });
    } catch {
      return refuse("not-well-formed");
    }
  }

  /** One markup character `>` at a time, so that a restart takes effect just where it was asked. */
  private readText(text: string): void {
    for (const piece of text.split(/(?<=>)/)) {
      // The parser may have been stopped by what the piece before it brought about.
      if (!this.isLive()) return;
      this.readPiece(this.pending === 0 ? piece.replace(/^[ \t\r\n]+/, "") : piece);
    }
  }

  private readPiece(piece: string): void {
    this.pending += Buffer.byteLength(piece);
    if (this.pending > MAX_STANZA_BYTES) refuse("policy-violation");
    this.sax.write(piece);
    for (const tell of this.due.splice(0)) {
      if (this.isLive()) tell();
    }
  }

  private isLive(): boolean {
    return this.state !== "stopped";
  }

  private onDeclaration(encoding: string | undefined): void {
    if (encoding !== undefined && encoding.toUpperCase() !== "UTF-8") {
      refuse("unsupported-encoding");
    }
  }

  private onOpenTag(tag: SaxesTagNS): void {
    const element = elementOfTag(tag);
    if (this.state === "header") this.endHeader(element, tag.ns[""] ?? "");
    else if (this.open.length >= MAX_DEPTH) refuse("policy-violation");
    else this.open.push(element);
  }

  private endHeader(header: Element, contentNamespace: string): void {
    this.state = "content";
    this.pending = 0;
    this.due.push(() => this.events.onHeader(header, contentNamespace));
  }

  private onCloseTag(): void {
    const element = this.open.pop();
    if (element === undefined) this.due.push(() => this.endStream());
    else if (this.open.length > 0) this.open[this.open.length - 1].children.push(element);
    else this.endStanza(element);
  }

  private endStanza(element: Element): void {
    this.pending = 0;
    this.due.push(() => this.events.onElement(element));
  }

  private endStream(): void {
    this.stop();
    this.events.onFooter();
  }

  private onText(text: string): void {
    if (this.open.length > 0) this.open[this.open.length - 1].children.push(text);
    else if (/[^ \t\r\n]/.test(text)) refuse("bad-format");
  }
}
