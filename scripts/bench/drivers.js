// The sizes of the CO2 drivers: measured, and that section of docs/sensors.md written.
import { machineNow, writeSection } from "./document.js";
import { measureDrivers } from "./driver-sizes.js";
import { driverSection, isWithinTarget, TARGET_BYTES } from "./driver-table.js";

const FILE = "docs/sensors.md";

/** @param {(line: string) => void} say */
export async function benchDrivers(say) {
  const rows = measureDrivers(say);
  await writeSection("npm run bench, drivers", driverSection(rows, machineNow()), FILE);
  say(`${FILE} has its table of drivers`);
  const large = rows.filter((row) => !isWithinTarget(row));
  for (const { driver, own } of large)
    say(`${driver}: ${own} bytes, target ${TARGET_BYTES}, missed`);
  return { rows, isMet: large.length === 0 };
}
