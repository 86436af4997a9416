import { embedded, prosody } from "../../support/servers.js";
import { BOARD, describeStreamManagementOn } from "./stream-management-suite.js";

describeStreamManagementOn({
  ...prosody,
  answers: {
    presences: [BOARD, BOARD],
    secondEnable: "unexpected-request",
    tellsCounts: false,
    takenOver: undefined,
    unavailable: "cancel",
  },
});

describeStreamManagementOn({
  ...embedded,
  answers: {
    presences: [],
    secondEnable: "policy-violation",
    tellsCounts: true,
    takenOver: "conflict",
    unavailable: "wait",
  },
});
