// node scripts/pretest.js: builds what `npm test` runs (test/whole-run.cjs), and says what it leaves out.
import { spawnSync } from "node:child_process";
import wholeRun from "../test/whole-run.cjs";

const { isWhole, leftOut } = wholeRun;
const BOARDS = "ONLY:esp32 espruino jerry linux pico2w sim sim-nacl";

/** Where it fails it has said why. */
function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

run("node_modules/typescript/bin/tsc", "-b");
const suites = isWhole ? ["rollup.suites.config.js"] : [];
run("scripts/build.js", BOARDS, "rollup.config.js", ...suites);
if (!isWhole)
  console.log(
    `${leftOut.length} test files that take long are left out: WHOLE=1 npm test runs them, too.`,
  );
