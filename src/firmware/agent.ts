// The agent: sensors → sampler → queue → reporter → session, put together from a platform, a board and
// its configuration. This is the only place that knows all the parts.

import type { Board } from "./board.js";
import { checkedConfiguration } from "./configuration.js";
import type { Configuration } from "./configuration.js";
import { chooseRsa } from "./crypto/choose-rsa.js";
import type { Primitives } from "./crypto/primitives.js";
import { createRandom } from "./crypto/random.js";
import type { RsaProvider } from "./crypto/rsa.js";
import type { ClaimingState } from "./openspime/claiming.js";
import { createKeyRing } from "./openspime/key-ring.js";
import { answerRequest } from "./openspime/requests.js";
import { sealContent } from "./openspime/sealing.js";
import type { Protection, SealedHandler } from "./openspime/sealing.js";
import type { Security } from "./openspime/security.js";
import { seek, takeMessage } from "./openspime/seeking.js";
import type { SeekState, SeekSurroundings } from "./openspime/seeking.js";
import type { ByteString, Platform } from "./platform.js";
import { createSampleQueue } from "./report/queue.js";
import { createReporter } from "./report/reporter.js";
import { createSampler } from "./report/sample.js";
import { createMhz19Reader, READ_CO2 } from "./sensors/mhz19.js";
import type { Fix } from "./sensors/nmea.js";
import { createNmeaReader } from "./sensors/nmea.js";
import { createTurns } from "./turns.js";
import type { Element } from "./xml/element.js";
import { domainOf } from "./xmpp/jid.js";
import { TIME_QUERY, timeIn } from "./xmpp/server-time.js";
import { createSession, oneWord } from "./xmpp/session.js";

/** Half an hour of samples at one a minute; an ESP32 has 3,400 variables for them and all else. */
const QUEUE_LIMIT = 30;
/** The sensor measures every 5 s; asking more often only repeats values (MH-Z19B manual). */
const CO2_PERIOD_MS = 5000;

/** 2020: before it, nobody has set the machine's clock, or the receiver counts the weeks wrong. */
const EARLIEST_MS = 1577836800000;

