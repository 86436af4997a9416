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
import { createKeyRing } from "./openspime/key-ring.js";
import { answerRequest } from "./openspime/opening.js";
import { sealContent } from "./openspime/sealing.js";
import type { SealedHandler } from "./openspime/sealing.js";
import type { Security } from "./openspime/security.js";
import type { ByteString, Platform } from "./platform.js";
import { createSampleQueue } from "./report/queue.js";
import { createReporter } from "./report/reporter.js";
import { createSampler } from "./report/sample.js";
import { createMhz19Reader, READ_CO2 } from "./sensors/mhz19.js";
import { createNmeaReader } from "./sensors/nmea.js";
import { createSession } from "./xmpp/session.js";

/** Half an hour of samples at one a minute: 13 variables each, of which an ESP32 has 3,400. */
const QUEUE_LIMIT = 30;
/** The sensor measures every 5 s; asking more often only repeats values (MH-Z19B manual). */
const CO2_PERIOD_MS = 5000;

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
    function () {
      reporter.send();
    },
    function (payload, from, answer) {
      return answerRequest(security, payload, from, answer);
    },
  );
  const reporter = createReporter({ clock, timer, log, session, queue, seal: seal }, scopenode);
  let security: Security | undefined;

  function seal(content: ByteString, isStale: boolean, onDone: SealedHandler): void {
    if (security && isStale) security.keyRing.distrust(scopenode);
    if (certifier && !security) onDone(undefined, "no-rsa");
    else sealContent(security, content, scopenode, configuration, onDone);
  }

  function askCo2(): void {
    co2Line.write(READ_CO2);
    timer.start(CO2_PERIOD_MS, askCo2);
  }

  function takeSample(): void {
    const sample = sampler.take();
    timer.start(samplePeriodS * 1000, takeSample);
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

  function createSecurity(rsa: RsaProvider, ownKey: KeyRecord, service: ByteString): Security {
    const sha1 = hashes[1];
    const keyRing = createKeyRing({ session, store, log, rsa, sha1 }, service);
    return { rsa, key: ownKey, sha1, cipher, generator: random, service, keyRing, isBusy: false };
  }

  function secure(rsa: RsaProvider | undefined): void {
    log.write("info", "rsa provider=" + (rsa ? rsa.name : "none"));
    if (rsa) security = createSecurity(rsa, key!, certifier!);
    join();
  }

  if (certifier && !key) throw new Error("no microspime.key");
  uart.open(gps, createNmeaReader(sampler.onFix).push);
  const co2Line = uart.open(co2, createMhz19Reader(sampler.onCo2Ppm).push);
  log.write("info", "hello board=" + board.name);
  askCo2();
  timer.start(samplePeriodS * 1000, takeSample);
  if (key) {
    const providers = primitives.rsa(function (next) {
      timer.start(0, next);
    });
    chooseRsa(providers, key, secure);
  } else join();
}
