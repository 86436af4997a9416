// The agent: sensors → sampler → queue → reporter → session, put together from a platform, a board and
// its configuration. This is the only place that knows all the parts.

import type { Board } from "./board.js";
import { senseCo2 } from "./co2-sensing.js";
import { checkedConfiguration } from "./configuration.js";
import type { ClaimsSettings, Configuration, WifiSettings } from "./configuration.js";
import { chooseRsa } from "./crypto/choose-rsa.js";
import type { Primitives } from "./crypto/primitives.js";
import { createRandom } from "./crypto/random.js";
import type { RsaProvider } from "./crypto/rsa.js";
import { senseGps } from "./gps-sensing.js";
import type { ClaimingState, ClaimingSurroundings } from "./openspime/claiming.js";
import { isOwner } from "./openspime/claiming.js";
import { BUSY, FORBIDDEN } from "./openspime/conditions.js";
import { createKeyRing } from "./openspime/key-ring.js";
import { answerRequest } from "./openspime/requests.js";
import { sealContent } from "./openspime/sealing.js";
import type { Protection, SealedHandler } from "./openspime/sealing.js";
import type { Security } from "./openspime/security.js";
import { seek, takeMessage } from "./openspime/seeking.js";
import type { SeekState, SeekSurroundings } from "./openspime/seeking.js";
import type { Suite } from "./openspime/suite.js";
import { CREATE_SUITE } from "./openspime/suites.js";
import type { ByteString, Log, Network, Platform } from "./platform.js";
import { createBoardQueue } from "./report/board-queue.js";
import { createReporter } from "./report/reporter.js";
import { createSampler } from "./report/sampler.js";
import type { Co2Command, Co2Driver } from "./sensors/co2-sensor.js";
import type { Fix } from "./sensors/nmea.js";
import type { Receiver } from "./sensors/receiver.js";
import { feedWatchdog, scheduleSleep } from "./schedule.js";
import { countBoot, STATUS, statusOf, statusWords, statusXml } from "./status.js";
import type { Status } from "./status.js";
import { refusedLines } from "./store/refused.js";
import { createWallClock } from "./time.js";
import { createTurns, ending } from "./turns.js";
import { answerUpdate, confirmTrial, UPDATE } from "./update.js";
import type { UpdateState } from "./update.js";
import type { Element } from "./xml/element.js";
import { domainOf, foldJid } from "./xmpp/jid.js";
import { TIME_QUERY, timeIn } from "./xmpp/server-time.js";
import { createSession, oneWord } from "./xmpp/session.js";
import type { Session } from "./xmpp/session.js";

/** Variables that a request takes with all that comes of it, beside the RSA that is at work and its own. */
const STANZA_ROOM = 1000;
/** Until a report has left the socket, which holds all of its text. */
const SENDING_MS = 100;

const DAY_MS = 86400000;

/** For the log. */
function foundWords(entry: Element, from: ByteString, signer: ByteString): string {
  const fields = entry.children.map((field) => " " + field.name + "=" + oneWord(field.text));
  return fields.join("") + " from=" + oneWord(from) + " signer=" + oneWord(signer);
}

/** Owners, and whom the configuration names. */
function mayAskStatus(
  statusTo: ByteString | undefined,
  around: ClaimingSurroundings | undefined,
  from: ByteString,
): boolean {
  const isListener = !!statusTo && foldJid(from) === foldJid(statusTo);
  return isListener || (!!around && isOwner(around, from));
}

/** Whether it has arrived is for the one who asks. */
function tellStatus(
  status: Status,
  log: Log,
  session: Session,
  statusTo: ByteString | undefined,
): void {
  log.write("info", "status" + statusWords(status));
  if (statusTo && session.isOnline())
    session.ask(statusTo, "set", statusXml(status, ""), function () {});
}

/** A press of it lets somebody claim the board. */
function watchButton(
  { button, clock }: Platform,
  claims: ClaimsSettings | undefined,
  claiming: ClaimingState,
): void {
  if (!claims || !claims.windowS) return;
  button(function () {
    claiming.pressedUntilMs = clock.monotonicMs() + claims.windowS! * 1000;
  });
}

function join(network: Network, wifi: WifiSettings | undefined, session: Session): void {
  network.attach(wifi, function (isUp) {
    if (isUp) session.start();
    else session.stop();
  });
}

