// What a spime answers: claim keys right and wrong, and refusals.

import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";
import type { KeyObject } from "node:crypto";
import { claimResponse } from "../../../src/desktop/openspime/claim.js";
import { sealClaimKey } from "../../../src/desktop/openspime/claim-key.js";
import { CORE, CORE_ERROR, STANZAS } from "../../../src/desktop/openspime/namespaces.js";
import { encryptTransport } from "../../../src/desktop/openspime/transport.js";
import { canonicalForms } from "../../../src/desktop/openspime/canonical.js";
import type { Behaviour } from "./world.js";
import { ownerPublicKey, spimeKey } from "./world.js";

export const EXPIRES_AT = new Date("2099-01-02T03:04:05.000Z");

export interface ClaimChanges {
  readonly osid?: string;
  readonly authorizes?: string;
  readonly expiresAt?: Date;
  readonly key?: KeyObject;
  readonly claimKey?: string;
}

function response(iq: Element, changes: ClaimChanges): Element {
  const { from = "" } = iq.attrs;
  const { osid = from, expiresAt = EXPIRES_AT, key = spimeKey } = changes;
  return claimResponse({
    authorizes: changes.authorizes ?? from.split("/")[0],
    claimKey: changes.claimKey ?? sealClaimKey({ osid, expiresAt }, key),
  });
}

export function openspime(transport: Element): Element {
  return xml("openspime", { xmlns: CORE, version: "0.9" }, transport);
}

/** The claim response of the document. */
export function grant(changes: ClaimChanges = {}): Behaviour {
  return (iq) => openspime(xml("transport", {}, response(iq, changes)));
}

/** As the document prints it: `<claim>` without a namespace. */
export const grantAsPrinted: Behaviour = (iq) => {
  const claim = response(iq, {});
  claim.attrs = {};
  return openspime(xml("transport", {}, claim));
};

/** To an owner who has signed. */
export const grantEncrypted: Behaviour = (iq) => {
  const [canonical = ""] = canonicalForms(response(iq, {}));
  const { transportKey, text } = encryptTransport(canonical, ownerPublicKey);
  const attributes = { "content-type": "x-openspime/aes-base64", "transport-key": transportKey };
  return openspime(xml("transport", attributes, text));
};

export function deny(type: string, condition: string, openSpimeCondition?: string): Behaviour {
  const names = [xml(condition, { xmlns: STANZAS })];
  if (openSpimeCondition) names.push(xml(openSpimeCondition, { xmlns: CORE_ERROR }));
  return () => xml("error", { type }, ...names);
}

export const silence: Behaviour = () => new Promise(() => {});
