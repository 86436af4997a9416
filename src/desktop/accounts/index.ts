// Accounts on a server, as provisioning needs them: made, and turned into what logs in without their password.

import type { ScramKeys } from "../provisioning/board-configuration.js";
import { whereOf } from "../connecting.js";
import type { AccountPlace } from "./early-stream.js";
import { loginFailure, registrationFailure } from "./failures.js";
import { logInOnce } from "./log-in.js";
import { registerAccount } from "./register.js";

export { PerhapsRegistered } from "./failures.js";
export type { AccountPlace } from "./early-stream.js";

/** XEP-0077. Rejects with a `Failure`. */
export async function register(place: AccountPlace, password: string): Promise<void> {
  try {
    await registerAccount(place, password);
  } catch (error) {
    throw registrationFailure(place, whereOf(place.service), error);
  }
}

/**
 * Logs in with the password, and then with the keys alone: a server that makes a new salt for each login shows
 * itself here, and not on the board. Rejects with a `Failure`.
 */
export async function loginKeysOf(place: AccountPlace, password: string): Promise<ScramKeys> {
  try {
    const keys = await logInOnce(place, { password });
    return await logInOnce(place, { keys });
  } catch (error) {
    throw loginFailure(place, whereOf(place.service), error);
  }
}
