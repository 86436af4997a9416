// Stores reports of 50 entries until it is killed, and prints the number of each that is stored.

import { Database } from "../../../src/desktop/scopenode/database.js";
import { reportOf } from "./database-support.js";

const ENTRIES = 50;
const database = new Database(process.argv[2] ?? "");
for (let number = 0; ; number += 1) {
  const dates = Array.from({ length: ENTRIES }, (_, index) => number * ENTRIES + index);
  if (database.store(reportOf({ dates })) > 0) process.stdout.write(`${number}\n`);
}
