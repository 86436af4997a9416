// On JerryScript: private powers by jsbn; KEY is in a script before this one.
import { readKey } from "./jsbn-private.js";
import { measure } from "./jerry-clock.js";
/* global KEY */

measure(readKey(KEY));
