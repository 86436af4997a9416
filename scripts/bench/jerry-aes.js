// On JerryScript: AES-256-CBC of 1,024 octets by the firmware's own cipher.
import { PORTABLE_CIPHER } from "../../build/tsc/src/firmware/crypto/portable-aes.js";
import { measure } from "./jerry-clock.js";

let text = "";
for (let at = 0; at < 1024; at++) text += String.fromCharCode(at & 255);
const key = text.slice(0, 32);
const iv = text.slice(32, 48);
const first = PORTABLE_CIPHER.encipher(key, iv, text);

measure(() => PORTABLE_CIPHER.encipher(key, iv, text) === first);
