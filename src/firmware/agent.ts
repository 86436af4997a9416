// The agent: sensors → sampler → queue → reporter → session, put together from a platform, a board and
// its configuration. This is the only place that knows all the parts.

import type { Board } from "./board.js";
import { checkedConfiguration } from "./configuration.js";
import type { Configuration } from "./configuration.js";
import type { Hash } from "./crypto/hash.js";
import { createRandom } from "./crypto/random.js";
import type { Platform } from "./platform.js";
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

/** Starts for good. Throws on a wrong configuration or a missing UART, and names it. */
export function startAgent(
  platform: Platform,
  hashes: Hash[],
  board: Board,
  configuration: Configuration,
): void {
  const { clock, timer, uart, log, network, sockets, store, noise } = platform;
  const { exposure, scopenode, samplePeriodS, wifi } = checkedConfiguration(configuration);
  const { gps, co2 } = board.uarts;
  const paths = configuration.uartPaths || {};
  const queue = createSampleQueue(QUEUE_LIMIT);
  const entropy = createRandom(hashes[0], store, noise, clock.monotonicMs);
  const sampler = createSampler(exposure, function () {
    const nowMs = clock.monotonicMs();
    // When exactly a sensor has said its word, nobody can know.
    entropy.stir(nowMs);
    return nowMs;
  });
  const session = createSession(
    { clock, timer, log, sockets, entropy, hashes },
    configuration,
    function () {
      reporter.send();
    },
  );
  const reporter = createReporter({ clock, timer, log, session, queue }, scopenode);
  gps.path = paths.gps;
  co2.path = paths.co2;
  uart.open(gps, createNmeaReader(sampler.onFix).push);
  const co2Line = uart.open(co2, createMhz19Reader(sampler.onCo2Ppm).push);

  function askCo2(): void {
    co2Line.write(READ_CO2);
    timer.start(CO2_PERIOD_MS, askCo2);
  }

  function takeSample(): void {
    const sample = sampler.take();
    timer.start(samplePeriodS * 1000, takeSample);
    if (typeof sample === "string") log.write("warn", "gap reason=" + sample);
    else if (!queue.add(sample)) log.write("error", "dropped oldest waiting=" + queue.size());
    reporter.send();
  }

  log.write("info", "hello board=" + board.name);
  askCo2();
  timer.start(samplePeriodS * 1000, takeSample);
  network.join(wifi, function (isUp) {
    if (isUp) session.start();
    else session.stop();
  });
}
