// For rollup.config.js: the drivers of the sensors that a board's data file names stand for src/firmware/sensors/chosen.ts.
import { existsSync, readFileSync } from "node:fs";

const DRIVERS = "src/firmware/sensors";
const CHOSEN = /[\\/]sensors[\\/]chosen\.ts$/;

/** A driver says what its UART is set to, or it has none. */
export function isBusDriver(name) {
  return !/\buart: \{/.test(readFileSync(`${DRIVERS}/${name}.ts`, "utf8"));
}

/** A receiver that can be told what to send, or any. */
function receiverOf({ name, sensors }) {
  if (sensors.gps === undefined) return "export const RECEIVER = undefined;";
  if (sensors.gps === "ublox") return 'export { RECEIVER } from "./ublox.js";';
  throw new Error(`boards/${name}.json: sensors.gps is ublox, or is left out`);
}

/** Throws, and names the board, when there is no such driver or the board has no line for it. */
export function chosenDrivers(board) {
  const name = board.sensors?.co2;
  if (!/^[a-z\d-]+$/.test(name) || !existsSync(`${DRIVERS}/${name}.ts`)) {
    throw new Error(`boards/${board.name}.json: sensors.co2 names no driver of ${DRIVERS}`);
  }
  const isOnBus = isBusDriver(name);
  if (isOnBus ? !board.i2c : !board.uarts.co2) {
    throw new Error(`boards/${board.name}.json: ${name} needs ${isOnBus ? "i2c" : "uarts.co2"}`);
  }
  const receiver = receiverOf(board);
  const source = `${receiver} export { DRIVER } from "./${name}.js"; export const IS_ON_BUS = ${isOnBus};`;
  return { name: "chosen-drivers", load: (id) => (CHOSEN.test(id) ? source : null) };
}
