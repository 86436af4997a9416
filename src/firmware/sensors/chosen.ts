// The driver of the board's CO2 sensor. In a board's bundle this is the one that its data file names (rollup.config.js);
// this file stands for it everywhere else.

export { DRIVER } from "./mhz19.js";

/** Whether it is on I2C: only then the bundle has the bus in it. */
export const IS_ON_BUS: boolean = false;
