// Winsen MH-Z19B answers out of a UART's bytes. Frames with a source are of test/vectors/co2-frames.json.

import { co2PpmOf, createMhz19Reader, READ_CO2 } from "../../src/firmware/sensors/mhz19.js";
import { fromHex, toHex } from "./hex.js";
import { equal, suite } from "./suite.js";

/** Winsen MH-Z19B manual, page 7. */
const PPM_544 = fromHex("ff 86 02 20 00 00 00 00 58");
/** Captured, SmingHub/Sming#2415. */
const PPM_3557 = fromHex("ff 86 0d e5 3d 40 42 cf fa");
/** Captured, letscontrolit/ESPEasy#466: 395 ppm with checksum 00. */
const BAD_395 = fromHex("ff 86 01 8b 3e 00 00 00 00");
/** The value of warming up. */
const PPM_410 = fromHex("ff 86 01 9a 41 00 00 00 9e");
const ABC_OFF = fromHex("ff 01 79 00 00 00 00 00 86");

function valuesOf(pieces: string[]): number[] {
  const values: number[] = [];
  const reader = createMhz19Reader(function (co2Ppm) {
    values.push(co2Ppm);
  });
  pieces.forEach(reader.push);
  return values;
}

/** An answer with its checksum. */
function answer(co2Ppm: number): string {
  const high = Math.floor(co2Ppm / 256);
  const low = co2Ppm % 256;
  const sum = (1024 - 0x86 - high - low) % 256;
  return "\xff\x86" + String.fromCharCode(high, low) + "\0\0\0\0" + String.fromCharCode(sum);
}

export const mhz19Suite = suite("sensors/mhz19", function (test) {
  test("the command as the manual prints it", function () {
    equal(toHex(READ_CO2), "ff0186000000000079");
  });

  test("answers with a right checksum", function () {
    equal(co2PpmOf(PPM_544), 544);
    equal(co2PpmOf(PPM_3557), 3557);
    equal(co2PpmOf(PPM_410), 410);
    equal(answer(544), PPM_544);
  });

  test("an answer with a wrong checksum", function () {
    equal(isNaN(co2PpmOf(BAD_395)), true);
    equal(valuesOf([BAD_395]), []);
    equal(valuesOf([BAD_395 + PPM_544 + BAD_395 + PPM_410]), [544, 410]);
  });

  test("the range", function () {
    equal(valuesOf([answer(0), answer(400), answer(10000)]), [0, 400, 10000]);
    equal(valuesOf([answer(10001), answer(15000), answer(65535), answer(410)]), [410]);
  });

  test("a flipped bit anywhere", function () {
    for (let at = 0; at < PPM_3557.length; at++) {
      const flipped = String.fromCharCode(PPM_3557.charCodeAt(at) ^ 16);
      equal(valuesOf([PPM_3557.slice(0, at) + flipped + PPM_3557.slice(at + 1)]), [], "byte " + at);
    }
  });

  test("cut anywhere, and byte by byte", function () {
    const bytes = PPM_544 + PPM_3557;
    for (let at = 1; at < bytes.length; at++) {
      equal(valuesOf([bytes.slice(0, at), bytes.slice(at)]), [544, 3557], "at " + at);
    }
    equal(valuesOf(bytes.split("")), [544, 3557]);
  });

  test("half an answer is none until the rest has come", function () {
    equal(valuesOf([PPM_544.slice(0, 8)]), []);
    equal(valuesOf([PPM_544.slice(0, 8), PPM_544.slice(8)]), [544]);
  });

  test("half an answer, then whole ones", function () {
    for (let length = 1; length < 9; length++) {
      const values = valuesOf([PPM_3557.slice(0, length) + PPM_544 + PPM_410]);
      equal(values, [544, 410], "after " + length + " bytes");
      equal(valuesOf([PPM_3557.slice(length) + PPM_544]), [544], "without the first " + length);
    }
  });

  test("the command's echo", function () {
    equal(valuesOf([READ_CO2]), []);
    equal(valuesOf([READ_CO2 + PPM_544 + ABC_OFF + READ_CO2, PPM_410]), [544, 410]);
    equal(valuesOf((READ_CO2 + PPM_544 + READ_CO2 + PPM_410).split("")), [544, 410]);
    equal(valuesOf([READ_CO2.slice(0, 5) + PPM_544]), [544], "half an echo");
  });

  test("another sensor's frames: Plantower BM, Modbus", function () {
    const plantower = fromHex("42 4d 00 1c 00 0a ff 86 00 11 00 0a");
    const modbus = fromHex("fe 04 08 00 00 00 00 00 00 01 90 16 e6");
    equal(valuesOf([plantower, PPM_544, modbus, PPM_410]), [544, 410]);
    equal(valuesOf([plantower + modbus]), []);
  });

  test("runs of FF, and of FF 86", function () {
    equal(valuesOf(["\xff\xff\xff\xff" + PPM_544]), [544]);
    equal(valuesOf(["\xff\x86\xff\x86\xff\x86" + PPM_544]), [544]);
    equal(valuesOf(["\xff", "\x86", "\xff", PPM_544]), [544]);
  });

  test("noise does not pile up", function () {
    let noise = "\x01\x02\xff";
    while (noise.length < 3000) noise += noise;
    equal(valuesOf([noise, noise, PPM_544]), [544]);
  });
});
