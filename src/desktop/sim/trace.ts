// Stanzas as they went over the wire: cuts a stream's octets where an element below the root ends, and
// shows each piece as it was written.

import { StringDecoder } from "node:string_decoder";
import { SaxesParser } from "saxes";

export type Direction = "sent" | "received";

/** Octets of one connection, from the board's point of view; `undefined` when a connection begins. */
export type Traffic = (direction: Direction, bytes: Buffer | undefined) => void;

type OnPiece = (text: string) => void;

/** One direction of one stream. */
class StreamCutter {
  private readonly decoder = new StringDecoder("utf8");
  private readonly parser = new SaxesParser();
  /** What has come and is not shown yet; it begins at `shownTo` of the stream. */
  private text = "";
  private shownTo = 0;
  private depth = 0;
  private isBroken = false;

  constructor(private readonly onPiece: OnPiece) {
    this.listen();
  }

  push(bytes: Buffer): void {
    const text = this.decoder.write(bytes);
    this.text += text;
    if (!this.isBroken) this.parser.write(text);
    // What follows a break could be anything: it is shown as it comes.
    if (this.isBroken) this.show(this.text.length);
  }

  private listen(): void {
    this.parser.on("opentag", (tag) => {
      this.depth++;
      if (this.depth === 1 && !tag.isSelfClosing) this.showParsed();
    });
    this.parser.on("closetag", () => {
      this.depth--;
      if (this.depth < 2) this.showParsed();
    });
    this.parser.on("error", () => (this.isBroken = true));
  }

  private showParsed(): void {
    if (!this.isBroken) this.show(this.parser.position - this.shownTo);
  }

  private show(length: number): void {
    const piece = this.text.slice(0, length).trim();
    this.text = this.text.slice(length);
    this.shownTo += length;
    if (piece) this.onPiece(piece);
  }
}

const LOGIN_DONE = /^<success[\s/>]/;

/** Calls `onStanza` for the stream's header, each stanza and its end, in both directions. */
export function createTrace(onStanza: (direction: Direction, text: string) => void): Traffic {
  let cutters: Record<Direction, StreamCutter>;

  function begin(): void {
    cutters = { sent: cutter("sent"), received: cutter("received") };
  }

  function cutter(direction: Direction): StreamCutter {
    return new StreamCutter((text) => {
      onStanza(direction, text);
      // After the login both sides begin their streams anew (RFC 6120 section 6.3.2).
      if (direction === "received" && LOGIN_DONE.test(text)) begin();
    });
  }

  begin();
  return (direction, bytes) => {
    if (bytes) cutters[direction].push(bytes);
    else begin();
  };
}
