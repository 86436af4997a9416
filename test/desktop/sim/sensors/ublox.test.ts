// What a simulated u-blox receiver obeys, by generation. The frames are those that others send to real receivers:
// CFG-MSG as in scarab-osd's issue 484; VALSET of RAM as in a sketch for a receiver of generation 10, of the battery's
// memory as in Meshtastic's GPS.cpp, in version 1 as in a driver for the ZED-F9P; DYNMODEL as in rs41-nfw's issue 3.

import assert from "node:assert/strict";
import {
  UBLOX_SENTENCES,
  type UbloxGeneration,
  UbloxOutput,
} from "../../../../src/desktop/sim/sensors/ublox.js";
import { UBX_FRAMING, ubxBytes, ubxFrameOf } from "../../../../src/desktop/sim/sensors/ubx.js";
import { bytesOf, hexOf } from "./twin-bench.js";

const GSV_OFF = "b5 62 06 01 03 00 f0 03 00 fd 15";
const VTG_OFF = "b5 62 06 8a 09 00 00 01 00 00 b1 00 91 20 00 fc 99";
const GLL_OFF_VERSION_1 = "b5 62 06 8a 09 00 01 01 00 00 ca 00 91 20 00 16 1f";
const GLL_GSV_VTG_OFF_BATTERY =
  "b5 62 06 8a 13 00 00 02 00 00 ca 00 91 20 00 c5 00 91 20 00 b1 00 91 20 00 f8 4e";
const DYNMODEL = "b5 62 06 8a 09 00 00 01 00 00 21 00 11 20 06 f2 4f";

const MESSAGE_DONE = "b5 62 05 01 02 00 06 01 0f 38";
const MESSAGE_REFUSED = "b5 62 05 00 02 00 06 01 0e 33";
const VALUES_DONE = "b5 62 05 01 02 00 06 8a 98 c1";
const VALUES_REFUSED = "b5 62 05 00 02 00 06 8a 97 bc";

function answer(output: UbloxOutput, hex: string): string {
  const bytes = bytesOf(hex);
  assert.ok(UBX_FRAMING.isFrame(bytes));
  return hexOf(output.obey(ubxFrameOf(bytes)) ?? Buffer.alloc(0));
}

const namesOf = (output: UbloxOutput) => UBLOX_SENTENCES.filter((name) => output.sends(name));
const without = (...names: string[]) => UBLOX_SENTENCES.filter((name) => !names.includes(name));
const valSet = (payload: string) => hexOf(ubxBytes(0x06, 0x8a, bytesOf(payload)));

