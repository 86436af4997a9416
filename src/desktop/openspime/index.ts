// OpenSpime v0.9 section 1.0.1 on the desktop: the public names.

export { sign, isSignatureOf } from "./signature.js";
export { encryptTransport, decryptTransport, AES_CONTENT_TYPE } from "./transport.js";
export type { EncryptedTransport } from "./transport.js";
export { canonicalForms } from "./canonical.js";
export { parseXmlText } from "./xml-text.js";
export { keyValueOf, readKeyInfo } from "./key-info.js";
export type { RsaKeyValue } from "./key-info.js";
export { pubkeysQuery, pubkeysResult } from "./pubkeys.js";
export { readPrivateKey, readPublicKey } from "./keys.js";
export type { XmlElement } from "./element.js";
