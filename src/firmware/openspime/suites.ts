// The suite of a board beside the document's own. In a board's bundle it is what its data file names (`suites`,
// rollup.config.js); this file stands for it everywhere else.

import type { CreateSuite } from "./suite.js";

/** Absent: reports go by the document's suite, whatever the configuration says. */
export const CREATE_SUITE: CreateSuite | undefined = undefined;
