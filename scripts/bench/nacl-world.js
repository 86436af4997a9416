// What both programs of this comparison have in common: a report to seal, with the keys of the test vectors, on an engine of
// which nothing is known but a clock of whole milliseconds. KEY and RECIPIENT are in a script before this one.
import { PORTABLE_HASHES } from "../../build/tsc/src/firmware/crypto/portable-hash.js";
/* global print */

/** Five samples, as a full report has them: 1,018 bytes. */
export const CONTENT = (function () {
  let entries = "";
  for (let at = 0; at < 5; at++) {
    entries +=
      "<entry><date>2026-11-29T09:0" +
      at +
      ":00Z</date><exposure>outdoor</exposure><lat>44.068841</lat><lon>-121.314191</lon>" +
      '<ele unit="m">1127.7</ele><ppm>43' +
      at +
      "</ppm></entry>";
  }
  return '<data xmlns="openspime:protocol:extension:data" version="0.9">' + entries + "</data>";
})();

/** What waits, in order: arithmetic in loops pauses hundreds of times, and called at once it would fill the stack. */
const line = [];

export function pause(next) {
  line.push(next);
}

function drain() {
  while (line.length > 0) line.shift()();
}

let state = 7;

/** Bytes for a benchmark, and for nothing else. */
export const generator = {
  bytes: function (count) {
    let text = "";
    while (text.length < count) {
      state = (state * 69069 + 1) % 4294967296;
      text += String.fromCharCode((state >>> 16) & 255);
    }
    return text;
  },
  stir: function () {},
  isSeeded: function () {
    return true;
  },
};

export function securityOf(rsa, cipher, key, recipient) {
  return {
    rsa: rsa,
    key: key,
    sha1: PORTABLE_HASHES[1],
    cipher: cipher,
    generator: generator,
    service: "services@spime.example/cert",
    keyRing: {
      find: function (_jid, onDone) {
        onDone(recipient, "", true);
      },
      distrust: function () {},
    },
  };
}

/** Milliseconds that it takes: for a second, or once. */
export function timeOf(operation) {
  const start = Date.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < 1000) {
    operation();
    drain();
    count++;
    elapsed = Date.now() - start;
  }
  return elapsed / count;
}

export function tell(found) {
  print("RESULT " + JSON.stringify(found));
}
