// One SCRAM login, as the login of a stream puts it together from the functions of xmpp/scram.

import type { Account } from "../../src/firmware/configuration.js";
import type { Hash } from "../../src/firmware/crypto/hash.js";
import { answerScram, firstMessage, isProof } from "../../src/firmware/xmpp/scram.js";

export interface ScramLogin {
  first: string;
  /** The client's final message, or the reason why there is none. */
  answer(serverFirst: string): string;
  verify(serverFinal: string): boolean;
}

export function createScramLogin(hash: Hash, account: Account, nonce: string): ScramLogin {
  let signature: string | undefined;
  return {
    first: firstMessage(account, nonce),
    answer: function (serverFirst) {
      const answer = answerScram(hash, account, nonce, serverFirst);
      signature = answer[1];
      return answer[0];
    },
    verify: function (serverFinal) {
      return isProof(serverFinal, signature);
    },
  };
}
