// A report in the suite of docs/nacl.md, when the ScopeNode's key is known and the board's own is signed, as it is from the second
// report of its life on.
import {
  boxMessage,
  boxPublicKey,
  signingKeyOf,
  signMessage,
} from "../../build/tsc/src/firmware/crypto/nacl.js";
import { PORTABLE_HASHES } from "../../build/tsc/src/firmware/crypto/portable-hash.js";
import { createNaclSuite } from "../../build/tsc/src/firmware/openspime/nacl.js";
import { writeDurable } from "../../build/tsc/src/firmware/store/durable-file.js";
import { CONTENT, generator, pause, securityOf, tell, timeOf } from "./nacl-world.js";
/* global KEY */

const SCOPENODE = "node@scopenode.example/co2";
const hash = PORTABLE_HASHES[0];
const sha1 = PORTABLE_HASHES[1];
const files = {};
const store = {
  read: function (name) {
    return files[name];
  },
  write: function (name, bytes) {
    files[name] = bytes;
  },
};
/** RSA has been computed before: here it only takes its place in the stanza. */
const rsa = {
  power: function (_key, _isPrivate, block, onDone) {
    onDone(block);
  },
};
const feature = { name: "feature", attributes: { var: "x-openspime/nacl-base64" } };
const answer = { children: [{ name: "query", children: [feature] }] };
const suite = createNaclSuite({
  session: {
    jid: function () {
      return "board@spime.example/spime";
    },
    ask: function (_to, _type, _payload, onAnswer) {
      onAnswer(answer, true);
    },
  },
  store: store,
  hash: hash,
  clock: {
    monotonicMs: function () {
      return 0;
    },
  },
  log: { write: function () {} },
  later: pause,
});

const recipient = boxPublicKey(generator.bytes(32));
const boxFile = { hash: hash, store: store, name: "microspime.box" };
writeDurable(boxFile, sha1.digest(SCOPENODE) + recipient);
const security = securityOf(rsa, undefined, KEY, "");
const key = signingKeyOf(generator.bytes(32));
const secret = generator.bytes(32);
const nonce = generator.bytes(24);
let sealed = "";

const signMs = timeOf(function () {
  signMessage(key, CONTENT);
});
const boxMs = timeOf(function () {
  boxMessage(CONTENT, nonce, recipient, secret);
});
const sealMs = timeOf(function () {
  suite.seal(security, CONTENT, SCOPENODE, { sign: true, encrypt: true }, function (xml) {
    sealed = xml || "";
  });
});
tell({
  provider: "nacl",
  signMs: signMs,
  boxMs: boxMs,
  sealMs: sealMs,
  stanzaBytes: sealed.length,
  isRight: sealed.indexOf("x-openspime/nacl-base64") > 0,
});
