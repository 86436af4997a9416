import { embedded, prosody } from "../../support/servers.js";
import { describeComponentOn } from "./component-suite.js";

describeComponentOn(prosody);
describeComponentOn(embedded);
