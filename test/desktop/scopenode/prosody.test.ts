import { prosody } from "../../support/servers.js";
import { describeScopeNodeOn } from "./suite.js";

describeScopeNodeOn(prosody);
