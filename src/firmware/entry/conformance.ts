// What a porter runs on his host before the agent: whether `microspimeHost` keeps the contract (ports/host-contract.ts,
// docs/porting.md). It leaves no file behind, and connects to `microspimeEcho` alone, where that is set.

import type { Around } from "../ports/conformance/check.js";
import { runConformance } from "../ports/conformance/run.js";
import type { MicrospimeHost } from "../ports/host-contract.js";

declare const microspimeHost: MicrospimeHost | undefined;
declare const microspimeEcho: Around["echo"] | undefined;
declare const print: (line: string) => void;

const host = typeof microspimeHost === "undefined" ? undefined : microspimeHost;
if (!host) throw new Error("no microspimeHost");
const echo = typeof microspimeEcho === "undefined" ? undefined : microspimeEcho;

runConformance({ host, echo }, function (line) {
  if (typeof host.log === "function") host.log("info", line);
  else print(line);
});
