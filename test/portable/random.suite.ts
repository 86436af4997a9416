// HMAC_DRBG against NIST's own vectors, and the random generator on a store that fails and on a power
// supply that goes. Thousands of boots and an independent second implementation are in
// test/firmware/random-oracle.test.ts, the real engine in test/firmware/random.test.ts.

import { PORTABLE_HASHES } from "../../src/firmware/crypto/portable-hash.js";
import { createDrbg, createRandom } from "../../src/firmware/crypto/random.js";
import type { Random } from "../../src/firmware/crypto/random.js";
import { createCutStore, POWER_CUT } from "./cut-store.js";
import { TOY_HASHES } from "./fake-server.js";
import { fromHex, repeated, toHex } from "./hex.js";
import { equal, ok, suite, thrownBy } from "./suite.js";

const SHA256 = PORTABLE_HASHES[0];
/** Entropy and nonce in one. */
const SEED = repeated("seed", 12);
const HOUR_MS = 3600000;
const DAY_MS = 24 * HOUR_MS;

/** Entropy and nonce, personalization, additional input twice, what the second call returns. */
type Vector = [string, string, string, string, string, string];

/**
 * NIST CAVP, drbgtestvectors, drbgvectors_no_reseed/HMAC_DRBG.rsp, [SHA-256]: the first of each section, of
 * the last the third. Copied from public projects that have the file's numbers in their tests (elliptic,
 * dice); the oracle in test/firmware/random-oracle.test.ts, made of node:crypto, agrees with all of them.
 */
export const CAVP: Vector[] = [
  [
    "no input but entropy and nonce",
    "ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488" +
      "659ba96c601dc69fc902940805ec0ca8",
    "",
    "",
    "",
    "e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89" +
      "d54fbb978a15b5c443c9ec21036d2460b6f73ebad0dc2aba6e624abf07745bc1" +
      "07694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668" +
      "961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8",
  ],
  [
    "additional input",
    "d3cc4d1acf3dde0c4bd2290d262337042dc632948223d3a2eaab87da44295fbd" +
      "0109b0e729f457328aa18569a9224921",
    "",
    "3c311848183c9a212a26f27f8c6647e40375e466a0857cc39c4e47575d53f1f6",
    "fcb9abd19ccfbccef88c9c39bfb3dd7b1c12266c9808992e305bc3cff566e4e4",
    "9c7b758b212cd0fcecd5daa489821712e3cdea4467b560ef5ddc24ab47749a1f" +
      "1ffdbbb118f4e62fcfca3371b8fbfc5b0646b83e06bfbbab5fac30ea09ea2bc7" +
      "6f1ea568c9be0444b2cc90517b20ca825f2d0eccd88e7175538b85d90ab39018" +
      "3ca6395535d34473af6b5a5b88f5a59ee7561573337ea819da0dcc3573a22974",
  ],
  [
    "personalization",
    "5cacc68165a2e2ee20812f35ec73a79dbf30fd475476ac0c44fc6174cdac2b55" +
      "6f885496c1e63af620becd9e71ecb824",
    "e72dd8590d4ed5295515c35ed6199e9d211b8f069b3058caa6670b96ef1208d0",
    "",
    "",
    "f1012cf543f94533df27fedfbf58e5b79a3dc517a9c402bdbfc9a0c0f721f9d5" +
      "3faf4aafdc4b8f7a1b580fcaa52338d4bd95f58966a243cdcd3f446ed4bc546d" +
      "9f607b190dd69954450d16cd0e2d6437067d8b44d19a6af7a7cfa8794e5fbd72" +
      "8e8fb2f2e8db5dd4ff1aa275f35886098e80ff844886060da8b1e7137846b23b",
  ],
  [
    "personalization and additional input",
    "a33288a96f41dd54b945e060c8bd0c094f1e28267cc1dcbba52063c1a9d54c4d" +
      "36918c977e1a7276a2bb475591c367b7",
    "6aa528c940962638dc2201738850fd1fe6f5d0eb9f687ff1af39d9c7b36830d9",
    "37ee633a635e43af59abdb1762c7ea45bfe060ec1d9077ecd2a43a658673f3c7",
    "2eb96f2e28fa9f674bb03ade703b8f791ee5356e2ee85c7ed5bda96325256c61",
    "db2f91932767eb846961ce5321c7003431870508e8c6f8d432ca1f9cee5cdc1a" +
      "ed6e0f133d317eb6990c4b3b0a360cdfb5b43a6e712bd46bca04c414868fab22" +
      "c6a49c4b89c812697c3a7fbfc8ddf10c8aa5ebf13a09fd114eb2a02a07f69786" +
      "f3ce7fd30231f22779bc8db103b13fa546dbc45a89a86275281172761683d384",
  ],
];

