// Signing and encrypting with toys, so that an interpreter can do at once what is about envelopes and not
// about arithmetic: an RSA whose two operations both turn the block around, a cipher that does the same with
// the text, and a key ring that a test fills. The real ones are in test/firmware/openspime-vectors.test.ts.

import { fieldBytes, fieldOf } from "../../src/firmware/crypto/key-record.js";
import type { RsaProvider } from "../../src/firmware/crypto/rsa.js";
import type { KeyHandler } from "../../src/firmware/openspime/key-ring.js";
import type { Security } from "../../src/firmware/openspime/security.js";
import { TOY_HASHES } from "./fake-server.js";
import { repeated } from "./hex.js";

export function reversed(bytes: string): string {
  let text = "";
  for (let at = bytes.length; at--;) text += bytes.slice(at, at + 1);
  return text;
}

/** Larger than every block: those begin with a zero, and end with one when they are turned around. */
const MODULUS = repeated("\xff", 128);

export function toyKey(name: string): string {
  return fieldBytes("n=", MODULUS) + fieldBytes("nm", name);
}

export function toyRsa(): RsaProvider {
  return {
    name: "toy",
    room: 500,
    underWay: 0,
    power: function (key, _isPrivate, block, onDone) {
      onDone(fieldOf(key, "n=").length === block.length ? reversed(block) : undefined);
    },
    prepare: function (modulus, exponent, onDone) {
      const isOdd = modulus.charCodeAt(modulus.length - 1) % 2 === 1;
      onDone(isOdd ? fieldBytes("n=", modulus) + fieldBytes("e=", exponent) : undefined);
    },
  };
}

export const CERTIFIER = "services@spime.example/cert";

export interface ToySecurity extends Security {
  /** Keys in the "store", and what the certification service would give, by JID. */
  stored: { [jid: string]: string | undefined };
  certified: { [jid: string]: string | undefined };
  /** What was asked of the certification service. */
  asked: string[];
  isSeeded: boolean;
}

export function createToySecurity(): ToySecurity {
  let distrusted = "";
  let counter = 0;

  function find(jid: string, onDone: KeyHandler): void {
    const stored = jid === distrusted ? undefined : toy.stored[jid];
    distrusted = "";
    if (stored) {
      onDone(stored, "", true);
      return;
    }
    toy.asked.push(jid);
    toy.stored[jid] = toy.certified[jid];
    onDone(toy.certified[jid], "cancel no-available-public-key");
  }

  const toy: ToySecurity = {
    rsa: toyRsa(),
    key: toyKey("own"),
    sha1: TOY_HASHES[1],
    cipher: {
      encipher: function (_key, _iv, bytes) {
        return reversed(bytes);
      },
      decipher: function (_key, _iv, bytes) {
        return reversed(bytes);
      },
    },
    generator: {
      bytes: function (count) {
        return repeated(String.fromCharCode(65 + (counter++ % 26)), count);
      },
      stir: function () {},
      isSeeded: function () {
        return toy.isSeeded;
      },
    },
    service: CERTIFIER,
    keyRing: {
      find: find,
      distrust: function (jid) {
        distrusted = jid;
      },
    },
    stored: {},
    certified: {},
    asked: [],
    isSeeded: true,
  };
  return toy;
}
