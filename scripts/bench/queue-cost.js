// On Espruino, as boot code: what each thing takes that the agent does with its queue, on the ESP32's pages of 4 KB.
// `mode` in Storage: "WHENFULL PAGES times", or "… peak" for the variables in use, which are looked at in each call of
// the flash. The area is full when a file `queue` is there (queue-image.js); otherwise a sample is appended to an empty one.
import { areaInFile } from "../../build/tsc/src/firmware/ports/espruino-linux.js";
import {
  createPlatform,
  NATIVE_HASHES,
  noiseOfFile,
} from "../../build/tsc/src/firmware/ports/espruino.js";
import { createBoardQueue } from "../../build/tsc/src/firmware/report/board-queue.js";
/* eslint-disable @typescript-eslint/no-require-imports -- the engine has its own */
/* global E, require, print, setTimeout */

const mode = require("Storage").read("mode").split(" ");
const pages = +mode[1];
const isPeak = mode[2] === "peak";
const PAGE_BYTES = 4096;
/** The Linux build erases a kilobyte. */
const PARTS = 4;
const START_MS = 1451606400000;
const MINUTE_MS = 60000;
const REPORT = 5;
/** Processor time goes on in steps of some milliseconds: what is short is done that often. */
const OFTEN = 40;
/** Each takes twice the samples of the one before, where they are thinned out. */
const TURNS = 3;
const REPORTS = 12;

const isFull = require("Storage").read("queue", 0, 1) !== undefined;
const small = { pages: pages * PARTS, pageBytes: PAGE_BYTES / PARTS, address: 0 };
small.address = areaInFile("queue", small);
const platform = createPlatform(noiseOfFile, "/dev/urandom", small);
const area = { pages: pages, pageBytes: PAGE_BYTES };
let erases = 0;
let most = 0;
let before = 0;
let count = 0;
let queue;
let places;

function look() {
  most = Math.max(most, process.memory(false).usage);
}

/** In its own right: a look takes time. */
function watched(flash) {
  return {
    area: area,
    read: function (at, bytes) {
      look();
      return flash.read(at, bytes);
    },
    write: function (at, bytes) {
      look();
      flash.write(at, bytes);
    },
    erase: flash.erase,
  };
}

platform.flash = (function (openSmall) {
  return function () {
    const flash = openSmall();
    const erase = flash.erase;
    flash.area = area;
    flash.erase = function (page) {
      erases++;
      for (let part = 0; part < PARTS; part++) erase(page * PARTS + part);
    };
    return isPeak ? watched(flash) : flash;
  };
})(platform.flash);
platform.log.write = function () {};

/** Of the engine's, on Linux (proc(5)): its own clock goes on while other programs run. */
function processorMs() {
  const file = E.openFile("/proc/self/schedstat", "r");
  const text = file.read(64);
  file.close();
  return parseInt(text, 10) / 1e6;
}

/** Milliseconds, or variables more than before. */
function costOf(work) {
  most = before = process.memory().usage;
  const startMs = processorMs();
  work();
  return isPeak ? most - before : processorMs() - startMs;
}

function start() {
  queue = createBoardQueue(platform, NATIVE_HASHES[0], { whenFull: mode[0] }, function () {
    return NaN;
  });
}

function keepOne() {
  queue.keep({
    timeMs: START_MS + count++ * MINUTE_MS,
    atMs: 0,
    co2Ppm: 428,
    latE9: 44068843000,
    lonE9: -121314192000,
    heightMm: 1127700,
    placeAgeS: 0,
  });
}

function findOldest() {
  places = queue.open().oldest(REPORT);
}

function settle() {
  queue.open().remove(places, 0);
}

/** In one piece, as `processorMs` wants it; but that leaves garbage, which would count among the variables. */
function costOfMany(work, rounds) {
  if (isPeak) return costOf(work);
  const cost = costOf(function () {
    for (let round = 0; round < rounds; round++) work();
  });
  return cost / rounds;
}

/** Of variables the most, of milliseconds the mean. */
function worthOf(costs) {
  let sum = 0;
  costs.forEach(function (cost) {
    sum += cost;
  });
  return isPeak ? Math.max.apply(Math, costs) : sum / costs.length;
}

/** A report's samples each time, which have to be found first. */
function settled() {
  const costs = [];
  for (let round = 0; round < REPORTS; round++) {
    findOldest();
    costs.push(costOf(settle));
  }
  return worthOf(costs);
}

function turned() {
  const costs = [];
  while (costs.length < TURNS) {
    const erased = erases;
    const cost = costOf(keepOne);
    if (erases > erased) costs.push(cost);
  }
  return worthOf(costs);
}

function measure() {
  const found = {};
  // In quotes, because some of these names are the firmware's own, and are shortened.
  found["total"] = process.memory().total;
  found["version"] = process.env.VERSION;
  found["begin"] = costOf(start);
  if (!isFull) found["append"] = costOfMany(keepOne, OFTEN);
  else {
    found["firstOldest"] = costOf(findOldest);
    found["oldest"] = costOfMany(findOldest, OFTEN);
    found["turn"] = turned();
    found["settle"] = settled();
  }
  print("RESULT " + JSON.stringify(found));
}

setTimeout(measure, 0);
