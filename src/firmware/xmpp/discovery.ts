// What a board tells about itself: its kind and its features (XEP-0030), always the same, so that the hash of
// it (XEP-0115 section 5.1) is a constant. test/firmware/discovery.test.ts computes it.

import { attribute } from "../xml/element.js";
import { DISCO_INFO, PING, qualified } from "./namespaces.js";

const FEATURES =
  "<identity category='client' type='bot'/><feature var='" +
  DISCO_INFO +
  "'/><feature var='openspime:protocol:core'/><feature var='" +
  PING +
  "'/>";

/** The answer to disco#info; `node` comes back as it was asked for. */
export function discoInfo(node: string | undefined): string {
  return qualified("query", DISCO_INFO, FEATURES, attribute("node", node));
}

/**
 * Begins a session. Messages for the bare address are not for a board: hence the priority. Behind it a server brings each
 * request to subscribe again that nobody has answered (RFC 6121 section 3.1.3), also one that a board cannot take in.
 */
export const PRESENCE =
  "<presence><priority>-1</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:x-microspime' ver='QPf2aUIPrJQB1rBhokTPJlPQDN4='/></presence>";
