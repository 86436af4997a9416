// What the firmware asks of its host, for JerryScript, which has neither: base64 (RFC 4648 section 4) in
// plain JavaScript.
(function (global) {
  var DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  global.btoa = function (bytes) {
    var text = "";
    for (var at = 0; at < bytes.length; at += 3) {
      var left = bytes.length - at;
      var word =
        (bytes.charCodeAt(at) << 16) |
        ((left > 1 ? bytes.charCodeAt(at + 1) : 0) << 8) |
        (left > 2 ? bytes.charCodeAt(at + 2) : 0);
      text +=
        DIGITS.charAt(word >> 18) +
        DIGITS.charAt((word >> 12) & 63) +
        (left > 1 ? DIGITS.charAt((word >> 6) & 63) : "=") +
        (left > 2 ? DIGITS.charAt(word & 63) : "=");
    }
    return text;
  };

  global.atob = function (text) {
    var bytes = "";
    var bits = 0;
    var word = 0;
    var end = text.indexOf("=");
    var length = end < 0 ? text.length : end;
    for (var at = 0; at < length; at++) {
      var digit = DIGITS.indexOf(text.charAt(at));
      if (digit < 0) throw new Error("no base64");
      word = ((word << 6) | digit) & 0xffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        bytes += String.fromCharCode((word >> bits) & 255);
      }
    }
    return bytes;
  };
})(this);
