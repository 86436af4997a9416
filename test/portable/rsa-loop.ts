// The provider `portable`.

import { LOOP_ARITHMETIC } from "../../src/firmware/crypto/loop-arithmetic.js";
import { createMontgomery } from "../../src/firmware/crypto/montgomery.js";
import { pause } from "./rsa-provider.js";
import type { Constants } from "./rsa-provider.js";

export const LOOP: Constants = { of: "loop", tags: "RI" };

export const loopRsa = createMontgomery(LOOP_ARITHMETIC, pause);
