// On Espruino, as boot code: what a user would do who has no queue. `mode` in Storage: "json", all that waits as one
// file that is written anew, or "append", a file that grows (https://www.espruino.com/Reference#StorageFile) and is
// erased when all of it is delivered. From the console: `step(waiting, times)`, `cost(waiting)`, and `begin(id)` for kills.
/* eslint-disable @typescript-eslint/no-require-imports -- the engine has its own */
/* global global, require, print, getTime, setInterval */

const storage = require("Storage");
const isJson = storage.read("mode") === "json";
const FILE = "queue";
const START_MS = 1451606400000;
const ROUNDS = 15;
const REPORT = 5;
/** With so many, all go. */
const MOST_WAITING = 40;

let waiting = [];
let file;
let count = 0;

function sampleOf(id) {
  const sample = {};
  sample["id"] = id;
  sample["t"] = START_MS + id * 60000;
  sample["ppm"] = 428;
  sample["lat"] = 44.068843;
  sample["lon"] = -121.314192;
  sample["h"] = 1127.7;
  return sample;
}

function writeAll() {
  storage.writeJSON(FILE, waiting);
}

function append(id) {
  const sample = sampleOf(id);
  if (isJson) {
    waiting.push(sample);
    writeAll();
  } else {
    file.write(JSON.stringify(sample) + "\n");
    waiting.push(id);
  }
}

/** A file that grows forgets all at once. */
function settle() {
  if (isJson) {
    waiting.splice(0, REPORT);
    writeAll();
  } else {
    file["erase"]();
    file = storage["open"](FILE, "a");
    waiting = [];
  }
}

function settleAll() {
  if (isJson) waiting = [];
  settle();
}

function linesOf(most) {
  const reader = storage["open"](FILE, "r");
  const found = [];
  let line = reader.readLine();
  while (line !== undefined && found.length < most) {
    try {
      found.push(JSON.parse(line)["id"]);
    } catch {
      // It was cut off.
    }
    line = reader.readLine();
  }
  return found;
}

function oldest() {
  return isJson ? storage.readJSON(FILE, true).slice(0, REPORT) : linesOf(REPORT);
}

function open() {
  if (isJson) waiting = storage.readJSON(FILE, true) || [];
  else {
    waiting = linesOf(9999);
    file = storage["open"](FILE, "a");
  }
}

function idOf(sample) {
  return isJson ? sample["id"] : sample;
}

/** Other programs on the machine make some times longer. */
function leastOf(work) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startS = getTime();
    work();
    times.push((getTime() - startS) * 1000);
  }
  return Math.min.apply(Math, times);
}

function onceOf(work) {
  const startS = getTime();
  work();
  return (getTime() - startS) * 1000;
}

/** As many wait as before; where none does, each new one is delivered at once. */
global["step"] = function (most, times) {
  for (; times; times--) {
    append(count++);
    // The growing file knows of no single one.
    if (waiting.length > most && most) waiting.shift();
    if (!most) settleAll();
  }
  print("stepped");
};

global["cost"] = function (most) {
  const before = process.memory().usage;
  while (waiting.length < most) append(count++);
  const found = {};
  found["held"] = process.memory().usage - before;
  found["append"] = leastOf(function () {
    append(count++);
    if (isJson) waiting.pop();
  });
  found["oldest"] = leastOf(oldest);
  found["beginFull"] = onceOf(open);
  found["settle"] = onceOf(settle);
  print("RESULT " + JSON.stringify(found));
};

global["begin"] = function (id) {
  setInterval(function () {
    append(id);
    print("appended " + id++);
    if (waiting.length <= MOST_WAITING) return;
    print("settling " + waiting.map(idOf).join());
    settleAll();
  }, 1);
};

open();
print("waiting " + waiting.map(idOf).join());
