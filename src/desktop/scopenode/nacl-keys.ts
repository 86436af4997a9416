// The key that a ScopeNode gives to those who ask for it, docs/nacl.md: signed as the document signs everything, with the RSA
// key that the certification service tells.

import { xml } from "@xmpp/component";
import type { Element } from "@xmpp/component";
import { keysElement } from "../openspime/nacl.js";
import { CORE } from "../openspime/namespaces.js";
import type { Security } from "../openspime/opening.js";
import { sign } from "../openspime/signature.js";

/** Undefined where the suite is not on. `cert` is only said again: who asks knows whom it believes. */
export function signedKeys(security: Security, osid: string, cert: string): Element | undefined {
  const { boxKey, privateKey } = security;
  if (boxKey === undefined || privateKey === undefined) return undefined;
  const keys = keysElement("X25519", boxKey, osid);
  const signature = xml("sign", {}, sign(keys, privateKey));
  const originator = xml("originator", { cert, osid }, signature);
  return xml("openspime", { xmlns: CORE, version: "0.9" }, originator, xml("transport", {}, keys));
}