export const drbgSuite = suite("HMAC_DRBG", function (test) {
  CAVP.forEach(function (vector) {
    const [title, seed, personalization, first, second, returned] = vector;
    test("NIST CAVP: " + title, function () {
      const generate = createDrbg(SHA256, fromHex(seed + personalization));
      generate(128, fromHex(first));
      equal(toHex(generate(128, fromHex(second))), returned);
    });
  });

  test("gives as many bytes as asked for, none too, and no half block twice", function () {
    const generate = createDrbg(TOY_HASHES[0], SEED);
    [0, 1, 31, 32, 33, 256].forEach(function (count) {
      equal(generate(count, "").length, count);
    });
    const one = createDrbg(TOY_HASHES[0], SEED);
    ok(
      one(20, "") + one(20, "") !== createDrbg(TOY_HASHES[0], SEED)(40, ""),
      "the same state twice",
    );
  });
});

/** A chip on which nothing differs from boot to boot but its store. */
function createBoard(seed: string | undefined) {
  const store = createCutStore();
  let nowMs = 0;
  store.files["microspime.seed"] = seed;
  return {
    store: store,
    boot: function (): Random {
      nowMs = 0;
      store.powerOn();
      return createRandom(
        TOY_HASHES[0],
        store,
        function () {
          return "noise";
        },
        function () {
          return nowMs;
        },
      );
    },
    wait: function (ms: number) {
      nowMs += ms;
    },
  };
}

/** Fails when a text is there twice. */
function assertDistinct(texts: string[]): void {
  texts.forEach(function (text, index) {
    ok(texts.indexOf(text) === index, "number " + index + " is " + toHex(text) + " again");
  });
}

