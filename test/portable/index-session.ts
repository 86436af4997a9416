// The suites from the stream to the agent.

import {
  agentClaimSuite,
  agentConfigurationSuite,
  agentScheduleSuite,
  agentSuite,
  agentTimeSuite,
} from "./agent.suite.js";
import { backOffSuite } from "./back-off.suite.js";
import { publishedFailuresSuite } from "./published-failures.suite.js";
import { queriesSuite } from "./queries.suite.js";
import { reporterSuite } from "./reporter.suite.js";
import { livenessSuite, resumptionSuite } from "./session-links.suite.js";
import { sessionSuite } from "./session.suite.js";
import { streamFaultsSuite } from "./stream-faults.suite.js";
import { streamLoginSuite } from "./stream-login.suite.js";
import { streamBoundsSuite, streamRefusalsSuite } from "./stream-refusals.suite.js";
import { streamSuite } from "./stream.suite.js";
import type { Suite } from "./suite.js";

export const sessionSuites: Suite[] = [
  queriesSuite,
  streamLoginSuite,
  streamSuite,
  streamFaultsSuite,
  streamBoundsSuite,
  streamRefusalsSuite,
  sessionSuite,
  backOffSuite,
  publishedFailuresSuite,
  reporterSuite,
  agentSuite,
  livenessSuite,
  resumptionSuite,
  agentClaimSuite,
  agentTimeSuite,
  agentConfigurationSuite,
  agentScheduleSuite,
];
