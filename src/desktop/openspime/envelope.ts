// The envelope of OpenSpime v0.9, sections 1.0.0 and 1.0.1, before any key is used:
//
//   <openspime xmlns='openspime:protocol:core' version='0.9'>
//     <originator cert='services@spime.openspime.com/cert' osid='…'><sign>base64</sign></originator>
//     <transport content-type='x-openspime/aes-base64' transport-key='base64'>base64</transport>
//   </openspime>
//
// In the clear <transport/> holds one element and has no attributes; unsigned there is no <sign/>. In section
// 1.2.1 <originator/> also holds <claimkey cert='services@…/cert' claims='full JID'>base64</claimkey>. In the suite of
// docs/nacl.md <sign/> and <transport/> have another content-type, and beside <sign/> stands an <openspime/> with the key.

import { clip, refuse } from "./conditions.js";
import type { Parsed } from "./conditions.js";
import { childElements, childrenNamed, textOf } from "./element.js";
import type { XmlElement } from "./element.js";
import { CORE } from "./namespaces.js";
import { NACL_CONTENT_TYPE } from "./nacl.js";
import { AES_CONTENT_TYPE } from "./transport.js";
import type { EncryptedTransport } from "./transport.js";

export interface Envelope {
  /** `osid` of <originator/>, where it says one. */
  readonly osid?: string;
  readonly signature?: Signature;
  readonly claimKey?: SealedClaimKey;
  readonly content:
    | { readonly payload: XmlElement }
    | { readonly encrypted: EncryptedTransport }
    | { readonly boxed: EncryptedTransport };
}

export interface Signature {
  /** Address of the certification service; empty where none is named. */
  readonly certifier: string;
  /** The text of <sign/>. */
  readonly text: string;
  /** Of an Ed25519 signature: the <openspime/> in which the originator's RSA key signs the key for it. */
  readonly keys?: XmlElement;
}

export interface SealedClaimKey {
  /** Address of the certification service that knows the claimed spime; empty where none is named. */
  readonly certifier: string;
  /** The claimed spime's JID. */
  readonly claims: string;
  /** For claim-key.ts. */
  readonly text: string;
}

/** What the recipient can do with an envelope. */
export interface Abilities {
  readonly decrypts: boolean;
  readonly verifies: boolean;
  /** Both in the suite of docs/nacl.md too; absent: in the document's alone. */
  readonly hasNacl?: boolean;
}

const VERSION = "0.9";

export function parseEnvelope(openspime: XmlElement, abilities: Abilities): Parsed<Envelope> {
  if (!isVersion(openspime)) return refuseVersion(openspime);
  const [transport, second] = childrenNamed(openspime, "transport", CORE);
  if (transport === undefined || second !== undefined) {
    return refuse("xml-malformed-transport-node", "not exactly one <transport/>");
  }
  if (isEncrypted(transport) && !abilities.decrypts) {
    return refuse("decryption-not-enabled", "encrypted: no key held");
  }
  const types = [AES_CONTENT_TYPE, ...(abilities.hasNacl ? [NACL_CONTENT_TYPE] : [])];
  const origin = parseOrigin(openspime, types);
  if ("fault" in origin) return origin;
  if (origin.value.signature && !abilities.verifies) {
    return refuse("signature-not-enabled", "signed: cannot verify");
  }
  const content = parseContent(transport, types);
  return "fault" in content ? content : { value: { ...origin.value, content: content.value } };
}

function isEncrypted({ attrs }: XmlElement): boolean {
  const { "transport-key": key, "content-type": type = "" } = attrs;
  return key !== undefined || [AES_CONTENT_TYPE, NACL_CONTENT_TYPE].includes(type);
}

type Origin = Pick<Envelope, "osid" | "signature" | "claimKey">;

/** The document does not say what two originators, two signatures or two claim keys would mean. */
function parseOrigin(openspime: XmlElement, types: readonly string[]): Parsed<Origin> {
  const originators = childrenNamed(openspime, "originator", CORE);
  const inside = (name: string) =>
    originators.flatMap((originator) => childrenNamed(originator, name, CORE));
  const [signs, claimKeys] = [inside("sign"), inside("claimkey")];
  if (originators.length > 1 || signs.length > 1 || claimKeys.length > 1) {
    return refuse("bad-request", "more than one <originator/>, <sign/> or <claimkey/>");
  }
  const { osid, cert = "" } = originators[0]?.attrs ?? {};
  const isNacl = signs[0]?.attrs["content-type"] === NACL_CONTENT_TYPE;
  if (isNacl && !types.includes(NACL_CONTENT_TYPE)) return refuseType(NACL_CONTENT_TYPE);
  const keys = isNacl ? inside("openspime") : [];
  if (isNacl && keys.length !== 1) return refuse("bad-request", "not one <openspime/> with keys");
  const [signature] = signs.map((sign) => signatureOf(sign, cert, keys[0]));
  const [claimKey] = claimKeys.map(parseClaimKey);
  return {
    value: {
      ...(osid && { osid }),
      ...(signature && { signature }),
      ...(claimKey && { claimKey }),
    },
  };
}

function signatureOf(sign: XmlElement, certifier: string, keys?: XmlElement): Signature {
  return { certifier, text: textOf(sign), ...(keys && { keys }) };
}

function refuseType(type: string) {
  return refuse("feature-not-implemented", `content-type ${clip(type)}`);
}

function parseClaimKey(element: XmlElement): SealedClaimKey {
  const { cert = "", claims = "" } = element.attrs;
  return { certifier: cert, claims, text: textOf(element) };
}

function parseContent(
  transport: XmlElement,
  types: readonly string[],
): Parsed<Envelope["content"]> {
  if (isEncrypted(transport)) return parseEncrypted(transport, types);
  const type = transport.attrs["content-type"];
  if (type !== undefined) return refuseType(type);
  const [payload, second] = childElements(transport);
  // A signature covers the first child only (README of the vectors): a second would pass unsigned.
  if (payload === undefined || second !== undefined || textOf(transport) !== "") {
    return refuse("xml-malformed-transport-node", "<transport/> does not hold exactly one element");
  }
  return { value: { payload } };
}

function parseEncrypted(
  transport: XmlElement,
  types: readonly string[],
): Parsed<Envelope["content"]> {
  const type = transport.attrs["content-type"] ?? AES_CONTENT_TYPE;
  if (!types.includes(type)) return refuseType(type);
  if (childElements(transport).length > 0) {
    return refuse("xml-malformed-transport-node", "an element in an encrypted <transport/>");
  }
  const { "transport-key": transportKey = "" } = transport.attrs;
  const encrypted = { transportKey, text: textOf(transport) };
  return { value: type === NACL_CONTENT_TYPE ? { boxed: encrypted } : { encrypted } };
}

export function isVersion({ attrs }: XmlElement): boolean {
  return attrs.version === undefined || attrs.version === VERSION;
}

export function refuseVersion({ name, attrs }: XmlElement) {
  return refuse("feature-not-implemented", `<${name}/> of version ${attrs.version}`);
}
