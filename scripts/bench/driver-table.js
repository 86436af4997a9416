// The sizes of the CO2 drivers, as Markdown.

/** Issue 6: for a driver on a UART, its own file. */
export const TARGET_BYTES = 900;

/** @param {import("./driver-sizes.js").Row} row */
export function isWithinTarget({ isOnBus, own }) {
  return isOnBus || own <= TARGET_BYTES;
}

const count = (value) => value.toLocaleString("en");

const METHOD =
  "Bytes, minified, in the bundle of the `esp32` with that driver, counted by its source map. What a driver shares " +
  "with others (frames, talk, warm-up) is in the bundle once; that of the bus, outside `sensors/`, shows in the bundle.";

/**
 * @param {import("./driver-sizes.js").Row[]} rows
 * @param {{date: string, model: string, cores: number, node: string}} machine
 */
export function driverSection(rows, { date, model, cores, node }) {
  const lines = rows.map(({ driver, own, shared, bundle, gzip }) => {
    const cells = [own, shared, bundle, gzip].map(count);
    return `| \`${driver}\` | ${cells.join(" | ")} |`;
  });
  const head = ["| driver | its file | shared | bundle | bundle, gzip |", "|---|--:|--:|--:|--:|"];
  return [
    `${date}, ${model}, ${cores} cores, Node ${node}. ${METHOD}`,
    [...head, ...lines].join("\n"),
  ].join("\n\n");
}
