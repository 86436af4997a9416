// STARTTLS, RFC 6120 section 5, up to the moment where TLS may begin. There is no way on without it: where a
// server does not offer it, or somebody has taken the offer away (CVE-2016-10027), the connection ends.

import type { Socket } from "node:net";
import { escapeText } from "../openspime/escape.js";
import type { Element } from "../server/element.js";
import { NS } from "../server/namespaces.js";
import { StreamParser } from "../server/stream-parser.js";

/** On a socket that is connected. What the server says in the clear after its consent is thrown away. */
export async function negotiateStartTls(socket: Socket, domain: string): Promise<void> {
  const header =
    `<?xml version='1.0'?><stream:stream xmlns='${NS.client}' xmlns:stream='${NS.streams}' ` +
    `version='1.0' to="${escapeText(domain)}">`;
  const listener = new ElementListener(socket);
  try {
    const features = await listener.afterSending(header);
    if (!features.child("starttls", NS.startTls)) throw new Error("the server offers no TLS");
    const consent = await listener.afterSending(`<starttls xmlns='${NS.startTls}'/>`);
    if (!consent.is("proceed", NS.startTls)) throw new Error("the server does not begin TLS");
  } finally {
    listener.stop();
  }
}

/** One element of the server's at a time. */
class ElementListener {
  private resolve: (element: Element) => void = () => {};
  private reject: (error: Error) => void = () => {};
  private readonly parser: StreamParser;
  private readonly onBytes = (bytes: Buffer) => this.parser.write(bytes);
  private readonly onEnd = () => this.fail("the server closed the connection");

  constructor(private readonly socket: Socket) {
    this.parser = new StreamParser({
      onHeader: () => {},
      onElement: (element) => this.resolve(element),
      onFooter: this.onEnd,
      onFault: () => this.fail("the server speaks no XMPP"),
    });
    socket.on("data", this.onBytes);
    socket.on("end", this.onEnd);
    socket.on("close", this.onEnd);
  }

  afterSending(text: string): Promise<Element> {
    return new Promise((resolve, reject) => {
      Object.assign(this, { resolve, reject });
      this.socket.write(text);
    });
  }

  stop(): void {
    this.parser.stop();
    this.socket.off("data", this.onBytes);
    this.socket.off("end", this.onEnd);
    this.socket.off("close", this.onEnd);
  }

  private fail(message: string): void {
    this.reject(new Error(message));
  }
}