export const randomSuite = suite("random", function (test) {
  test("gives 256 bytes and fewer, never the same", function () {
    const random = createBoard(SEED).boot();
    equal(random.bytes(256).length, 256);
    equal(random.bytes(1).length, 1);
    assertDistinct([random.bytes(18), random.bytes(18), random.bytes(18)]);
  });

  test("never repeats itself from boot to boot, where all but the store is the same", function () {
    const board = createBoard(SEED);
    const seen: string[] = [];
    for (let count = 0; count < 5; count++) {
      const random = board.boot();
      ok(random.isSeeded(), "seeded");
      seen.push(random.bytes(18));
    }
    assertDistinct(seen);
    equal(board.store.files["microspime.seed"], SEED);
  });

  test("differs with the seed", function () {
    const others = ["a", "b"].map((letter) => createBoard(repeated(letter, 48)).boot().bytes(18));
    ok(others[0] !== others[1], "the same");
  });

  test("differs with what has been stirred in, by microseconds", function () {
    const taken = [5, 5.001, 6].map(function (momentMs) {
      const random = createBoard(SEED).boot();
      random.stir(momentMs);
      return random.bytes(18);
    });
    assertDistinct(taken);
  });

  test("keeps 64 moments, whatever is stirred in", function () {
    const taken = [0, 1, 2].map(function (first) {
      const random = createBoard(SEED).boot();
      random.stir(first);
      for (let count = 0; count < (first === 2 ? 63 : 64); count++) random.stir(count);
      random.stir(NaN);
      return random.bytes(18);
    });
    equal(taken[0], taken[1]);
    ok(taken[2] !== taken[0], "another number of moments");
  });

  test("has bytes without a seed or with a short one, no two alike, but is not seeded", function () {
    [undefined, "", repeated("s", 47)].forEach(function (seed) {
      const board = createBoard(seed);
      const seen: string[] = [];
      for (let count = 0; count < 2; count++) {
        const random = board.boot();
        equal(random.isSeeded(), false);
        seen.push(random.bytes(18));
      }
      assertDistinct(seen);
    });
  });

  test("is not seeded while its state cannot be written, silently or with an error", function () {
    ["ignore", "throw"].forEach(function (fault) {
      const board = createBoard(SEED);
      board.store.fault = fault;
      const random = board.boot();
      equal([random.isSeeded(), random.bytes(18).length], [false, 18]);
      board.wait(HOUR_MS);
      random.bytes(1);
      equal(random.isSeeded(), false, "not before an hour");
      board.wait(1);
      random.bytes(1);
      equal(random.isSeeded(), false, "still full");
      board.store.fault = "";
      random.bytes(1);
      equal(random.isSeeded(), false, "not before another hour");
      board.wait(HOUR_MS + 1);
      random.bytes(1);
      equal(random.isSeeded(), true, "room again");
    });
  });

  test("says nothing as a seeded one that it has said as an unseeded one", function () {
    const board = createBoard(SEED);
    const unseeded = ["", ""].map(function () {
      board.store.fault = "throw";
      const random = board.boot();
      return random.bytes(18) + random.bytes(18);
    });
    equal(unseeded[0], unseeded[1], "this is what must not happen to keys");
    board.store.fault = "";
    const random = board.boot();
    assertDistinct([unseeded[0].slice(0, 18), unseeded[0].slice(18), random.bytes(18)]);
    ok(random.isSeeded(), "seeded");
  });

  test("writes its state every day at most, and only when bytes are asked for", function () {
    const board = createBoard(SEED);
    const random = board.boot();
    equal(board.store.writes(), 1);
    random.bytes(18);
    board.wait(DAY_MS);
    random.bytes(18);
    equal(board.store.writes(), 1, "not before a day");
    board.wait(1);
    random.stir(1);
    equal(board.store.writes(), 1);
    random.bytes(18);
    random.bytes(18);
    equal(board.store.writes(), 2);
    ok(random.isSeeded(), "seeded");
  });

  test("lets a later write that fails cost no seed: the one of the boot holds", function () {
    const board = createBoard(SEED);
    const random = board.boot();
    const seen = [random.bytes(18)];
    board.wait(DAY_MS + 1);
    board.store.fault = "throw";
    seen.push(random.bytes(18));
    equal(random.isSeeded(), false);
    board.store.fault = "";
    const next = board.boot();
    ok(next.isSeeded(), "seeded");
    assertDistinct(seen.concat(next.bytes(18)));
  });

  test("goes on when the power was cut at any place of a write", function () {
    const board = createBoard(SEED);
    const seen: string[] = [];
    seen.push(board.boot().bytes(18));
    for (let place = 0; place < 4; place++) {
      // Twice: the files take turns.
      for (let turn = 0; turn < 2; turn++) {
        board.store.cutAt(place);
        equal(thrownBy(board.boot), POWER_CUT);
        const random = board.boot();
        ok(random.isSeeded(), "seeded");
        if (turn) seen.push(random.bytes(18));
      }
    }
    assertDistinct(seen);
    equal(board.store.files["microspime.seed"], SEED);
  });

  test("takes no file whose check is wrong for its own", function () {
    const board = createBoard(SEED);
    const first = board.boot().bytes(18);
    const left = board.store.files["microspime.rng1"]!;
    ["", left.slice(1), left + "0", left.slice(0, -1) + "!", repeated("\xff", 37)].forEach(
      function (file) {
        board.store.files["microspime.rng1"] = file;
        board.store.files["microspime.rng0"] = file;
        const random = board.boot();
        equal([random.isSeeded(), random.bytes(18)], [true, first]);
      },
    );
  });
});
