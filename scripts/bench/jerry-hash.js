// On JerryScript: SHA-256 of 1,024 octets by the firmware's own.
import { PORTABLE_HASHES } from "../../build/tsc/src/firmware/crypto/portable-hash.js";
import { measure } from "./jerry-clock.js";

let text = "";
for (let at = 0; at < 1024; at++) text += String.fromCharCode(at & 255);
const first = PORTABLE_HASHES[0].digest(text);

measure(() => PORTABLE_HASHES[0].digest(text) === first);
