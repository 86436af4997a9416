import { findProsody, startProsody } from "../../support/prosody.js";
import { describeSeekOn } from "./seek-suite.js";

describeSeekOn({
  name: "Prosody",
  ...(findProsody() === undefined && { skipped: "install prosody" }),
  start: startProsody,
});
