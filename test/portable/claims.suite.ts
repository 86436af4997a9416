// What a board keeps of its claims, and that a power cut leaves it old or new.

import { claimOwners, keepClaim, releaseClaim } from "../../src/firmware/store/claims.js";
import type { ClaimList } from "../../src/firmware/store/claims.js";
import { readDurable, writeDurable } from "../../src/firmware/store/durable-file.js";
import type { DurableFile } from "../../src/firmware/store/durable-file.js";
import { createCutStore, POWER_CUT } from "./cut-store.js";
import type { CutStore } from "./cut-store.js";
import { TOY_HASHES } from "./fake-server.js";
import { equal, suite, thrownBy } from "./suite.js";

const OWNER = "owner@mydomain.example";
const OTHER = "other@mydomain.example";

function fileIn(store: CutStore): DurableFile {
  return { hash: TOY_HASHES[1], store: store, name: "file" };
}

function read(store: CutStore): string {
  return readDurable(fileIn(store));
}

function write(store: CutStore, text: string): boolean {
  return writeDurable(fileIn(store), text);
}

function listIn(store: CutStore, nowS: number): ClaimList {
  return { hash: TOY_HASHES[1], store: store, name: "file", nowS: nowS };
}

function keep(store: CutStore, nowS: number, owner: string, endS: number): boolean {
  return keepClaim(listIn(store, nowS), owner, endS);
}

function ownersIn(store: CutStore, nowS: number): string[] {
  return claimOwners(listIn(store, nowS));
}

export const durableFileSuite = suite("store/durable-file", function (test) {
  test("nothing, then what was written, then what was written last", function () {
    const store = createCutStore();
    equal(read(store), "");
    const texts = ["one", "", "two words\n\xff", "3 4", "five"];
    for (let turn = 0; turn < 15; turn++) {
      const text = texts[turn % texts.length];
      equal([write(store, text), read(store)], [true, text]);
    }
  });

  test("the power may go at any place of any write: it is the old or the new", function () {
    [0, 1, 2, 3].forEach(function (place) {
      for (let before = 0; before < 4; before++) {
        const store = createCutStore();
        for (let turn = 0; turn < before; turn++) write(store, "old" + turn);
        const old = read(store);
        store.cutAt(place);
        const ended = thrownBy(function () {
          write(store, "new");
        });
        store.powerOn();
        equal([ended, read(store)], [POWER_CUT, place === 3 ? "new" : old], place + " " + before);
        // And it goes on from there.
        equal([write(store, "next"), read(store)], [true, "next"]);
      }
    });
  });

  test("a store that has no room, silently or with an error: the old text holds", function () {
    ["ignore", "throw"].forEach(function (fault) {
      const store = createCutStore();
      write(store, "old");
      store.fault = fault;
      equal([write(store, "new"), read(store)], [false, "old"]);
      store.fault = "";
      equal([write(store, "new"), read(store)], [true, "new"]);
    });
  });

  test("files that somebody else wrote are no text", function () {
    ["", "x", "12345 6", "\xff\xff\xff\xff9 x", "    "].forEach(function (bytes) {
      const store = createCutStore();
      store.files["file0"] = store.files["file1"] = bytes;
      equal(read(store), "", bytes);
      equal([write(store, "new"), read(store)], [true, "new"]);
    });
  });
});

export const claimsSuite = suite("store/claims", function (test) {
  test("kept, renewed, released", function () {
    const store = createCutStore();
    equal(ownersIn(store, 100), []);
    equal([keep(store, 100, OWNER, 200), ownersIn(store, 100)], [true, [OWNER]]);
    equal([keep(store, 150, OWNER, 300), ownersIn(store, 250)], [true, [OWNER]]);
    keep(store, 250, OTHER, 400);
    equal(ownersIn(store, 250), [OWNER, OTHER]);
    equal([releaseClaim(listIn(store, 250), OWNER), ownersIn(store, 250)], [true, [OTHER]]);
  });

  test("ended at its end, and not while nobody knows the time", function () {
    const store = createCutStore();
    keep(store, 100, OWNER, 200);
    equal(
      [0, 199, 200, 1000].map((nowS) => ownersIn(store, nowS).length),
      [1, 1, 0, 0],
    );
  });

  test("eight at most; an ended one makes room, and who has one keeps it", function () {
    const store = createCutStore();
    for (let at = 0; at < 8; at++) equal(keep(store, 100, at + OWNER, 200 + at), true);
    equal([keep(store, 100, OTHER, 300), ownersIn(store, 100).length], [false, 8]);
    equal(keep(store, 100, "3" + OWNER, 300), true, "a renewal");
    equal([keep(store, 200, OTHER, 300), ownersIn(store, 200).length], [true, 8]);
    equal(ownersIn(store, 200).indexOf("0" + OWNER), -1);
  });

  test("the power may go at any place of a claim: it is there or not, and the others are", function () {
    [0, 1, 2, 3].forEach(function (place) {
      const store = createCutStore();
      keep(store, 100, OWNER, 200);
      store.cutAt(place);
      thrownBy(function () {
        keep(store, 100, OTHER, 300);
      });
      store.powerOn();
      equal(ownersIn(store, 100), place === 3 ? [OWNER, OTHER] : [OWNER]);
    });
  });

  test("a store without room keeps no claim, and says so", function () {
    const store = createCutStore();
    store.fault = "throw";
    equal([keep(store, 100, OWNER, 200), ownersIn(store, 100)], [false, []]);
  });
});
