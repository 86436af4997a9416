// A certification service, OpenSpime v0.9 section 1.0.1: it tells anyone the public keys that are
// registered with it, by XEP-0189 0.7. The document has it both as a client account (1.0.1) and as a
// component (1.2.1).

import { joinAsClient } from "./as-client.js";
import type { ClientLogin } from "./as-client.js";
import { joinAsComponent } from "./as-component.js";
import type { ComponentLogin } from "./as-component.js";
import { KeyStore } from "./key-store.js";
import type { KeySource } from "./key-store.js";

interface CommonOptions {
  readonly keys: KeySource;
  /** Lost connections: it reconnects by itself. */
  readonly onError?: (error: Error) => void;
}

export type CertificationOptions = CommonOptions &
  (ClientLogin | { readonly component: ComponentLogin });

export interface CertificationService {
  readonly jid: string;
  /** How many keys it has. */
  readonly size: number;
  /** Reads the keys anew; rejects, and keeps what it had, if one is wrong. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Resolves once it is online; rejects with the reason if a key is wrong or it cannot log in. The error of a
 * client's login has the package's own as its `cause`, that of a component's a `code`.
 */
export async function startCertificationService(
  options: CertificationOptions,
): Promise<CertificationService> {
  const { keys, onError = () => {} } = options;
  const store = new KeyStore(keys);
  await store.load();
  const { jid, stop } =
    "component" in options
      ? await joinAsComponent(options.component, store, onError)
      : await joinAsClient(options, store, onError);
  return {
    jid,
    get size() {
      return store.size;
    },
    reload: () => store.load(),
    stop,
  };
}
