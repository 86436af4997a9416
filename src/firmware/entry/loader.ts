// What an Espruino board boots, `.bootcde`: it locks the console and runs one of two programs, from flash. docs/update.md has
// the files and what a power cut leaves of them.
//
//   microspime.a, .b   two places for the program
//   microspime.run     `a` or `b`: which of them is confirmed; anything else, and none: `a`
//   microspime.try     `a` or `b`, and seconds: it is run once, and has so long to reach its server (`b600`)
//   microspime.lock    the console's password
//
// A program knows by `microspimePlace` which place it is in, and by `microspimeTrial` that it is on trial: the timer that would
// end that.

interface Storage {
  read(name: string, offset?: number, count?: number): string | undefined;
  erase(name: string): void;
}

declare function require(name: "Storage"): Storage;
declare const E: { setPassword?(password: string): void; lockConsole(): void; reboot(): void };
declare function load(): void;
declare function setTimeout(callback: () => void, delayMs: number): number;
declare const process: { env: { BOARD: string } };
declare const console: { log(level: string, line: string): void };
declare const global: { microspimePlace: string; microspimeTrial?: number };

// A function that is called once: nothing of it is left when the program begins.
(function (storage) {
  function isThere(place: string): boolean {
    return (place === "a" || place === "b") && !!storage.read("microspime." + place, 0, 1);
  }

  const lock = storage.read("microspime.lock");
  if (lock && E.setPassword) {
    E.setPassword(lock);
    E.lockConsole();
  }
  const order = storage.read("microspime.try") || "";
  // Taken out first: the engine makes nothing of a text whose file is erased.
  const tried = order[0];
  const trialMs = (parseInt(order.slice(1), 10) || 600) * 1000;
  const confirmed = (storage.read("microspime.run") || "")[0];
  // Before it runs: whatever restarts the board goes back.
  if (order) storage.erase("microspime.try");
  if (isThere(tried)) {
    global.microspimePlace = tried;
    // What has no such chip can only load anew.
    global.microspimeTrial = setTimeout(process.env.BOARD === "LINUX" ? load : E.reboot, trialMs);
  } else global.microspimePlace = isThere(confirmed) ? confirmed : isThere("a") ? "a" : "b";
})(require("Storage"));

// Out here, where its names are global; what it reads stays in flash.
try {
  eval(require("Storage").read("microspime." + global.microspimePlace)!);
} catch (error) {
  console.log("error", "program place=" + global.microspimePlace + " reason=" + error);
  // Later: an engine that has just been told to load forgets at the end of its boot code that it is told so again.
  if (global.microspimeTrial) setTimeout(process.env.BOARD === "LINUX" ? load : E.reboot, 1000);
}
