// What a board tells about itself: its kind and its features (XEP-0030), always the same, so that the hash of
// it (XEP-0115 section 5.1) is a constant. test/firmware/discovery.test.ts computes it.

import { attribute } from "../xml/element.js";
import { DISCO_INFO, PING } from "./namespaces.js";

const CAPS = "http://jabber.org/protocol/caps";

/** The answer to disco#info; `node` comes back as it was asked for. */
export function discoInfo(node: string | undefined): string {
  const asked = node === undefined ? "" : attribute("node", node);
  const features = [CAPS, DISCO_INFO, "openspime:protocol:core", PING];
  return (
    "<query" +
    attribute("xmlns", DISCO_INFO) +
    asked +
    "><identity category='client' type='bot'/>" +
    features.map((name) => "<feature" + attribute("var", name) + "/>").join("") +
    "</query>"
  );
}

/** Sent at the beginning of a session. Messages for the bare address are not for a board: hence the priority. */
export const PRESENCE =
  "<presence><priority>-1</priority><c xmlns='" +
  CAPS +
  "' hash='sha-1' node='urn:x-microspime' ver='uZ7bM56Ov9abIejqa8HC9NFeLu8='/></presence>";
