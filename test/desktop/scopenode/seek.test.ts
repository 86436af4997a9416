import { embedded, prosody } from "../../support/servers.js";
import { describeSeekOn } from "./seek-suite.js";

describeSeekOn(prosody);
describeSeekOn(embedded);
