// What runs in front of the bundle in the real engine: its waits are shortened, and it tells what it does to its flash
// before it does it, so that an onlooker knows of every sample that was put into the queue (journal.ts), and can kill it
// in between. Each line is out before the engine goes on.

/** Octets of a record's check and of the date behind it (store/flash-log.ts, report/sample.ts). */
const CHECK_BYTES = 4;
const DATE_BYTES = 6;

/** An onlooker takes so long to hear a line and to kill. */
const PAUSE_S = 0.002;

/**
 * A login or an answer that takes 30 s to fail fails in 1 s, and a back-off of minutes is over in a quarter of a second
 * or two. A page's first record is its header, which has no date: an onlooker knows it by its place.
 */
export const PROBE = `
(function () {
  var start = setTimeout, flash = require("Flash"), write = flash.write, erase = flash.erasePage;
  function dateIn(bytes) {
    var date = 0;
    for (var at = ${CHECK_BYTES}; at < ${CHECK_BYTES + DATE_BYTES}; at++) date = date * 256 + bytes.charCodeAt(at);
    return date;
  }
  global.setTimeout = function (callback, delayMs) {
    if (delayMs > 60000) delayMs /= 1000;
    else if (delayMs > 5000) delayMs /= 30;
    return start(callback, delayMs);
  };
  function tell(what, at) {
    console.log("info", what + " at=" + at);
    for (var end = getTime() + ${PAUSE_S}; getTime() < end;);
  }
  flash.write = function (bytes, at) {
    tell(bytes.length > 1 ? "writing date=" + dateIn(bytes) : "marking as=" + bytes.charCodeAt(0), at);
    write(bytes, at);
    console.log("info", "flashed");
  };
  flash.erasePage = function (at) {
    tell("erasing", at);
    erase(at);
    console.log("info", "flashed");
  };
})();
`;
