// The drivers of the board's sensors. In a board's bundle these are the ones that its data file names
// (rollup.config.js); this file stands for them everywhere else.

import type { Receiver } from "./receiver.js";

export { DRIVER } from "./mhz19.js";

/** Whether it is on I2C: only then the bundle has the bus in it. */
export const IS_ON_BUS: boolean = false;

/** Absent: the receiver sends what it likes. */
export const RECEIVER: Receiver | undefined = undefined;