describe("simulated u-blox receiver", () => {
  const DOES: readonly [UbloxGeneration, string, string][] = [
    [8, MESSAGE_DONE, VALUES_REFUSED],
    [9, MESSAGE_DONE, VALUES_DONE],
    [10, MESSAGE_REFUSED, VALUES_DONE],
  ];

  for (const [generation, toMessage, toValues] of DOES) {
    it(`generation ${generation} does what it knows, and refuses the other`, () => {
      const output = new UbloxOutput(generation);
      assert.deepEqual(namesOf(output), UBLOX_SENTENCES);
      assert.equal(answer(output, GSV_OFF), toMessage);
      assert.equal(answer(output, VTG_OFF), toValues);
      const off = [toMessage === MESSAGE_DONE && "GSV", toValues === VALUES_DONE && "VTG"];
      assert.deepEqual(namesOf(output), without(...off.filter((name) => name !== false)));
      output.reboot();
      assert.deepEqual(namesOf(output), UBLOX_SENTENCES);
    });
  }

  it("does a VALSET of version 1 without a transaction, and refuses one with it", () => {
    const output = new UbloxOutput(9);
    assert.equal(answer(output, GLL_OFF_VERSION_1), VALUES_DONE);
    assert.deepEqual(namesOf(output), without("GLL"));
    assert.equal(answer(output, valSet("01 01 01 00 b1 00 91 20 00")), VALUES_REFUSED);
    assert.equal(answer(output, valSet("02 01 00 00 b1 00 91 20 00")), VALUES_REFUSED);
    assert.deepEqual(namesOf(output), without("GLL"));
  });

  it("keeps what the battery's memory has, and uses it from the next start on", () => {
    const output = new UbloxOutput(10);
    assert.equal(answer(output, GLL_GSV_VTG_OFF_BATTERY), VALUES_DONE);
    assert.deepEqual(namesOf(output), UBLOX_SENTENCES);
    output.reboot();
    assert.deepEqual(namesOf(output), without("GLL", "GSV", "VTG"));
    assert.equal(output.flashWrites, 0);
  });

  it("counts what goes to the flash", () => {
    const output = new UbloxOutput(9);
    assert.equal(answer(output, valSet("00 07 00 00 ca 00 91 20 00")), VALUES_DONE);
    assert.deepEqual([namesOf(output), output.flashWrites], [without("GLL"), 1]);
  });

  it("refuses all for one unknown key, half a pair, no layer, too many pairs", () => {
    const output = new UbloxOutput(9);
    const pair = "ca 00 91 20 00";
    for (const payload of [
      `00 01 00 00 ${pair} ff ff 91 20 00`,
      `00 01 00 00 ${pair} b1 00 91 20`,
      `00 00 00 00 ${pair}`,
      `00 01 00 00 ${`${pair} `.repeat(65).trim()}`,
      "00 01 00",
    ]) {
      assert.equal(answer(output, valSet(payload)), VALUES_REFUSED, payload);
    }
    assert.deepEqual(namesOf(output), UBLOX_SENTENCES);
    assert.equal(
      answer(output, valSet(`00 01 00 00 ${`${pair} `.repeat(64).trim()}`)),
      VALUES_DONE,
    );
    assert.deepEqual(namesOf(output), without("GLL"));
  });

  it("takes the last of two values, and nothing that is for another port", () => {
    const output = new UbloxOutput(9);
    const payload = "00 01 00 00 ca 00 91 20 00 ca 00 91 20 01 c4 00 91 20 00 c8 00 91 20 00";
    assert.equal(answer(output, valSet(payload)), VALUES_DONE);
    assert.deepEqual(namesOf(output), UBLOX_SENTENCES);
  });

  it("of generation 10 has neither a second UART nor USB", () => {
    for (const [key, toValues] of [
      ["c9", VALUES_DONE],
      ["ca", VALUES_DONE],
      ["cb", VALUES_REFUSED],
      ["cc", VALUES_REFUSED],
      ["cd", VALUES_DONE],
    ] as const) {
      const payload = `00 01 00 00 ${key} 00 91 20 00`;
      assert.equal(answer(new UbloxOutput(10), valSet(payload)), toValues, key);
      assert.equal(answer(new UbloxOutput(9), valSet(payload)), VALUES_DONE, key);
    }
  });

  it("sends each third time what has the rate 3", () => {
    const output = new UbloxOutput(8);
    const gsv = hexOf(ubxBytes(0x06, 0x01, bytesOf("f0 03 03")));
    assert.equal(answer(output, gsv), MESSAGE_DONE);
    const epochs = [0, 1, 2, 3, 4, 5, 6].filter((epoch) => output.sends("GSV", epoch));
    assert.deepEqual(epochs, [0, 3, 6]);
  });

  it("refuses what a real one knows and this one does not; says nothing to other classes", () => {
    const output = new UbloxOutput(9);
    assert.equal(answer(output, DYNMODEL), VALUES_REFUSED);
    // Another class of messages; UBX-CFG-RST; UBX-MON-VER, a question.
    assert.equal(answer(output, hexOf(ubxBytes(0x06, 0x01, bytesOf("01 07 01")))), MESSAGE_REFUSED);
    assert.equal(
      answer(output, "b5 62 06 04 04 00 00 00 02 00 10 68"),
      "b5 62 05 00 02 00 06 04 11 36",
    );
    assert.equal(answer(output, "b5 62 0a 04 00 00 0e 34"), "");
    assert.deepEqual(namesOf(output), UBLOX_SENTENCES);
  });
});
