// Which provider of RSA a board uses: the first that gives the known answer of the board's own key.

import { repeated } from "../bytes.js";
import { fieldOf } from "./key-record.js";
import type { KeyRecord } from "./key-record.js";
import type { RsaProvider } from "./rsa.js";

/** The number whose answer the record holds (key-record.ts). */
function questionOf(key: KeyRecord): string {
  return "\0" + repeated("Z", fieldOf(key, "n=").length - 1);
}

/** Tries the providers in their order; `undefined` when none is right. */
export function chooseRsa(
  providers: RsaProvider[],
  key: KeyRecord,
  onDone: (rsa: RsaProvider | undefined) => void,
): void {
  const rsa = providers[0];
  if (!rsa) onDone(undefined);
  else {
    rsa.power(key, false, questionOf(key), function (answer) {
      if (answer === fieldOf(key, "kt")) onDone(rsa);
      else chooseRsa(providers.slice(1), key, onDone);
    });
  }
}
