// On JerryScript: AES-256-CBC of 1,024 octets by aes-js.
import aesjs from "aes-js";
import { measure } from "./jerry-clock.js";

const bytes = new Uint8Array(1024);
for (let at = 0; at < 1024; at++) bytes[at] = at & 255;
const key = bytes.slice(0, 32);
const iv = bytes.slice(32, 48);

function encrypt() {
  return new aesjs.ModeOfOperation.cbc(key, iv).encrypt(bytes);
}

const first = encrypt();
measure(() => encrypt()[1023] === first[1023]);
