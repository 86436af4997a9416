// What the firmware asks of its host, for Duktape 2.7 (https://duktape.org/guide.html#builtin-duktape):
// its codecs work on buffers, and its strings are no byte strings.
/* global Duktape */
(function (global) {
  function toBuffer(bytes) {
    var buffer = new Uint8Array(bytes.length);
    for (var at = 0; at < bytes.length; at++) buffer[at] = bytes.charCodeAt(at);
    return buffer;
  }

  global.btoa = function (bytes) {
    return Duktape.enc("base64", toBuffer(bytes));
  };

  global.atob = function (text) {
    var buffer = Duktape.dec("base64", text);
    var bytes = "";
    for (var at = 0; at < buffer.length; at++) bytes += String.fromCharCode(buffer[at]);
    return bytes;
  };
})(globalThis);
