// The suites of RSA.

import { chooseRsaSuite } from "./choose-rsa.suite.js";
import { rsaBigInt2048Suite } from "./rsa-big-int-2048.suite.js";
import { rsaBigIntSuite } from "./rsa-big-int.suite.js";
import { rsaDot1024Suite } from "./rsa-dot-1024.suite.js";
import { rsaDot2048Suite } from "./rsa-dot-2048.suite.js";
import { rsaDotSuite } from "./rsa-dot.suite.js";
import { rsaLoop1024Suite } from "./rsa-loop-1024.suite.js";
import { rsaLoopSuite } from "./rsa-loop.suite.js";
import { rsaPiecesSuite } from "./rsa-pieces.suite.js";
import { rsaSealSuite } from "./rsa-seal.suite.js";
import type { Suite } from "./suite.js";

export const rsaSuites: Suite[] = [
  rsaDotSuite,
  rsaDot1024Suite,
  rsaDot2048Suite,
  rsaLoopSuite,
  rsaLoop1024Suite,
  rsaBigIntSuite,
  rsaBigInt2048Suite,
  rsaSealSuite,
  rsaPiecesSuite,
  chooseRsaSuite,
];
