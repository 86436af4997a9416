// Kaluma's globals and modules for the `jerry` command, as far as a board needs them to start: what runs is the engine. `FILES`,
// texts by path, stands before it; behind the bundle `passRounds` lets time pass.
/* global print */
(function (global) {
  var nowMs = 0;
  var timers = [];
  var files = {};

  function nothing() {}

  function octetsOf(text) {
    var octets = new Uint8Array(text.length);
    for (var index = 0; index < text.length; index++) octets[index] = text.charCodeAt(index);
    return octets;
  }

  /** A quarter of a second in each. */
  global.passRounds = function (count) {
    for (; count > 0; count--) {
      nowMs += 250;
      for (var index = 0; index < timers.length; index++) {
        var callback = timers[index].callback;
        if (timers[index].dueMs >= nowMs) continue;
        timers[index].callback = nothing;
        callback();
      }
    }
  };

  global.console = {
    log: function (level, line) {
      print(level + " " + line);
    },
    error: print,
  };
  global.process = {
    version: "1.3.0-beta.2",
    memoryUsage: function () {
      return { heapTotal: 184320, heapUsed: 100000 };
    },
  };
  global.setTimeout = function (callback, delayMs) {
    return timers.push({ dueMs: nowMs + delayMs, callback: callback }) - 1;
  };
  global.clearTimeout = function (id) {
    timers[id].callback = nothing;
  };
  global.millis = function () {
    return nowMs;
  };
  global.OUTPUT = 1;
  global.INPUT_PULLUP = global.FALLING = 2;
  global.pinMode = global.setWatch = global.digitalWrite = nothing;
  global.__netdev = { errno: 0 };

  for (var path in global.FILES) files[path] = octetsOf(global.FILES[path]);

  var modules = {
    fs: {
      exists: function (path) {
        return path in files;
      },
      readFile: function (path) {
        return files[path];
      },
      open: function (path) {
        return path;
      },
      write: function (path, octets) {
        files[path] = octets;
      },
      close: nothing,
    },
    uart: {
      UART: function () {
        this.on = this.write = nothing;
      },
    },
    wifi: {
      WiFi: function () {
        this.connect = nothing;
        this.getConnection = function (onDone) {
          onDone(null, {});
        };
      },
    },
    net: {
      Socket: function () {
        this._fd = 0;
        this.on = this.connect = this.write = this.flush = this.destroy = nothing;
      },
    },
    rp2: {
      randomBigInt: function () {
        return global.BigInt("0x123456789abcdef123456789abcdef12");
      },
    },
  };

  global.require = function (name) {
    if (!(name in modules)) throw new Error("Failed to load module: " + name);
    return modules[name];
  };
})(this);
