import { embedded, prosody } from "../../support/servers.js";
import { describeSecurityOn } from "./secure-suite.js";

describeSecurityOn(prosody);
describeSecurityOn(embedded);
