// What the queue costs, as Markdown.
import { markdownTable } from "../markdown-table.js";
import { ERASE_LIMIT, SAMPLES } from "./queue-wear.js";

const count = (value) => Math.round(value).toLocaleString("en");
const decimals = (value, digits) => value.toFixed(digits);
const ms = (value) => (value < 100 ? decimals(value, 1) : count(value));

const WEAR = [
  `Counted on a simulated flash with the ESP32's pages of 4 KB, over ${count(SAMPLES)} samples (90 days at one a minute).`,
  `Years: until the page that is erased most has seen ${count(ERASE_LIMIT)} erases, which the W25Q32JV's datasheet`,
  "(Winbond, “Features”: at least 100,000 program-erase cycles a sector) promises, at a sample a minute. Delivered: each sample is marked so before the next",
  "comes. Undelivered: nobody takes any, and when all is full `oldest` drops a page and `thin` every second sample of a",
  "page, and then of those that come: most of its samples are not written at all.",
].join("\n");

function wearTable(rows) {
  const cells = rows.map(({ pages, whenFull, isDelivered, bytes, writes, erases, years }) => [
    `${pages} pages, ${4 * pages} KB, \`${whenFull}\`, ${isDelivered ? "delivered" : "undelivered"}`,
    decimals(bytes, 1),
    decimals(writes, 2),
    `1 in ${count(1 / erases)} samples`,
    count(years),
  ]);
  return markdownTable(["", "bytes a sample", "writes a sample", "erases", "years"], cells);
}

const COSTS = [
  "Boot code in flash, as the product runs, on pages of 4 KB (127 samples each) in the Linux build's flash file; milliseconds of the",
  "engine's processor time. Begin: what a start does before all else, here with a full area. Oldest: the places of the five oldest; the first time it looks",
  "through what is done. Turn: the sample that finds the newest page full while the area is full: an erase (which takes this machine no time,",
  "and a chip tens of milliseconds), and the oldest page is given up or thinned out into the new one. Settle: five marked",
  "as delivered. Append: to an area that has room. Beneath the milliseconds of three pages the variables in use at most, more than",
  "before, looked at in each call of the flash, which takes some itself.",
].join("\n");

const OPERATIONS = ["append", "turn", "firstOldest", "oldest", "settle", "begin"];

function costTable(rows) {
  const [{ times }] = rows;
  const cells = rows.flatMap(({ pages, whenFull, times, peak }) => {
    return [
      [`${pages} pages, \`${whenFull}\`, ms`, ...OPERATIONS.map((name) => ms(times[name]))],
      ...(peak ? [["variables", ...OPERATIONS.map((name) => count(peak[name]))]] : []),
    ];
  });
  const head = ["", "append", "turn", "oldest 5, first", "oldest 5", "settle 5", "begin"];
  return [
    `Espruino ${times.version}, ${count(times.total)} variables:`,
    "",
    markdownTable(head, cells),
  ].join("\n");
}

const PEERS = [
  'In the same run what a user does without a queue: all that waits in a file that `Storage.writeJSON` writes anew, or a file of `Storage.open(…, "a")`',
  "that grows by a line and is erased when all is delivered. Bytes are those that differ in the engine's flash file",
  "after each sample, and an erase a page of 1 KB in which a bit is 1 again. `writeJSON` holds all that waits in memory as well.",
  "Milliseconds here are the least of fifteen (settle, begin: one) by the engine's clock; its lines are parsed from text, the queue's are checked by SHA-256.",
  "Years are those of the Linux build's Storage of 256 KB; a dash: nothing was erased, and the file grows until Storage is full.",
].join("\n");

const NAMES = { json: "`writeJSON`", append: '`open(…, "a")`' };

function peerTable(peers) {
  const rows = peers.flatMap(({ mode, rows }) =>
    rows.map(({ backlog, bytes, erases, years, held, append, oldest, settle, beginFull }) => [
      `${NAMES[mode]}, ${backlog ? `${backlog} wait` : "delivered"}`,
      ...[count(bytes), decimals(erases, 2), years === undefined ? "–" : decimals(years, 1)],
      ...[append, oldest, settle, beginFull].map(ms),
      count(held),
    ]),
  );
  const head = ["", "bytes a sample", "erases a sample", "years"];
  return markdownTable(
    [...head, "append, ms", "oldest 5", "settle", "begin", "variables held"],
    rows,
  );
}

const LOSSES = [
  "The engine killed while it does nothing but append and deliver, and started again on the same flash: what it had said that it had",
  "appended and had not delivered, and that was gone.",
].join("\n");

function lossTable({ ours, peers }) {
  const rows = [["the queue", ours], ...peers.map(({ mode, losses }) => [NAMES[mode], losses])];
  const cells = rows.map(([name, { kills, killsWithLoss, appended, lost, most }]) =>
    [name, kills, killsWithLoss, count(appended), count(lost), most].map(String),
  );
  return markdownTable(["", "kills", "with a loss", "appended", "lost", "at once"], cells);
}

/** Everything about the queue, under its heading. */
export function queueSection({ wear, costs, peers }, { date, model, cores, load, node }) {
  return [
    "## The queue in flash",
    `${date}, ${model}, ${cores} cores (load of the last quarter of an hour: ${load}), Node ${node}.`,
    ...[WEAR, wearTable(wear), COSTS, ...costs.map(costTable)],
    ...[PEERS, peerTable(peers.peers), LOSSES, lossTable(peers)],
  ].join("\n\n");
}
