// How often a board has started, and what is told of it.

import { countBoot, statusWords, statusXml } from "../../src/firmware/status.js";
import { keepRefused, refusedLines } from "../../src/firmware/store/refused.js";
import { createFakePlatform } from "./fake-platform.js";
import { stanza, TOY_HASHES } from "./fake-server.js";
import { equal, suite } from "./suite.js";

export const statusSuite = suite("status", function (test) {
  test("starts are counted over all restarts, and from one again without the files", function () {
    const { store, files } = createFakePlatform();
    const counts = [1, 2, 3].map(() => countBoot(TOY_HASHES[0], store));
    equal(counts, [1, 2, 3]);
    files["microspime.boots0"] = files["microspime.boots1"] = undefined;
    equal(countBoot(TOY_HASHES[0], store), 1);
  });

  test("as words and as XML", function () {
    const status = { board: "a<b", boots: 3 };
    equal(statusWords(status), " board=a<b boots=3");
    const { name, namespace, attributes, text } = stanza(statusXml(status, "one & two\nthree"));
    equal([name, namespace], ["status", "urn:x-microspime:status"]);
    equal([attributes["board"], attributes["boots"], text], ["a<b", "3", "one & two\nthree"]);
  });

  test("of what was refused the newest eight lines are kept", function () {
    const { store } = createFakePlatform();
    const hash = TOY_HASHES[0];
    equal(refusedLines(hash, store), "");
    for (let count = 1; count <= 9; count++) keepRefused(hash, store, " entries=1 ppm=40" + count);
    const lines = refusedLines(hash, store).split("\n");
    equal([lines.length, lines[0], lines[7]], [8, "entries=1 ppm=402", "entries=1 ppm=409"]);
  });
});