/** Starts for good. Throws on a wrong configuration, a missing key or UART, and names it. */
export function startAgent(
  platform: Platform,
  primitives: Primitives,
  board: Board,
  configuration: Configuration,
): void {
  const { clock, timer, uart, log, network, store } = platform;
  const { hashes, cipher } = primitives;
  const { exposure, scopenode, samplePeriodS, wifi, certifier, pubsub } =
    checkedConfiguration(configuration);
  const { gps, co2 } = board.uarts;
  const key = certifier ? store.read("microspime.key") : "";
  const queue = createSampleQueue(QUEUE_LIMIT);
  const random = createRandom(hashes[0], store, platform.noise, clock.monotonicMs);
  const sampler = createSampler(exposure, function () {
    const nowMs = clock.monotonicMs();
    // When exactly a sensor has said its word, nobody can know.
    random.stir(nowMs);
    return nowMs;
  });
  const session = createSession(
    { clock, timer, log, sockets: platform.sockets, entropy: random, hashes },
    configuration,
    {
      onOnline: function () {
        if (!nowS()) askTime();
        reporter.send();
      },
      onRequest: function (payload, from, answer) {
        if (payload.name !== "openspime") return false;
        const { claims } = configuration;
        const jid = session.jid();
        const monotonicMs = clock.monotonicMs();
        const around = security && {
          security,
          store,
          settings: claims,
          jid,
          nowS: nowS(),
          monotonicMs,
        };
        answerRequest(turns, around, claiming, payload, from, answer);
        return true;
      },
      onMessage: function (message, from) {
        if (security && seeking.endS) takeMessage(seekSurroundings(), seeking, message, from);
      },
    },
  );
  const reporter = createReporter({ clock, timer, log, session, queue, seal: seal }, scopenode);
  const turns = createTurns(clock.monotonicMs);
  let security: Security | undefined;
  const claiming: ClaimingState = {
    pressedUntilMs: 0,
    lastFrom: "",
    lastEndS: 0,
    lastAnswer: "",
  };
  const seeking: SeekState = { id: "", endS: 0 };
  /** From the monotonic clock to the receiver's; NaN before the first fix. */
  let fixOffsetMs = NaN;
  /** The same to the server's, which is asked when nobody else knows the time. */
  let serverOffsetMs = NaN;

  /** Seconds since 1970, by the receiver, the machine's clock or the server; 0 while nobody knows. */
  function nowS(): number {
    const nowMs = clock.monotonicMs();
    const [epochMs] = [nowMs + fixOffsetMs, clock.epochMs(), nowMs + serverOffsetMs].filter(
      (timeMs) => timeMs > EARLIEST_MS,
    );
    return Math.floor((epochMs || 0) / 1000);
  }

  function askTime(): void {
    session.ask(domainOf(session.jid()), "get", TIME_QUERY, function (answer) {
      serverOffsetMs = timeIn(answer) - clock.monotonicMs();
    });
  }

  /** What seeking wants, made anew each time, because most of the time there is none. */
  function seekSurroundings(): SeekSurroundings {
    function sealForAll(content: ByteString, onDone: SealedHandler): void {
      sealInTurn(content, { sign: true }, onDone, session.jid());
    }

    /** So far for the log. */
    function onFound(entry: Element, from: ByteString, signer: ByteString): void {
      const fields = entry.children.map((field) => " " + field.name + "=" + oneWord(field.text));
      const who = " from=" + oneWord(from) + " signer=" + oneWord(signer);
      log.write("info", "found" + fields.join("") + who);
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
      function finish(xml: ByteString | undefined, reason: string): void {
        done();
        onDone(xml, reason);
      }
      sealContent(security, content, scopenode, protection, finish, osid);
    }

    if (!turns.take(work)) onDone(undefined, "busy");
  }

  function onFix(fix: Fix): void {
    fixOffsetMs = fix.timeMs - clock.monotonicMs();
    // A report needs the height.
    if (!isNaN(fix.heightMm)) sampler.onFix(fix);
  }

  function askCo2(): void {
    co2Line.write(READ_CO2);
    timer.start(CO2_PERIOD_MS, askCo2);
  }

  function takeSample(): void {
    const sample = sampler.take();
    timer.start(samplePeriodS * 1000, takeSample);
    if (security && pubsub && !fixOffsetMs) seek(seekSurroundings(), seeking);
    if (typeof sample === "string") log.write("warn", "gap reason=" + sample);
    else if (!queue.add(sample)) log.write("error", "dropped oldest");
    reporter.send();
  }

  function join(): void {
    network.attach(wifi, function (isUp) {
      if (isUp) session.start();
      else session.stop();
    });
  }

  function secure(rsa: RsaProvider): void {
    const sha1 = hashes[1];
    const service = certifier!;
    const keyRing = createKeyRing({ session, store, log, rsa, sha1 }, service);
    security = { rsa, key: key!, sha1, cipher, generator: random, service, keyRing };
    const { claims } = configuration;
    if (claims && claims.windowS) {
      platform.button(function () {
        claiming.pressedUntilMs = clock.monotonicMs() + claims.windowS! * 1000;
      });
    }
  }

  function begin(rsa: RsaProvider | undefined): void {
    log.write("info", "rsa provider=" + (rsa ? rsa.name : "none"));
    if (rsa) secure(rsa);
    join();
  }

  if (certifier && !key) throw new Error("no microspime.key");
  uart.open(gps, createNmeaReader(onFix, board.builtMs).push);
  const co2Line = uart.open(co2, createMhz19Reader(sampler.onCo2Ppm).push);
  log.write("info", "hello board=" + board.name);
  if (configuration.tls && !platform.sockets.isVerifying)
    log.write("warn", "tls server=unverified");
  askCo2();
  timer.start(samplePeriodS * 1000, takeSample);
  if (key) {
    const providers = primitives.rsa(function (next) {
      timer.start(0, next);
    });
    chooseRsa(providers, key, begin);
  } else join();
}
