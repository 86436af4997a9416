// Delivery: what leaves the queue when, and what is tried again.

import type { ReportSettings } from "../../src/firmware/configuration.js";
import { addSample, datedCount, sampleQueue } from "../../src/firmware/report/queue.js";
import type { SampleQueue } from "../../src/firmware/report/queue.js";
import { flashLogState, Settled } from "../../src/firmware/store/flash-log.js";
import { createReporter } from "../../src/firmware/report/reporter.js";
import type { Sample } from "../../src/firmware/report/sample.js";
import type { Reporter } from "../../src/firmware/report/reporter.js";
import type { Element } from "../../src/firmware/xml/element.js";
import type { AnswerHandler } from "../../src/firmware/xmpp/session.js";
import { contains, createFakePlatform } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import { stanza, STANZAS, TOY_HASHES, typed } from "./fake-server.js";
import { atOnce, equal, ok, suite } from "./suite.js";

const SCOPENODE = "775b-f2c2@scopenode.example/co2";
/** A midnight. */
const DAY_MS = 86400000;
const SCOPE_ERRORS = "openspime:protocol:extension:data:error";

/** A reporter whose session is played by the test. */
interface World {
  platform: FakePlatform;
  queue: SampleQueue;
  addSample(sample: Sample): void;
  reporter: Reporter;
  isOnline: boolean;
  /** Whether an envelope can be made, whether that takes time, and what ends it. */
  isSealable: boolean;
  isSlow: boolean;
  sealed: () => void;
  /** How often an envelope was asked for because the one before could not be read. */
  unreadable: number;
  /** What will never be taken, a line each. */
  refused: string[];
  alarms: boolean[];
  /** Each report: the ppm of its samples, `400,401`. */
  reports: string[];
  /** Answers the newest report. */
  answer: (answer: Element | undefined) => void;
}

function envelope(content: string): string {
  return "<openspime><transport>" + content + "</transport></openspime>";
}

function ppmsOf(payload: string): string {
  const ppms: string[] = [];
  stanza(payload).children[0].children[0].children.forEach(function (entry) {
    ppms.push(entry.children[entry.children.length - 1].text);
  });
  return ppms.join(",");
}

function setUp(waiting: number, settings?: ReportSettings): World {
  const platform = createFakePlatform();
  const { clock, timer, log } = platform;
  const state = {
    log: flashLogState(platform.flash, TOY_HASHES[0], {}),
    timeMsAt: () => NaN,
    pending: [],
  };
  const queue = sampleQueue(state);
  const session = {
    start: function () {},
    stop: function () {},
    jid: function () {
      return "board@spime.example/spime";
    },
    isOnline: function () {
      return world.isOnline;
    },
    ask: function (to: string, type: string, payload: string, onAnswer: AnswerHandler) {
      equal([to, type], [SCOPENODE, "set"]);
      world.reports.push(ppmsOf(payload));
      world.answer = function (answer) {
        typed(onAnswer)(answer);
        platform.advance(0);
      };
      return "id" + world.reports.length;
    },
  };
  const reporter = createReporter(
    {
      clock,
      timer,
      log,
      session,
      queue: {
        keep: function () {},
        waiting: () => datedCount(state),
        refuse: function (places, line) {
          world.refused.push(line);
          return queue.remove(places, Settled.Refused);
        },
        open: () => queue,
        whenRoom: atOnce,
      },
      seal: function (content, isKeyWrong, onDone) {
        if (isKeyWrong) world.unreadable++;
        world.sealed = function () {
          onDone(world.isSealable ? envelope(content) : undefined, "cancel no-key");
        };
        if (!world.isSlow) world.sealed();
      },
      timeMsAt: function (monotonicMs) {
        return DAY_MS + monotonicMs;
      },
      platform: {
        alarm: function (isRaised) {
          world.alarms.push(isRaised);
        },
      },
    },
    SCOPENODE,
    "outdoor",
    settings || {},
  );
  const world: World = {
    platform: platform,
    queue: queue,
    addSample: function (sample) {
      addSample(state, sample);
      queue.flush();
    },
    reporter: reporter,
    isOnline: true,
    isSealable: true,
    isSlow: false,
    sealed: function () {},
    unreadable: 0,
    refused: [],
    alarms: [],
    reports: [],
    answer: function () {},
  };
  for (let index = 0; index < waiting; index++) add(world, 400 + index);
  return world;
}

