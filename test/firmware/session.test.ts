// The portable suites from the stream to the agent, on Node and as the compiler wrote them.
import { sessionSuites } from "../portable/index-session.js";

for (const { name, tests } of sessionSuites) {
  describe(name, () => {
    for (const test of tests) it(test.name, () => test.run());
  });
}
