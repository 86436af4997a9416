// Every portable suite.

import { aesSuite, paddingSuite } from "./aes.suite.js";
import { bytesSuite } from "./bytes.suite.js";
import { canonicalSuite } from "./canonical.suite.js";
import { claimingSuite } from "./claiming.suite.js";
import { claimsSuite, durableFileSuite } from "./claims.suite.js";
import { seekingSuite } from "./seeking.suite.js";
import { statusSuite } from "./status.suite.js";
import { turnsSuite } from "./turns.suite.js";
import { configurationSuite } from "./configuration.suite.js";
import { esp32RsaSuite } from "./esp32-rsa.suite.js";
import { gpsSensingSuite } from "./gps-sensing.suite.js";
import { hashSuite } from "./hash.suite.js";
import { hostPortSuite } from "./host-port.suite.js";
import { sessionSuites } from "./index-session.js";
import { jidSuite } from "./jid.suite.js";
import { keyRingSuite } from "./key-ring.suite.js";
import { co2SensingSuite } from "./co2-sensing.suite.js";
import { cm1106Suite } from "./cm1106.suite.js";
import { mhz19Suite } from "./mhz19.suite.js";
import { scd30Suite } from "./scd30.suite.js";
import { scd4xSuite } from "./scd4x.suite.js";
import { senseairS8Suite } from "./senseair-s8.suite.js";
import { t6713Suite } from "./t6713.suite.js";
import { naclEnvelopesSuite } from "./nacl-envelopes.suite.js";
import { naclSuite } from "./nacl.suite.js";
import { nmeaEpochsSuite } from "./nmea-epochs.suite.js";
import { nmeaSuite } from "./nmea.suite.js";
import { openingSuite } from "./opening.suite.js";
import { portableHashSuite } from "./portable-hash.suite.js";
import { queueSuite } from "./queue.suite.js";
import { drbgSuite, randomSuite } from "./random.suite.js";
import { reportSuite } from "./report.suite.js";
import { rsaSuites } from "./index-rsa.js";
import { samplerSuite } from "./sampler.suite.js";
import { scramSuite } from "./scram.suite.js";
import { sealingSuite } from "./sealing.suite.js";
import type { Suite } from "./suite.js";
import { updateSuite } from "./update.suite.js";
import { ubloxSuite } from "./ublox.suite.js";
import { xmlCapsSuite } from "./xml-caps.suite.js";
import { xmlElementSuite } from "./xml-element.suite.js";
import { xmlFaultsSuite } from "./xml-faults.suite.js";
import { xmlLoginSuite } from "./xml-login.suite.js";
import { xmlParserSuite } from "./xml-parser.suite.js";
import { xmlSplitsSuite } from "./xml-splits.suite.js";
import { xmlTextFaultsSuite } from "./xml-text-faults.suite.js";

export const suites: Suite[] = [
  bytesSuite,
  xmlParserSuite,
  xmlFaultsSuite,
  xmlTextFaultsSuite,
  xmlCapsSuite,
  xmlSplitsSuite,
  xmlLoginSuite,
  xmlElementSuite,
  hashSuite,
  hostPortSuite,
  portableHashSuite,
  drbgSuite,
  randomSuite,
  esp32RsaSuite,
  aesSuite,
  paddingSuite,
  scramSuite,
  jidSuite,
  nmeaSuite,
  gpsSensingSuite,
  co2SensingSuite,
  nmeaEpochsSuite,
  ubloxSuite,
  mhz19Suite,
  senseairS8Suite,
  t6713Suite,
  cm1106Suite,
  scd30Suite,
  scd4xSuite,
  reportSuite,
  canonicalSuite,
  sealingSuite,
  naclSuite,
  naclEnvelopesSuite,
  openingSuite,
  keyRingSuite,
  turnsSuite,
  statusSuite,
  updateSuite,
  durableFileSuite,
  claimsSuite,
  claimingSuite,
  seekingSuite,
  samplerSuite,
  queueSuite,
  configurationSuite,
].concat(sessionSuites, rsaSuites);
