// The section of docs/benchmarks.md about peers: what it says when the target is met, and when it is not.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { peerSection, TARGET_BYTES } from "../../../../scripts/bench/peer-table.js";

const MACHINE = { date: "2026-11-25", node: "v20" };
const OWN = { name: "microspime", note: "" };

describe("the table of peers", () => {
  it("has each peer's ratio to ours, and what is cited as it is", () => {
    const section = peerSection(
      [
        { ...OWN, bytes: 5000 },
        { name: "peer 1.0", bytes: 12_500, gzip: 4000, note: "npm" },
        { name: "other", cited: "1.8 KB", note: "cited" },
      ],
      MACHINE,
    );
    assert.match(section, /^\| peer 1\.0 \| 12,500 \| 4,000 \| 2\.5 × \| npm \|$/m);
    assert.match(section, /^\| other \| 1\.8 KB \| {2}\| {2}\| cited \|$/m);
  });

  it("says whether the target is met", () => {
    const said = (bytes: number) => peerSection([{ ...OWN, bytes }], MACHINE).split("Target")[1];
    assert.match(said(TARGET_BYTES) ?? "", /; met\./);
    assert.match(said(TARGET_BYTES + 1) ?? "", /; missed by 1\./);
  });

  it("is in the document, between its comments", () => {
    const document = readFileSync("docs/benchmarks.md", "utf8");
    const [, section = ""] = document.split("<!-- npm run bench, peers -->");
    assert.match(section.split("<!-- end of npm run bench, peers -->")[0] ?? "", /@xmpp\/client/);
  });
});