function add(world: World, co2Ppm: number): void {
  world.addSample({
    timeMs: 1428956800000 + co2Ppm * 1000,
    latE9: 44068843333,
    lonE9: -121314191667,
    heightMm: 1127700,
    co2Ppm: co2Ppm,
    atMs: 0,
    placeAgeS: 0,
  });
}

/** As the agent does with a sample that it takes. */
function measure(world: World, co2Ppm: number): void {
  add(world, co2Ppm);
  world.reporter.onSample(co2Ppm);
}

const RESULT = "<iq type='result' id='x'/>";

function error(type: string, condition: string, namespace?: string): string {
  const detail = "<" + condition + " xmlns='" + (namespace || STANZAS) + "'/>";
  return "<iq type='error' id='x'><error type='" + type + "'>" + detail + "</error></iq>";
}

export const reporterSuite = suite("report/reporter", function (test) {
  test("a result takes the samples out of the queue", function () {
    const world = setUp(2);
    world.reporter.send();
    equal([world.reports, world.queue.size()], [["400,401"], 2], "before the answer");
    world.platform.advance(120);
    world.answer(stanza(RESULT));
    equal(world.queue.size(), 0);
    ok(world.platform.logged("info acknowledged id=id1 ms=120 waiting=0"), "the log");
    world.reporter.send();
    equal(world.reports, ["400,401"], "nothing is sent twice");
  });

  test("at most five in a report, oldest first, the next when the answer has come", function () {
    const world = setUp(12);
    world.reporter.send();
    world.answer(stanza(RESULT));
    world.answer(stanza(RESULT));
    equal(world.reports, ["400,401,402,403,404", "405,406,407,408,409", "410,411"]);
    equal(world.queue.size(), 2);
    world.answer(stanza(RESULT));
    equal([world.queue.size(), world.reports.length], [0, 3]);
  });

  test("nothing is sent while a report is under way, or offline, or from an empty queue", function () {
    const world = setUp(0);
    world.reporter.send();
    equal(world.reports, [], "empty");
    add(world, 400);
    world.isOnline = false;
    world.reporter.send();
    equal(world.reports, [], "offline");
    world.isOnline = true;
    world.reporter.send();
    add(world, 401);
    world.reporter.send();
    equal(world.reports, ["400"], "under way");
    world.answer(stanza(RESULT));
    equal(world.reports, ["400", "401"]);
  });

  test("modify on several: each goes alone, and the bad one is dropped with a line", function () {
    const world = setUp(3);
    world.reporter.send();
    world.answer(stanza(error("modify", "inconsistent-data-with-scope", SCOPE_ERRORS)));
    equal([world.reports, world.queue.size()], [["400,401,402", "400"], 3], "nothing is lost yet");
    world.answer(stanza(RESULT));
    world.answer(stanza(error("modify", "inconsistent-data-with-scope", SCOPE_ERRORS)));
    equal([world.reports.slice(2), world.queue.size()], [["401", "402"], 1]);
    const line = "error refused id=id3 type=modify condition=inconsistent-data-with-scope";
    ok(world.platform.logged(line), world.platform.lines.join("\n"));
    world.answer(stanza(RESULT));
    equal([world.queue.size(), world.platform.timers()], [0, 0]);
  });

  test("after as many single reports as went together, it goes back to several, though more have come", function () {
    const world = setUp(4, { entries: 2 });
    world.reporter.send();
    world.answer(stanza(error("modify", "bad-request")));
    world.answer(stanza(RESULT));
    world.answer(stanza(error("modify", "bad-request")));
    world.answer(stanza(RESULT));
    equal(world.reports, ["400,401", "400", "401", "402,403"]);
  });

  test("what waits and is not found is no report", function () {
    const world = setUp(3);
    const flash = world.platform.flash();
    for (let page = 0; page < flash.area.pages; page++) flash.erase(page);
    world.reporter.send();
    equal([world.reports, isNaN(world.reporter.startMs)], [[], true]);
    equal(world.platform.timers(), 0);
  });

  test("a batch of bad ones ends, with a line for each", function () {
    const world = setUp(3);
    const modify = stanza(error("modify", "bad-request"));
    world.reporter.send();
    for (let count = 0; count < 4; count++) world.answer(modify);
    equal([world.reports, world.queue.size()], [["400,401,402", "400", "401", "402"], 0]);
    equal(world.platform.lines.filter((line) => contains(line, "refused")).length, 4);
  });

  test("wait keeps them and tries again after 30 seconds", function () {
    const world = setUp(2);
    world.reporter.send();
    world.answer(stanza(error("wait", "internal-server-error")));
    equal(world.queue.size(), 2);
    ok(world.platform.logged("warn refused id=id1 type=wait condition=internal-"), "the log");
    add(world, 402);
    world.reporter.send();
    world.platform.advance(29999);
    world.reporter.send();
    equal(world.reports, ["400,401"], "too early");
    world.platform.advance(1);
    equal(world.reports, ["400,401", "400,401,402"]);
    world.answer(stanza(RESULT));
    equal([world.queue.size(), world.platform.timers()], [0, 0]);
  });

  test("cancel, auth and errors without sense keep them too", function () {
    const answers = [
      error("cancel", "service-unavailable"),
      error("auth", "forbidden"),
      error("continue", "x"),
      "<iq type='error' id='x'/>",
      "<iq type='error' id='x'><error/></iq>",
    ];
    answers.forEach(function (answer) {
      const world = setUp(1);
      world.reporter.send();
      world.answer(stanza(answer));
      equal([world.queue.size(), world.reports], [1, ["400"]], answer);
      ok(world.platform.logged("error refused id=id1 type="), answer);
      world.platform.advance(30000);
      equal(world.reports, ["400", "400"], answer);
    });
  });

  test("as long as the ScopeNode is not there, it is asked less and less often, and then as ever", function () {
    const world = setUp(2);
    const gone = stanza(error("cancel", "service-unavailable"));
    world.reporter.send();
    [30, 60, 120, 240, 480, 600, 600].forEach(function (pauseS, index) {
      world.answer(gone);
      world.platform.advance(pauseS * 1000 - 1);
      equal(world.reports.length, index + 1, "before " + pauseS);
      world.platform.advance(1);
      equal(world.reports.length, index + 2, "after " + pauseS);
    });
    world.answer(stanza(RESULT));
    add(world, 402);
    world.reporter.send();
    world.answer(gone);
    world.platform.advance(30000);
    equal(world.reports.slice(-2), ["402", "402"]);
  });

  test("only one attempt follows a pause, whatever happens in it", function () {
    const world = setUp(1);
    world.reporter.send();
    world.answer(stanza(error("wait", "x")));
    world.isOnline = false;
    world.platform.advance(10000);
    world.isOnline = true;
    world.reporter.send();
    equal(world.reports, ["400"]);
    world.platform.advance(20000);
    equal([world.reports, world.platform.timers()], [["400", "400"], 0]);
  });

  test("unanswered ones are kept, and sent again when the link is back", function () {
    const world = setUp(1);
    world.reporter.send();
    world.isOnline = false;
    world.answer(undefined);
    equal([world.queue.size(), world.reports], [1, ["400"]]);
    ok(world.platform.logged("warn unanswered id=id1"), "the log");
    add(world, 401);
    world.isOnline = true;
    world.reporter.send();
    equal(world.reports, ["400", "400,401"]);
  });

  test("unanswered ones are sent again after a pause where the link stands", function () {
    const world = setUp(1);
    world.reporter.send();
    world.answer(undefined);
    world.reporter.send();
    world.platform.advance(29999);
    equal(world.reports, ["400"]);
    world.platform.advance(1);
    equal(world.reports, ["400", "400"]);
    world.answer(stanza(RESULT));
    equal(world.queue.size(), 0);
  });

  test("what fell out of the queue while it was under way stays out", function () {
    const world = setUp(3);
    world.reporter.send();
    for (let co2Ppm = 403; co2Ppm < 415; co2Ppm++) add(world, co2Ppm);
    equal([world.queue.size(), world.queue.takeDropped()], [8, 7], "the oldest had to go");
    world.answer(stanza(RESULT));
    equal(world.reports, ["400,401,402", "407,408,409,410,411"]);
    equal([world.queue.size(), world.queue.takeDropped()], [8, 0]);
  });

  test("one report is sealed at a time; what has come meanwhile goes into the next", function () {
    const world = setUp(1);
    world.isSlow = true;
    world.reporter.send();
    add(world, 401);
    world.reporter.send();
    world.platform.advance(7000);
    equal(world.reports, [], "under way");
    world.sealed();
    equal(world.reports, ["400"]);
    ok(world.platform.logged(" sealMs=7000"), "the log");
    world.answer(stanza(RESULT));
    world.sealed();
    equal(world.reports, ["400", "401"], "what has come meanwhile");
    equal(world.queue.size(), 1);
  });

  test("a link that goes while a report is sealed: it waits for the next", function () {
    const world = setUp(1);
    world.isSlow = true;
    world.reporter.send();
    world.isOnline = false;
    world.sealed();
    equal([world.reports, world.queue.size(), world.platform.timers()], [[], 1, 0]);
    world.isOnline = true;
    world.reporter.send();
    world.sealed();
    equal(world.reports, ["400"]);
  });

  test("what cannot be sealed is never sent in the clear, and tried again", function () {
    const world = setUp(1);
    world.isSealable = false;
    world.reporter.send();
    equal([world.reports, world.queue.size()], [[], 1]);
    ok(world.platform.logged("error unsealed reason=cancel-no-key"), "the log");
    world.isSealable = true;
    world.reporter.send();
    equal(world.reports, [], "not at once");
    world.platform.advance(30000);
    equal(world.reports, ["400"]);
  });

  test("an envelope that the ScopeNode cannot read costs no sample: its key is distrusted", function () {
    const world = setUp(2);
    world.reporter.send();
    const core = "openspime:protocol:core:error";
    world.answer(stanza(error("modify", "decryption-error", core)));
    equal([world.queue.size(), world.unreadable, world.reports.length], [2, 0, 1]);
    world.platform.advance(30000);
    equal([world.reports, world.unreadable], [["400,401", "400,401"], 1]);
    world.answer(stanza(RESULT));
    add(world, 402);
    world.reporter.send();
    equal(world.unreadable, 1, "not any more");
  });

  test("the log names the newest sample of a report", function () {
    const world = setUp(2);
    world.reporter.send();
    const line =
      "info report id=id1 entries=2 time=2015-04-13T20:33:21+00:00 " +
      "lat=44.068843333 lon=-121.314191667 ele=1127.7 ppm=401 sealMs=0";
    equal(world.platform.logged("report"), line);
  });

  test("with a period, samples wait for it, and then go together", function () {
    const world = setUp(1, { periodS: 600 });
    world.reporter.onSample(400);
    world.answer(stanza(RESULT));
    measure(world, 401);
    world.platform.advance(300000);
    measure(world, 402);
    equal(world.reports, ["400"]);
    world.platform.advance(300000);
    measure(world, 403);
    equal(world.reports, ["400", "401,402,403"]);
  });

  test("a full report does not wait for its period", function () {
    const world = setUp(1, { periodS: 600, entries: 2 });
    world.reporter.send();
    world.answer(stanza(RESULT));
    add(world, 401);
    world.reporter.send();
    equal(world.reports, ["400"]);
    add(world, 402);
    world.reporter.send();
    equal(world.reports, ["400", "401,402"]);
  });

  test("a value that has changed does not wait for the period either", function () {
    const world = setUp(1, { periodS: 600, changePpm: 50 });
    world.reporter.onSample(400);
    world.answer(stanza(RESULT));
    measure(world, 449);
    equal(world.reports, ["400"]);
    measure(world, 450);
    equal(world.reports, ["400", "449,450"]);
    world.answer(stanza(RESULT));
    measure(world, 401);
    equal(world.reports.length, 2, "since the last one that was reported");
  });

  test("nor does one that has changed while a report was under way", function () {
    const world = setUp(1, { periodS: 600, changePpm: 50 });
    world.reporter.onSample(400);
    measure(world, 450);
    equal(world.reports, ["400"]);
    world.answer(stanza(RESULT));
    equal(world.reports, ["400", "450"]);
    world.answer(stanza(RESULT));
    measure(world, 451);
    equal(world.reports.length, 2, "the change has been told");
  });

  test("one that has changed, and was lost on its way, is sent again before the period is over", function () {
    const world = setUp(1, { periodS: 600, changePpm: 50 });
    world.reporter.onSample(400);
    world.answer(stanza(RESULT));
    measure(world, 450);
    world.answer(undefined);
    world.platform.advance(30000);
    equal(world.reports, ["400", "450", "450"]);
  });

  test("what the flash does not let go is sent again like what nobody has answered, with the alarm raised", function () {
    const world = setUp(2);
    world.queue.remove = () => false;
    world.reporter.send();
    world.answer(stanza(RESULT));
    equal(world.reports.length, 1);
    equal(world.alarms, [true]);
    world.platform.advance(30000);
    equal(world.reports.length, 2);
    world.answer(stanza(RESULT));
    world.platform.advance(30000);
    equal(world.reports.length, 2, "the pause is longer each time");
    world.platform.advance(30000);
    equal(world.reports.length, 3);
  });

  test("what was lost on its way is sent again before the period is over", function () {
    const world = setUp(1, { periodS: 600 });
    world.reporter.send();
    world.answer(undefined);
    world.platform.advance(30000);
    equal(world.reports, ["400", "400"]);
  });

  test("live first: the newest of their page, and the oldest beside them", function () {
    const world = setUp(9, { first: "live", entries: 3 });
    world.reporter.send();
    world.answer(stanza(RESULT));
    add(world, 409);
    world.answer(stanza(RESULT));
    world.answer(stanza(RESULT));
    world.answer(stanza(RESULT));
    equal(world.reports, ["400,407,408", "401,402,403", "404,405,409", "406"]);
    equal(world.queue.size(), 0);
  });

  test("a backlog drains with rests between its reports", function () {
    const world = setUp(3, { entries: 1, restS: 60 });
    world.reporter.send();
    world.answer(stanza(RESULT));
    world.reporter.send();
    world.platform.advance(59999);
    equal(world.reports, ["400"]);
    world.platform.advance(1);
    equal(world.reports, ["400", "401"]);
  });

  test("in quiet hours nothing is sent; then all of it", function () {
    const world = setUp(1, { quietFromHour: 22, quietUntilHour: 6 });
    world.reporter.send();
    equal(world.reports, [], "midnight");
    world.platform.advance(6 * 3600000 - 60000);
    world.reporter.send();
    equal(world.reports, [], "just before six");
    world.platform.advance(60000);
    world.reporter.send();
    equal(world.reports, ["400"]);
  });

  test("a sample that nobody will take is kept with the reason, elsewhere", function () {
    const world = setUp(1);
    world.reporter.send();
    world.answer(stanza(error("modify", "inconsistent-data-with-scope", SCOPE_ERRORS)));
    equal(world.queue.size(), 0);
    equal(world.refused.length, 1);
    ok(contains(world.refused[0], "ppm=400"), "the sample");
    ok(contains(world.refused[0], "condition=inconsistent-data-with-scope"), "the reason");
    equal(world.alarms, [], "no alarm: the next one may be taken");
  });

  test("who is told to wait comes less and less often, and as at first when a report was taken", function () {
    const world = setUp(2, { entries: 1 });
    world.reporter.send();
    [30, 60, 120].forEach(function (delayS, index) {
      world.answer(stanza(error("wait", "resource-constraint")));
      world.platform.advance(delayS * 1000 - 1);
      equal(world.reports.length, index + 1);
      world.platform.advance(1);
      equal(world.reports.length, index + 2);
    });
    world.answer(stanza(RESULT));
    world.answer(stanza(error("wait", "resource-constraint")));
    world.platform.advance(30000);
    equal(world.reports, ["400", "400", "400", "400", "401", "401"]);
  });

  test("an alarm stands from an error that somebody has to see to until a report is taken", function () {
    const world = setUp(1);
    world.reporter.send();
    world.answer(stanza(error("wait", "resource-constraint")));
    equal(world.alarms, []);
    world.platform.advance(30000);
    world.answer(stanza(error("auth", "forbidden")));
    equal(world.alarms, [true]);
    world.platform.advance(60000);
    equal(world.reports.length, 3);
    world.answer(stanza(RESULT));
    equal(world.alarms, [true, false]);
  });

  test("the first retry is the configuration's", function () {
    const world = setUp(1, { retryS: 5 });
    world.reporter.send();
    world.answer(undefined);
    world.platform.advance(4999);
    equal(world.reports.length, 1);
    world.platform.advance(1);
    equal(world.reports.length, 2);
  });
});
