// On JerryScript: private powers by the provider `bigint`; KEY is in a script before this one.
import { bigIntRsa } from "../../build/tsc/src/firmware/crypto/big-int-rsa.js";
import { fieldOf } from "../../build/tsc/src/firmware/crypto/key-record.js";
import { measure } from "./jerry-clock.js";
/* global KEY */

const rsa = bigIntRsa();
const block = fieldOf(KEY, "xb");
const answer = fieldOf(KEY, "xs");

measure(function () {
  let result;
  rsa.power(KEY, true, block, function (power) {
    result = power;
  });
  return result === answer;
});
