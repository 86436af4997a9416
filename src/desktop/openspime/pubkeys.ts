// Public Key Publishing as OpenSpime v0.9 section 1.0.1 uses it, XEP-0189 0.7: the query for a key and the
// result with it.

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import type { KeyObject } from "node:crypto";
import { keyValueOf } from "./key-info.js";
import { PUBKEY, XMLDSIG } from "./namespaces.js";

export function pubkeysQuery(jid: string): Element {
  return xml("pubkeys", { xmlns: PUBKEY, jid });
}

export function pubkeysResult(jid: string, key: KeyObject): Element {
  const { modulus, exponent } = keyValueOf(key);
  const numbers = [xml("Modulus", {}, modulus), xml("Exponent", {}, exponent)];
  const value = xml("KeyValue", {}, xml("RSAKeyValue", {}, ...numbers));
  return xml("pubkeys", { xmlns: PUBKEY, jid }, xml("KeyInfo", { xmlns: XMLDSIG }, value));
}
