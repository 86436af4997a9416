import { embedded } from "../../support/servers.js";
import { describeScopeNodeOn } from "./suite.js";

describeScopeNodeOn(embedded);
