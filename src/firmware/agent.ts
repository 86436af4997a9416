// The agent: sensors → sampler → queue → reporter → session, put together from a platform, a board and
// its configuration. This is the only place that knows all the parts.

import type { Board } from "./board.js";
import { checkedConfiguration } from "./configuration.js";
import type { Configuration } from "./configuration.js";
import { chooseRsa } from "./crypto/choose-rsa.js";
import type { KeyRecord } from "./crypto/key-record.js";
import type { Primitives } from "./crypto/primitives.js";
import { createRandom } from "./crypto/random.js";
import type { RsaProvider } from "./crypto/rsa.js";
import { createDurableFile } from "./store/durable-file.js";
import { createClaiming } from "./openspime/claiming.js";
import type { Claiming } from "./openspime/claiming.js";
import { createClaims } from "./store/claims.js";
import { createKeyRing } from "./openspime/key-ring.js";
import { answerRequest } from "./openspime/requests.js";
import { sealContent } from "./openspime/sealing.js";
import type { Protection, SealedHandler } from "./openspime/sealing.js";
import type { Security } from "./openspime/security.js";
import { createSeeker } from "./openspime/seeking.js";
import type { Seeker } from "./openspime/seeking.js";
import { createTurns } from "./openspime/turns.js";
import type { ByteString, Platform } from "./platform.js";
import { createSampleQueue } from "./report/queue.js";
import { createReporter } from "./report/reporter.js";
import { createSampler } from "./report/sample.js";
import { createMhz19Reader, READ_CO2 } from "./sensors/mhz19.js";
import type { Fix } from "./sensors/nmea.js";
import { createNmeaReader } from "./sensors/nmea.js";
import type { Element } from "./xml/element.js";
import { createSession, oneWord } from "./xmpp/session.js";

/** Half an hour of samples at one a minute: 13 variables each, of which an ESP32 has 3,400. */
const QUEUE_LIMIT = 30;
/** The sensor measures every 5 s; asking more often only repeats values (MH-Z19B manual). */
const CO2_PERIOD_MS = 5000;

/** 2020: before it, nobody has set the machine's clock. */
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
  const { exposure, scopenode, samplePeriodS, wifi, certifier } =
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
        reporter.send();
      },
      onRequest: function (payload, from, answer) {
        return answerRequest(turns, security, claiming, payload, from, answer);
      },
      onMessage: function (message, from) {
        if (seeker) seeker.onMessage(message, from);
      },
    },
  );
  const reporter = createReporter({ clock, timer, log, session, queue, seal: seal }, scopenode);
  const turns = createTurns();
  let security: Security | undefined;
  let claiming: Claiming | undefined;
  let seeker: Seeker | undefined;
  /** From the monotonic clock to the receiver's; 0 before the first fix. */
  let fixOffsetMs = 0;

  /** Seconds since 1970, by the machine's clock or by the receiver; 0 while neither knows. */
  function nowS(): number {
    const epochMs = clock.epochMs();
    const byFixMs = fixOffsetMs && clock.monotonicMs() + fixOffsetMs;
    return Math.floor((epochMs > EARLIEST_MS ? epochMs : byFixMs) / 1000);
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

  /** For whoever the PubSub service delivers it to. */
  function sealForAll(content: ByteString, onDone: SealedHandler): void {
    sealInTurn(content, { sign: true }, onDone, configuration.jid);
  }

  function onFix(fix: Fix): void {
    fixOffsetMs = fix.timeMs - clock.monotonicMs();
    sampler.onFix(fix);
  }

  /** What somebody knows of this board: so far for the log. */
  function onFound(entry: Element, from: ByteString, signer: ByteString): void {
    const fields = entry.children.map((field) => field.name + "=" + oneWord(field.text));
    log.write(
      "info",
      "found " + fields.join(" ") + " from=" + oneWord(from) + " signer=" + oneWord(signer),
    );
  }

  function askCo2(): void {
    co2Line.write(READ_CO2);
    timer.start(CO2_PERIOD_MS, askCo2);
  }

  function takeSample(): void {
    const sample = sampler.take();
    timer.start(samplePeriodS * 1000, takeSample);
    if (seeker && !fixOffsetMs) seeker.seek();
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

  function secure(rsa: RsaProvider, ownKey: KeyRecord, service: ByteString): void {
    const { jid, claims, pubsub } = configuration;
    const sha1 = hashes[1];
    const keyRing = createKeyRing({ session, store, log, rsa, sha1 }, service);
    security = { rsa, key: ownKey, sha1, cipher, generator: random, service, keyRing };
    const file = createDurableFile(sha1, store, "microspime.claims");
    claiming = createClaiming({
      security,
      settings: claims!,
      claims: createClaims(file, nowS),
      jid,
      nowS,
      monotonicMs: clock.monotonicMs,
    });
    platform.button(claiming.onButton);
    if (pubsub) {
      seeker = createSeeker({
        session,
        log,
        security,
        turns,
        seal: sealForAll,
        configuration,
        nowS,
        onFound,
      });
    }
  }

  function begin(rsa: RsaProvider | undefined): void {
    log.write("info", "rsa provider=" + (rsa ? rsa.name : "none"));
    if (rsa) secure(rsa, key!, certifier!);
    join();
  }

  if (certifier && !key) throw new Error("no microspime.key");
  uart.open(gps, createNmeaReader(onFix).push);
  const co2Line = uart.open(co2, createMhz19Reader(sampler.onCo2Ppm).push);
  log.write("info", "hello board=" + board.name);
  askCo2();
  timer.start(samplePeriodS * 1000, takeSample);
  if (key) {
    const providers = primitives.rsa(function (next) {
      timer.start(0, next);
    });
    chooseRsa(providers, key, begin);
  } else join();
}
