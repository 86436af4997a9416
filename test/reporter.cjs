// Mocha's spec reporter, and below it what was skipped for want of a program, then the count:
// the last line is always `N passed, N failed, N skipped`.
"use strict";

const Mocha = require("mocha");

const { EVENT_TEST_PENDING } = Mocha.Runner.constants;
const { Base, Spec } = Mocha.reporters;
/** The one that mocha keeps for itself: a test may have replaced console.log. */
const print = Base.consoleLog;

/** Suites and tests that lack something have it in their title: `(skipped: install prosody)`. */
const REASON = /\s*\(?skipped: ([^)]*)\)?/;

function splitTitle(fullTitle) {
  const match = REASON.exec(fullTitle);
  return match
    ? { title: fullTitle.replace(REASON, ""), reason: match[1].trim() }
    : { title: fullTitle, reason: "no reason given" };
}

function groupByReason(fullTitles) {
  const groups = new Map();
  for (const { title, reason } of fullTitles.map(splitTitle)) {
    groups.set(reason, [...(groups.get(reason) ?? []), title]);
  }
  return groups;
}

module.exports = class Reporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    this.skipped = [];
    runner.on(EVENT_TEST_PENDING, (test) => this.skipped.push(test.fullTitle()));
  }

  /** Mocha calls it when all is over. */
  epilogue() {
    super.epilogue();
    this.printSkipped();
    const { passes, failures, pending } = this.stats;
    print(`${passes} passed, ${failures} failed, ${pending} skipped`);
  }

  printSkipped() {
    if (this.skipped.length === 0) return;
    print("Skipped:");
    for (const [reason, titles] of groupByReason(this.skipped)) {
      print(`  ${reason}`);
      for (const title of titles) print(`    - ${title}`);
    }
    print("");
  }
};
