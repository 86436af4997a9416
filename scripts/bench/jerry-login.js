// On JerryScript: PBKDF2 with HMAC-SHA-256, 4,096 rounds, as a login with a password takes it (RFC 7677 section 3).
import { PORTABLE_HASHES } from "../../build/tsc/src/firmware/crypto/portable-hash.js";
import { measure } from "./jerry-clock.js";

const first = PORTABLE_HASHES[0].pbkdf2("pencil", "saltsaltsaltsalt", 4096);

measure(() => PORTABLE_HASHES[0].pbkdf2("pencil", "saltsaltsaltsalt", 4096) === first);