/** Starts for good. Throws on a wrong configuration, a missing key, UART or bus, and names it. */
export function startAgent(
  platform: Platform,
  primitives: Primitives,
  board: Board,
  configuration: Configuration,
  driver: Co2Driver,
  receiver?: Receiver,
): void {
  const { clock, timer, log, network, store } = platform;
  const { hashes, cipher } = primitives;
  const { exposure, scopenode, samplePeriodS, samples, wifi, certifier, pubsub, sleep } =
    checkedConfiguration(configuration);
  const key = certifier ? store.read("microspime.key") : "";
  const wall = createWallClock(clock);
  const queue = createBoardQueue(platform, hashes[0], configuration.queue || {}, wall.timeMsAt);
  const random = createRandom(hashes[0], store, platform.noise, clock.monotonicMs);
  const sampler = createSampler(samples || {}, function () {
    const nowMs = clock.monotonicMs();
    // When exactly a sensor has said its word, nobody can know.
    random.stir(nowMs);
    return nowMs;
  });
  const { sockets } = platform;
  const turns = createTurns(clock.monotonicMs, function (next) {
    timer.start(security ? SENDING_MS : 0, next);
  });
  const session = createSession(
    { clock, timer, log, sockets, entropy: random, hashes, isShort, inTurn: turns.take },
    configuration,
    {
      onOnline: function () {
        if (!nowS()) askTime();
        reporter.send();
      },
      onRequest: function (payload, from, answer, isGet) {
        const isStatus = payload.namespace === STATUS;
        const isUpdate = payload.namespace === UPDATE;
        if (isGet ? !isStatus : payload.name !== "openspime" && !isUpdate) return false;
        const around = security && {
          security,
          store,
          settings: configuration.claims,
          jid: session.jid(),
          nowS: nowS(),
          monotonicMs: clock.monotonicMs(),
        };
        if (isStatus) {
          if (mayAskStatus(configuration.statusTo, around, from))
            answer("", statusXml(status(), refusedLines(hashes[0], store)));
          else answer(FORBIDDEN);
        }
        // Better no claim than no board.
        else if (security && !platform.hasRoom(security.rsa.room)) answer(BUSY);
        else if (isUpdate) {
          const parts = { platform, machine: board, configuration, hashes, turns, around };
          answerUpdate(parts, update, payload, from, answer);
        } else answerRequest(turns, around, claiming, payload, from, answer);
        return true;
      },
      awaitsMessage: function () {
        return seeking.endS > 0;
      },
      onMessage: function (message, from) {
        if (security && seeking.endS) takeMessage(seekSurroundings(), seeking, message, from);
      },
    },
  );
  const nacl = CREATE_SUITE && suiteFor(configuration.suite);
  const reporter = createReporter(
    { clock, timer, log, session: nacl || session, queue, seal, platform, timeMsAt: wall.timeMsAt },
    scopenode,
    exposure,
    configuration.reports || {},
  );
  let security: Security | undefined;
  const claiming: ClaimingState = { pressedUntilMs: 0, lastFrom: "", lastEndS: 0, lastAnswer: "" };
  const seeking: SeekState = { id: "", endS: 0 };
  const update: UpdateState = { bytes: 0, digest: "", at: 0 };
  const startMs = clock.monotonicMs();
  let boots = 0;
  /** The first one tells of the start. */
  let statusDueMs = 0;
  let hasFix = false;
  /** Of the newest fix that had one. */
  let heightMm = NaN;

  function suiteFor(name: string | undefined): Suite | undefined {
    const around = { session, store, hash: hashes[0], clock, log, later };
    return CREATE_SUITE && name === "nacl" ? CREATE_SUITE(around) : undefined;
  }

  function later(next: () => void): void {
    timer.start(0, next);
  }

  function isShort(): boolean {
    return !!security && security.rsa.underWay > 0 && !platform.hasRoom(STANZA_ROOM);
  }

  /** Seconds since 1970; 0 while nobody knows. */
  function nowS(): number {
    return Math.floor((wall.timeMsAt(clock.monotonicMs()) || 0) / 1000);
  }

  function status(): Status {
    const upS = Math.round((clock.monotonicMs() - startMs) / 1000);
    return statusOf(platform, board, boots, upS, queue.waiting(), security && security.rsa);
  }

  function askTime(): void {
    session.ask(domainOf(session.jid()), "get", TIME_QUERY, function (answer) {
      wall.onServer(timeIn(answer));
      reporter.send();
    });
  }

  /** What seeking wants, made anew each time, because most of the time there is none. */
  function seekSurroundings(): SeekSurroundings {
    function sealForAll(content: ByteString, onDone: SealedHandler): void {
      sealInTurn(content, { sign: true }, onDone, session.jid());
    }

    /** So far for the log. */
    function onFound(entry: Element, from: ByteString, signer: ByteString): void {
      log.write("info", "found" + foundWords(entry, from, signer));
    }

    return {
      session,
      log,
      security: security!,
      turns,
      seal: sealForAll,
      configuration,
      nowS: nowS(),
      onFound,
    };
  }

  function seal(content: ByteString, isStale: boolean, onDone: SealedHandler): void {
    if (security && isStale) security.keyRing.distrust(scopenode);
    if (certifier && !security) onDone(undefined, "no-rsa");
    else sealInTurn(content, configuration, onDone);
  }

  function sealInTurn(
    content: ByteString,
    protection: Protection,
    onDone: SealedHandler,
    osid?: ByteString,
  ): void {
    function work(done: () => void): void {
      // What others deliver is as the document has it.
      if (nacl && security && !osid)
        nacl.seal(security, content, scopenode, protection, ending(done, onDone));
      else sealContent(security, content, scopenode, protection, ending(done, onDone), osid);
    }

    if (!turns.take(work)) onDone(undefined, "busy");
  }

  function onFix(fix: Fix): void {
    hasFix = true;
    if (!isNaN(fix.heightMm)) heightMm = fix.heightMm;
    wall.onReceiver(fix.timeMs);
    sampler.onFix(fix);
  }

  function takeSample(): void {
    const sample = sampler.take();
    timer.start(samplePeriodS * 1000, takeSample);
    if (security && pubsub && !hasFix) seek(seekSurroundings(), seeking);
    feedWatchdog(platform, reporter, samplePeriodS);
    if (typeof sample === "string") {
      log.write("warn", "gap reason=" + sample);
      reporter.send();
    } else {
      queue.keep(sample);
      reporter.onSample(sample.co2Ppm);
    }
    // Whom it is told has to be there.
    if (clock.monotonicMs() >= statusDueMs && (!configuration.statusTo || session.isOnline())) {
      statusDueMs = clock.monotonicMs() + DAY_MS;
      tellStatus(status(), log, session, configuration.statusTo);
    }
    // It has measured, and what it has measured goes to its server.
    if (session.isOnline()) confirmTrial(platform);
  }

  /** Only a person may order that. The altitude that is not given is that of the newest fix. */
  function commandCo2(name: Co2Command, value?: number): void {
    const height = name === "altitude" ? Math.round(heightMm / 1000) : 0;
    sensor.command(name, value === undefined ? height : value, function (outcome) {
      log.write("info", "co2 command=" + name + " outcome=" + outcome);
    });
  }

  function secure(rsa: RsaProvider): void {
    const sha1 = hashes[1];
    const service = certifier!;
    const keyRing = createKeyRing({ session, store, log, rsa, sha1 }, service);
    security = { rsa, key: key!, sha1, cipher, generator: random, service, keyRing };
    watchButton(platform, configuration.claims, claiming);
  }

  if (certifier && !key) throw new Error("no microspime.key");
  senseGps(platform, board.uarts.gps, onFix, board.builtMs, receiver);
  const { co2PreheatS } = configuration;
  const sensor = senseCo2(platform, driver, board.uarts.co2, co2PreheatS, sampler);
  if (platform.console) platform.console["co2"] = commandCo2;
  log.write("info", "hello board=" + board.name + " waiting=" + queue.open().size());
  if (configuration.tls && !sockets.isVerifying) log.write("warn", "tls server=unverified");
  timer.start(samplePeriodS * 1000, takeSample);
  timer.start(0, function () {
    boots = countBoot(hashes[0], store);
  });
  if (sleep) scheduleSleep(platform, sleep, reporter);
  if (!key) join(network, wifi, session);
  else {
    chooseRsa(primitives.rsa(later), key, function (rsa) {
      log.write("info", "rsa provider=" + (rsa ? rsa.name : "none"));
      if (rsa) secure(rsa);
      join(network, wifi, session);
    });
  }
}
