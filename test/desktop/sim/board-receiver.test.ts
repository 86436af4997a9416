// The simulated board's receiver is the one that its data file names.

import assert from "node:assert/strict";
import { generationIn, generationOn } from "../../../src/desktop/sim/board-receiver.js";

describe("receiver of a simulated board", () => {
  it("can be told what to send where the board's data file says ublox", () => {
    assert.equal(generationIn('{"sensors":{"co2":"mhz19","gps":"ublox"}}'), 9);
    assert.equal(generationIn('{"sensors":{"co2":"mhz19"}}'), undefined);
  });

  it("is a deaf one on the boards that come with the project", () => {
    assert.equal(generationOn("sim"), undefined);
    assert.equal(generationOn("linux"), undefined);
  });
});
