// Stanzas of a connection as XML, for whoever wants to see them.

import type { Element } from "@xmpp/client";

export type OnStanza = (direction: "sent" | "received", xml: string) => void;

/** Clients and components of the xmpp.js packages. */
interface Watched {
  on(event: "send" | "element", listener: (element: Element) => void): unknown;
}

const STANZAS = ["iq", "message", "presence"];

/** From now on, both directions. */
export function watchStanzas(entity: Watched, onStanza: OnStanza): void {
  const tell = (direction: "sent" | "received") => (element: Element) => {
    if (STANZAS.includes(element.name)) onStanza(direction, element.toString());
  };
  entity.on("send", tell("sent"));
  entity.on("element", tell("received"));
}
