import { findProsody, startProsody } from "../../support/prosody.js";
import { describeScopeNodeOn } from "./suite.js";

describeScopeNodeOn({
  name: "Prosody",
  ...(findProsody() === undefined && { skipped: "install prosody" }),
  start: startProsody,
});
