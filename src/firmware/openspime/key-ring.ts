// Public keys of others, from the certification service (OpenSpime v0.9 section 1.0.1, XEP-0189 0.7):
//
//   <pubkeys xmlns='urn:xmpp:tmp:pubkey' jid='…'><KeyInfo xmlns='http://www.w3.org/2000/09/xmldsig#'>
//     <KeyValue><RSAKeyValue><Modulus>…</Modulus><Exponent>…</Exponent></RSAKeyValue></KeyValue>
//   </KeyInfo></pubkeys>
//
// Each is prepared once and kept in the store with its constants, in one of four places that its address
// decides on: two with the same place take turns.

import { fromBase64, withoutBlanks } from "../bytes.js";
import type { Hash } from "../crypto/hash.js";
import { fieldOf } from "../crypto/key-record.js";
import type { KeyRecord } from "../crypto/key-record.js";
import type { RsaProvider } from "../crypto/rsa.js";
import type { ByteString, Log, Store } from "../platform.js";
import { attribute, childOf, textOf } from "../xml/element.js";
import type { Element } from "../xml/element.js";
import { foldJid } from "../xmpp/jid.js";
import type { Session } from "../xmpp/session.js";
import { CORRUPTED_KEY, INTERNAL_ERROR, NO_PUBLIC_KEY } from "./conditions.js";

export interface KeyRing {
  /** The key of a full JID; the service is asked for one that is not in the store. */
  find(jid: ByteString, onDone: KeyHandler): void;
  /** It did not fit: next time the service is asked for it. */
  distrust(jid: ByteString): void;
}

/** Gets the key and whether it was in the store, or the error (conditions.ts) why there is none. */
export type KeyHandler = (key: KeyRecord | undefined, error: string, wasStored?: boolean) => void;

export interface KeyRingSurroundings {
  session: Session;
  store: Store;
  log: Log;
  rsa: RsaProvider;
  sha1: Hash;
}

const PUBKEY = "urn:xmpp:tmp:pubkey";
const PLACES = 4;
const MODULUS_BYTES = 128;
const SAFE_MODULUS_BYTES = 256;
const MOST_MODULUS_BYTES = 512;
/** Each bit of an exponent costs a multiplication. */
const MOST_EXPONENT_BYTES = 4;

/**
 * The number of a CryptoBinary (XML Signature section 4.0.1), without zeros in front; also from the
 * OpenSSL MPI that the author's library writes: four bytes of length before it.
 */
function numberIn(value: Element | undefined, name: string): string {
  let bytes = fromBase64(withoutBlanks(textOf(value, name)));
  const length = bytes.length - 4;
  if (length > 0 && bytes.slice(0, 4) === "\0\0" + String.fromCharCode(length >> 8, length & 255)) {
    bytes = bytes.slice(4);
  }
  while (bytes[0] === "\0") bytes = bytes.slice(1);
  return bytes;
}

export function createKeyRing(around: KeyRingSurroundings, certifier: ByteString): KeyRing {
  const { session, store, log, rsa, sha1 } = around;
  let distrusted: ByteString = "";

  return {
    find: function (jid, onDone) {
      /** "" when there is none. */
      function storedRecord(): KeyRecord {
        const file = store.read(place) || "";
        return file.slice(0, label.length) === label ? file.slice(label.length) : "";
      }

      const owner = foldJid(jid);
      const place = "microspime.key" + (sha1.digest(owner).charCodeAt(0) % PLACES);
      // A key is of use to the arithmetic that prepared it, and to no other.
      const label = rsa.name + " " + owner + "\n";
      const known = storedRecord();
      const isTrusted = owner !== distrusted;
      distrusted = "";
      if (known && isTrusted) {
        onDone(known, "", true);
        return;
      }

      function take(answer: Element): void {
        const pubkeys = childOf(answer, "pubkeys");
        const info = childOf(pubkeys, "KeyInfo");
        const value = childOf(childOf(info, "KeyValue") || info, "RSAKeyValue");
        const modulus = numberIn(value, "Modulus");
        const exponent = numberIn(value, "Exponent");
        const { length } = modulus;
        const isOwners = pubkeys && foldJid(pubkeys.attributes["jid"] || "") === owner;
        // What is even cannot be prepared, or verifies nothing.
        const isLong = length > MODULUS_BYTES || (length === MODULUS_BYTES && modulus >= "\x80");
        const isShort = length <= MOST_MODULUS_BYTES && exponent.length <= MOST_EXPONENT_BYTES;
        if (!isOwners || !isLong || !isShort || exponent <= "\x01") {
          onDone(undefined, CORRUPTED_KEY);
          return;
        }
        if (length < SAFE_MODULUS_BYTES) {
          log.write("warn", "weak-key jid=" + owner + " bits=" + length * 8);
        }
        if (fieldOf(known, "n=") === modulus && fieldOf(known, "e=") === exponent) {
          onDone(known, "");
        } else rsa.prepare(modulus, exponent, keep);
      }

      function keep(record: KeyRecord | undefined): void {
        try {
          if (record) store.write(place, label + record);
        } catch {
          // A full store: it will be asked for again.
        }
        // What lies in flash takes no memory.
        onDone(record && (storedRecord() || record), CORRUPTED_KEY);
      }

      const query = "<pubkeys" + attribute("xmlns", PUBKEY) + attribute("jid", jid) + "/>";
      session.ask(certifier, "get", query, function (answer, isResult) {
        if (isResult) take(answer!);
        else onDone(undefined, answer ? NO_PUBLIC_KEY : INTERNAL_ERROR);
      });
    },
    distrust: function (jid) {
      distrusted = foldJid(jid);
    },
  };
}
