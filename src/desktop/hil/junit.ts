// The verdicts as JUnit XML, which build servers read: a suite a scenario, a case a step.

import junit, { type Builder } from "junit-report-builder";
import type { HilOutcome, Verdict } from "./outcome.js";

/** Its types are those of an ECMAScript module, its code is not one. */
const builder = junit as unknown as Builder;

export function junitReport(outcomes: readonly HilOutcome[]): string {
  const report = builder.newBuilder();
  for (const { scene, verdicts, date } of outcomes) {
    const suite = report.testSuite().name(scene.title).timestamp(date);
    suite.property("target", scene.target).property("board", scene.board);
    verdicts.forEach((verdict, index) => {
      const number = String(index + 1).padStart(2, "0");
      const test = suite.testCase().className(scene.file).name(`${number} ${verdict.title}`);
      test.time(verdict.tookS);
      if (verdict.isSkipped) test.skipped();
      else if (!verdict.isPassed) test.failure(failureText(verdict, scene.file), "verdict");
    });
  }
  return report.build();
}

function failureText({ expected, seen, line }: Verdict, file: string): string {
  const where = line > 0 ? `${file}:${line}: ` : "";
  return `${where}${expected === undefined ? "" : `expected ${expected}; `}seen: ${seen ?? "nothing"}`;
}
