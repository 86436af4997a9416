import { embedded, prosody } from "../../support/servers.js";
import { describeRelayOn } from "./suite.js";

describeRelayOn(prosody);
describeRelayOn(embedded);
