import { ejabberd, embedded, prosody } from "../../support/servers.js";
import { describeSessionsOn } from "./sessions-suite.js";

for (const server of [embedded, prosody, ejabberd]) {
  for (const tls of [false, true]) describeSessionsOn(server, tls);
}
