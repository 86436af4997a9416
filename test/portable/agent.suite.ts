// The whole agent in a fake world, from sensor bytes to the acknowledgement.

import { startAgent } from "../../src/firmware/agent.js";
import type { Configuration } from "../../src/firmware/configuration.js";
import type { Primitives } from "../../src/firmware/crypto/primitives.js";
import { toBase64 } from "../../src/firmware/bytes.js";
import { fieldBytes, fieldOf } from "../../src/firmware/crypto/key-record.js";
import type { RsaProvider } from "../../src/firmware/crypto/rsa.js";
import { canonicalXml } from "../../src/firmware/openspime/canonical.js";
import { sealContent } from "../../src/firmware/openspime/sealing.js";
import type { Co2Driver } from "../../src/firmware/sensors/co2-sensor.js";
import { DRIVER } from "../../src/firmware/sensors/chosen.js";
import { mhz19Frame } from "../../src/firmware/sensors/mhz19.js";
import { contains, createFakePlatform, eachByte } from "./fake-platform.js";
import type { FakePlatform } from "./fake-platform.js";
import {
  ACCOUNT,
  between,
  BOUND_JID,
  createFakeServer,
  stanza,
  TOY_HASHES,
} from "./fake-server.js";
import type { FakeServer } from "./fake-server.js";
import { equal, ok, suite, thrownBy } from "./suite.js";
import { createToySecurity, reversed, toyKey, toyRsa } from "./toy-security.js";

/** None of these boards signs or encrypts. */
const PRIMITIVES: Primitives = {
  hashes: TOY_HASHES,
  cipher: createToySecurity().cipher,
  rsa: function () {
    return [toyRsa()];
  },
};
const SCOPENODE = "775B-F2C2@scopenode.example/co2";
const READ_CO2 = "\xff\x01\x86\0\0\0\0\0\x79";
/** Adafruit Ultimate GPS HAT (MT3339): one epoch, as captured by gpsd's people. */
const EPOCH =
  "$GPGGA,202640.000,4404.1306,N,12118.8515,W,2,10,0.98,1127.7,M,-19.6,M,0000,0000*6C\r\n" +
  "$GPGSA,A,3,20,16,09,03,07,10,23,19,27,30,,,1.64,0.98,1.31*05\r\n" +
  "$GPRMC,202640.000,A,4404.1306,N,12118.8515,W,0.03,225.97,130415,,,D*73\r\n" +
  "$GPZDA,202640.000,13,04,2015,,*54\r\n";
const NEXT_EPOCH =
  "$GPGGA,202641.000,4404.1305,N,12118.8515,W,2,11,0.83,1127.7,M,-19.6,M,0000,0000*65\r\n" +
  "$GPRMC,202641.000,A,4404.1305,N,12118.8515,W,0.01,201.71,130415,,,D*7D\r\n";
/** Winsen MH-Z19B manual p. 7: 544 ppm; and 608 ppm. */
const FRAME = "\xff\x86\x02\x20\0\0\0\0\x58";
const NEXT_FRAME = "\xff\x86\x02\x60\x47\0\0\0\xd1";
/** The document's 1.0.0, in Canonical XML. */
const REPORT =
  '<openspime xmlns="openspime:protocol:core" version="0.9"><transport>' +
  '<data xmlns="openspime:protocol:extension:data" version="0.9"><entry>' +
  "<date>2015-04-13T20:26:40+00:00</date><exposure>outdoor</exposure>" +
  '<lat>44.068843333</lat><lon>-121.314191667</lon><ele unit="m">1127.7</ele>' +
  "<ppm>544</ppm></entry></data></transport></openspime></iq>";

function configuration(): Configuration {
  return {
    host: ACCOUNT.host,
    port: ACCOUNT.port,
    tls: ACCOUNT.tls,
    jid: ACCOUNT.jid,
    password: ACCOUNT.password,
    scopenode: SCOPENODE,
    exposure: "outdoor",
    samplePeriodS: 10,
    co2PreheatS: 0,
    wifi: { ssid: "home", password: "wifi secret" },
  };
}

function boot(
  platform: FakePlatform,
  settings: Configuration,
  primitives?: Primitives,
  driver?: Co2Driver,
): void {
  const uarts = { gps: { device: "gps", baud: 9600 }, co2: { device: "co2" } };
  const board = { name: "test", uarts: uarts, entropy: {} };
  startAgent(platform, primitives || PRIMITIVES, board, settings, driver || DRIVER);
}

function start(): FakePlatform {
  const platform = createFakePlatform();
  platform.setClock(1795564800000);
  boot(platform, configuration());
  return platform;
}

function logIn(platform: FakePlatform): FakeServer {
  const server = createFakeServer(platform.connection(), TOY_HASHES[0], ACCOUNT.password);
  server.logIn();
  platform.advance(0);
  return server;
}

function measure(platform: FakePlatform, epoch: string, frame: string): void {
  platform.line("gps").push(epoch);
  platform.line("co2").push(frame);
}

function idOf(report: string): string {
  return stanza(report).attributes["id"] || "";
}

function contentOf(report: string): string {
  return "<openspime" + report.split("<openspime").slice(1).join("<openspime");
}

function acknowledge(platform: FakePlatform, server: FakeServer, id: string): void {
  const from = SCOPENODE.toLowerCase();
  server.say("<iq type='result' id='" + id + "' from='" + from + "' to='" + BOUND_JID + "'/>");
  platform.advance(0);
}

/** Bytes that are no protocol's, different each time, some of them dangerous. */
function garbage(seed: number): string {
  const dangerous = "$*,\r\n\xff\x86<>&;'\"/ \0";
  let bytes = "";
  for (let count = 0; count < 60; count++) {
    seed = (seed * 69 + 12345) % 16777213;
    const byte = (seed >> 7) & 255;
    bytes += byte < 128 ? dangerous.slice(byte & 15, (byte & 15) + 1) : String.fromCharCode(byte);
  }
  return bytes;
}

function checksummed(body: string): string {
  let sum = 0;
  for (let at = 0; at < body.length; at++) sum ^= body.charCodeAt(at);
  return "$" + body + "*" + (sum + 256).toString(16).slice(1).toUpperCase() + "\r\n";
}

/** One epoch at that second of the day. */
function epochAt(second: number, date?: string): string {
  const minute = Math.floor(second / 60);
  const time = (200000 + minute * 100 + (second % 60)).toString() + ".000";
  const place = "4404.1306,N,12118.8515,W,";
  return (
    checksummed("GPGGA," + time + "," + place + "2,10,0.98,1127.7,M,-19.6,M,,") +
    checksummed("GPRMC," + time + ",A," + place + "0.03,225.97," + (date || "130415") + ",,,D")
  );
}

/** A report that the network's end cuts off; its answer comes too late. */
function loseReport(platform: FakePlatform): void {
  const server = logIn(platform);
  measure(platform, EPOCH, FRAME);
  platform.advance(10000);
  const id = idOf(platform.connection().sent());
  platform.setNetwork(false);
  equal([platform.connection().isClosed(), platform.connections()], [true, 1]);
  acknowledge(platform, server, id);
}

/** The id of the first report when the sensors have spoken that long after the start. */
function firstIdAfter(delayMs: number): string {
  const platform = start();
  platform.advance(delayMs);
  measure(platform, EPOCH, FRAME);
  platform.advance(10000 - delayMs);
  platform.setNetwork(true);
  logIn(platform);
  return idOf(platform.connection().sent());
}

export const agentSuite = suite("agent", function (test) {
  test("from the bytes of two UARTs to the acknowledgement of the document's report", function () {
    const platform = start();
    ok(platform.logged("info hello board=test"), "the log");
    equal(platform.connections(), 0, "no network yet");
    platform.setNetwork(true);
    const server = logIn(platform);
    measure(platform, EPOCH, FRAME);
    equal(platform.connection().sent(), "", "the period is not over");
    platform.advance(10000);
    const report = platform.connection().sent();
    const id = idOf(report);
    const { attributes } = stanza(report);
    equal([attributes["to"], attributes["type"]], [SCOPENODE, "set"]);
    equal(contentOf(report), REPORT);
    platform.advance(80);
    acknowledge(platform, server, id);
    ok(platform.logged("acknowledged id=" + id + " ms=80 waiting=0"), platform.lines.join("\n"));
  });

  test("from pieces of one byte", function () {
    const platform = start();
    platform.setNetwork(true);
    const server = createFakeServer(platform.connection(), TOY_HASHES[0], ACCOUNT.password, true);
    server.logIn();
    eachByte(EPOCH, platform.line("gps").push);
    eachByte(FRAME, platform.line("co2").push);
    platform.advance(10000);
    const report = platform.connection().sent();
    equal(contentOf(report), REPORT);
    acknowledge(platform, server, idOf(report));
    ok(platform.logged(" waiting=0"), "acknowledged");
  });

  test("asks the CO2 sensor at once and every five seconds", function () {
    const platform = start();
    equal(platform.line("co2").sent(), READ_CO2);
    platform.advance(4999);
    equal(platform.line("co2").sent(), "");
    platform.advance(10001);
    equal(platform.line("co2").sent(), READ_CO2 + READ_CO2 + READ_CO2);
    equal(platform.line("gps").sent(), "");
  });

  test("a sensor that is silent leaves a gap, told once a period", function () {
    const platform = start();
    platform.setNetwork(true);
    logIn(platform);
    platform.advance(10000);
    equal(platform.logged("gap"), "warn gap reason=no-fix");
    platform.line("gps").push(EPOCH);
    platform.advance(10000);
    equal(platform.logged("gap"), "warn gap reason=silent");
    equal(platform.connection().sent(), "");
  });

  test("a person at the console may order the CO2 sensor, and hears what came of it", function () {
    const platform = start();
    const order = platform.console!["co2"] as (name: string, value?: number) => void;
    platform.line("co2").push(FRAME);
    platform.line("co2").sent();
    order("zero");
    equal(platform.line("co2").sent(), mhz19Frame("\xff\x01\x87\0\0\0\0\0"));
    equal(platform.logged("co2 command=zero"), "info co2 command=zero outcome=done");
    order("altitude", 120);
    equal(platform.logged("co2 command=altitude"), "info co2 command=altitude outcome=unsupported");
    equal(
      thrownBy(function () {
        order("forced", 1);
      }),
      "forced must be 1000 to 5000",
    );
  });

  test("the altitude is the receiver's when it is not given", function () {
    const ordered: (string | number)[] = [];
    const driver: Co2Driver = {
      name: "stub",
      periodMs: 5000,
      preheatMs: 0,
      mostPpm: 5000,
      uart: { baud: 9600, checkBytes: 0, seal: String },
      open: function () {
        return {
          measure: function () {},
          push: function () {},
          command: function (name, value) {
            ordered.push(name, value);
          },
        };
      },
      measure: function () {},
      ordersOf: function () {
        return {};
      },
    };
    const platform = createFakePlatform();
    boot(platform, configuration(), PRIMITIVES, driver);
    const order = platform.console!["co2"] as (name: string, value?: number) => void;
    platform.line("gps").push(EPOCH);
    order("altitude");
    order("altitude", 5);
    order("pressure", 990);
    equal(ordered, ["altitude", 1128, "altitude", 5, "pressure", 990]);
  });

  test("a fix without a height is a report without one", function () {
    const platform = start();
    platform.setNetwork(true);
    createFakeServer(platform.connection(), TOY_HASHES[0], ACCOUNT.password, true).logIn();
    const fields = ",A,4404.1306,N,12118.8515,W,0.03,225.97,130415,,,D";
    platform.line("gps").push(checksummed("GPRMC,202640.000" + fields));
    platform.line("gps").push(checksummed("GPRMC,202641.000" + fields));
    platform.line("co2").push(FRAME);
    platform.advance(10000);
    const place = contentOf(platform.connection().sent()).split("</exposure>")[1].split("<ppm>")[0];
    equal(place, "<lat>44.068843333</lat><lon>-121.314191667</lon>");
  });

  test("garbage on both UARTs and the socket changes nothing", function () {
    const platform = start();
    platform.setNetwork(true);
    let opened = 0;
    for (let round = 0; round < 40; round++) {
      platform.line("gps").push(garbage(round));
      platform.line("co2").push(garbage(round + 100));
      if (opened !== platform.connections()) platform.connection().open();
      opened = platform.connections();
      platform.connection().receive(garbage(round + 200));
      platform.advance(20000);
    }
    ok(opened > 3, "the socket heard it " + opened + " times");
    equal(platform.logged("report"), "", "no sample came of it");
    platform.connection().fail("cut");
    opened = platform.connections();
    // How long the back-off takes is a matter of chance.
    for (let seconds = 0; seconds < 301 && opened === platform.connections(); seconds++) {
      platform.advance(1000);
    }
    logIn(platform);
    measure(platform, "\r\n" + EPOCH, FRAME + FRAME);
    platform.advance(10000);
    const report = platform.connection().sent();
    equal(contentOf(report), REPORT);
  });

  test("samples of a time without network are delivered when it comes, together", function () {
    const platform = start();
    measure(platform, EPOCH, FRAME);
    platform.advance(10000);
    measure(platform, NEXT_EPOCH, NEXT_FRAME);
    platform.advance(10000);
    platform.setNetwork(true);
    logIn(platform);
    const report = platform.connection().sent();
    between(report, "20:26:40+00:00", "20:26:41+00:00");
    between(report, "<ppm>544</ppm>", "<ppm>608</ppm>");
  });

  test("network down: the link ends, nothing is tried; up: it comes back", function () {
    const platform = start();
    platform.setNetwork(true);
    loseReport(platform);
    platform.advance(600000);
    equal(platform.connections(), 1);
    platform.setNetwork(true);
    const server = logIn(platform);
    const report = platform.connection().sent();
    equal(contentOf(report), REPORT, "the same again");
    acknowledge(platform, server, idOf(report));
    ok(platform.logged("acknowledged"), "acknowledged");
  });

  test("a full flash costs the oldest page of samples, and a line", function () {
    // Without the login that would follow: it does not fit into 3,400 variables beside these fakes.
    const platform = start();
    for (let second = 0; second < 16; second++) {
      equal(platform.logged("dropped"), second > 14 ? "error dropped count=7" : "");
      measure(platform, epochAt(second), FRAME);
      platform.advance(10000);
    }
    equal(platform.lines.filter((line) => contains(line, "dropped")).length, 1);
  });

  test("samples outlive the power", function () {
    const platform = start();
    measure(platform, EPOCH, FRAME);
    platform.advance(10000);
    const second = createFakePlatform();
    second.flash = platform.flash;
    boot(second, configuration());
    equal(second.lines[0], "info hello board=test waiting=1");
    second.setNetwork(true);
    logIn(second);
    equal(contentOf(second.connection().sent()), REPORT);
  });

  test("no secret is in the log", function () {
    const platform = start();
    platform.setNetwork(true);
    logIn(platform);
    measure(platform, EPOCH, FRAME);
    platform.advance(10000);
    platform.connection().fail("cut");
    platform.advance(0);
    const log = platform.lines.join("\n");
    ok(platform.lines.length > 5, log);
    [ACCOUNT.password, toBase64(ACCOUNT.password), "wifi secret", "p="].forEach(function (secret) {
      equal(contains(log, secret), false, secret);
    });
  });

  test("leaves the next run another beginning before anything else", function () {
    const left = start().files["microspime.rng1"] || "";
    equal(left.length, 4 + 2 + 32);
  });

  test("makes its random numbers of the moments at which sensors spoke", function () {
    const id = firstIdAfter(5000);
    ok(id, "an id");
    equal(firstIdAfter(5000), id);
    ok(firstIdAfter(5000.001) !== id, "a microsecond is nothing");
  });
});

/** A board with the toys' key, which somebody may claim when its button was pressed. */
function startClaimable(rsa?: RsaProvider, clockMs?: number): FakePlatform {
  const platform = createFakePlatform();
  const { hashes, cipher } = PRIMITIVES;
  const primitives = {
    hashes,
    cipher,
    rsa: function () {
      return [rsa || toyRsa()];
    },
  };
  const settings = configuration();
  const known = reversed("\0" + new Array(128).join("Z"));
  settings.certifier = "services@spime.example/cert";
  settings.claims = { policy: "button", windowS: 30, days: 1 };
  platform.files["microspime.key"] = toyKey("own") + fieldBytes("kt", known);
  platform.setClock(clockMs === undefined ? 1795564800000 : clockMs);
  boot(platform, settings, primitives);
  platform.advance(10);
  platform.setNetwork(true);
  return platform;
}

const CLAIM =
  "<iq type='set' id='c' from='owner@mydomain.example/web'>" +
  "<openspime xmlns='openspime:protocol:core' version='0.9'><transport>" +
  "<claim xmlns='openspime:protocol:extension:claim' version='0.9'>" +
  "<request claims='" +
  ACCOUNT.jid +
  "'/></claim></transport></openspime></iq>";

export const agentTimeSuite = suite("agent, time", function (test) {
  /** A board that has to seek, for which it needs to know the time; what it sends after a period. */
  function sentAfter(time: string | undefined): string {
    const platform = startClaimable(toyRsa(), 0);
    const server = logIn(platform);
    const question = stanza(platform.connection().sent());
    equal([question.attributes["to"], question.children[0].name], ["spime.example", "time"]);
    if (time !== undefined) {
      server.say(
        "<iq type='result' from='spime.example' id='" +
          question.attributes["id"] +
          "'><time xmlns='urn:xmpp:time'><tzo>+01:00</tzo><utc>" +
          time +
          "</utc></time></iq>",
      );
    }
    platform.pressButton();
    server.say(CLAIM);
    return platform.files["microspime.claims1"] || platform.connection().sent();
  }

  test("the server's, where nobody else knows", function () {
    // A day after.
    ok(contains(sentAfter("2026-11-25T00:00:00Z"), "1795651200 owner@"), "whole seconds");
    ok(contains(sentAfter("2026-11-25T00:00:00.250Z"), "1795651200 owner@"), "with a fraction");
  });

  test("CVE-2013-6477: extreme times are nobody's", function () {
    [
      "",
      "now",
      "1969-12-31T23:59:59Z",
      "2019-12-31T23:59:59Z",
      "2100-01-01T00:00:00Z",
      "20999999-01-01T00:00:00Z",
      "2026-999999-01T00:00:00Z",
      "99999-01-01T00:00:00Z",
      "292278994-08-17T07:12:55Z",
      "-271821-04-20T00:00:00Z",
      "0000-00-00T00:00:00Z",
    ].forEach(function (time) {
      ok(contains(sentAfter(time), "<internal-server-error "), time);
    });
  });

  test("unanswered: nobody's", function () {
    ok(contains(sentAfter(undefined), "<internal-server-error "), "no time, no claim");
  });

  test("who knows the time does not ask", function () {
    const platform = start();
    platform.setNetwork(true);
    logIn(platform);
    equal(platform.connection().sent(), "");
  });
});

/** The same, signed by who asks. */
function signedClaim(): string {
  const content = canonicalXml(stanza(CLAIM).children[0].children[0].children[0], "");
  const signer = createToySecurity();
  let sealed: string | undefined;
  sealContent(signer, content, "", { sign: true }, function (xml) {
    sealed = xml;
  });
  return "<iq type='set' id='c' from='owner@mydomain.example/web'>" + sealed + "</iq>";
}

/** The answer of the certification service to the question that the board has just sent. */
function certify(platform: FakePlatform, server: FakeServer): void {
  const question = stanza(platform.connection().sent());
  const jid = question.children[0].attributes["jid"];
  equal([question.children[0].name, jid], ["pubkeys", "owner@mydomain.example/web"]);
  const modulus = fieldOf(toyKey("owner"), "n=");
  server.say(
    "<iq type='result' from='services@spime.example/cert' id='" +
      question.attributes["id"] +
      "'><pubkeys xmlns='urn:xmpp:tmp:pubkey' jid='" +
      jid +
      "'><KeyInfo><RSAKeyValue><Modulus>" +
      toBase64(modulus) +
      "</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyInfo></pubkeys></iq>",
  );
}

export const agentClaimSuite = suite("agent, claims", function (test) {
  test("without the room for a request in memory its sender is told to wait", function () {
    const platform = startClaimable();
    const server = logIn(platform);
    platform.connection().sent();
    platform.setRoom(499);
    platform.pressButton();
    server.say(CLAIM);
    ok(contains(platform.connection().sent(), "<resource-constraint"), "told so");
    equal(platform.files["microspime.claims1"], undefined);
    platform.setRoom(500);
    server.say(CLAIM);
    ok(contains(platform.connection().sent(), "authorizes="), "granted then");
  });

  test("a request that comes while RSA has the memory waits until that is over, and is granted", function () {
    const rsa = toyRsa();
    const { power } = rsa;
    let finish = function () {};
    const platform = startClaimable(rsa);
    const server = logIn(platform);
    rsa.power = function (key, isPrivate, block, onDone) {
      rsa.underWay = 1;
      finish = function () {
        rsa.underWay = 0;
        power(key, isPrivate, block, onDone);
      };
    };
    measure(platform, EPOCH, FRAME);
    platform.advance(10000);
    platform.connection().sent();
    platform.setRoom(999);
    platform.pressButton();
    server.say(CLAIM);
    platform.advance(20000);
    equal(platform.connection().sent(), "");
    rsa.power = power;
    platform.setRoom(500);
    finish();
    ok(contains(platform.connection().sent(), "<data "), "the report leaves first");
    platform.advance(99);
    equal(platform.connection().sent(), "", "and gives its room back");
    platform.advance(200);
    ok(contains(platform.connection().sent(), "<claimkey>"), "then the request has its turn");
  });

  test("while a claim key is made it answers pings and takes samples, which are reported then", function () {
    const rsa = toyRsa();
    const { power } = rsa;
    let powers = 0;
    let finish = function () {};
    rsa.power = function (key, isPrivate, block, onDone) {
      // The first is that of the boot.
      if (powers++) {
        finish = function () {
          power(key, isPrivate, block, onDone);
        };
      } else power(key, isPrivate, block, onDone);
    };
    const platform = startClaimable(rsa);
    const server = logIn(platform);
    platform.pressButton();
    platform.connection().sent();
    server.say(CLAIM);
    server.say("<iq type='get' id='p' from='a@b/c'><ping xmlns='urn:xmpp:ping'/></iq>");
    equal(platform.connection().sent(), '<iq id="p" to="a@b/c" type="result"></iq>');
    measure(platform, EPOCH, FRAME);
    platform.advance(9990);
    measure(platform, NEXT_EPOCH, NEXT_FRAME);
    platform.advance(10000);
    equal([platform.connection().sent(), platform.logged("gap")], ["", ""], "the claim is first");
    rsa.power = power;
    finish();
    platform.advance(100);
    const sent = platform.connection().sent();
    ok(contains(sent, "<claimkey>"), sent);
    equal(sent.split("<data ").length, 2, "one report");
    platform.advance(10);
    ok(platform.logged("report "), platform.lines.join("\n"));
  });

  test("a signed request is verified with the certified key, and answered", function () {
    const platform = startClaimable();
    const server = logIn(platform);
    platform.pressButton();
    platform.connection().sent();
    server.say(signedClaim());
    certify(platform, server);
    ok(contains(platform.connection().sent(), "<claimkey>"), platform.lines.join("\n"));
    platform.advance(100);
    server.say(signedClaim().split("claims=").join("code='1' claims="));
    certify(platform, server);
    const refused = platform.connection().sent();
    ok(contains(refused, "<signature-error-public-key-corrupted "), refused);
  });

  test("its address is the one that the server has bound", function () {
    const platform = startClaimable();
    const server = createFakeServer(platform.connection(), TOY_HASHES[0], ACCOUNT.password);
    server.open();
    server.offer(["SCRAM-SHA-256"]);
    server.challenge();
    server.accept();
    server.offerBind();
    server.bind("4a6b-5638@spime.example/other");
    platform.pressButton();
    platform.connection().sent();
    server.say(CLAIM);
    ok(contains(platform.connection().sent(), "<item-not-found "), "the configured one");
    platform.advance(100);
    server.say(CLAIM.split("/spime").join("/other"));
    ok(contains(platform.connection().sent(), "<claimkey>"), "the bound one");
  });

  test("the receiver knows the time better than the machine does", function () {
    const platform = startClaimable();
    const server = logIn(platform);
    platform.line("gps").push(epochAt(0, "010130"));
    platform.pressButton();
    server.say(CLAIM);
    const kept = platform.files["microspime.claims1"] || "";
    // A day after 2030-01-01T20:00:00Z.
    ok(contains(kept, "1893614400 owner@"), kept);
  });

  test("unless the receiver lives before the firmware was written", function () {
    const platform = startClaimable();
    const server = logIn(platform);
    platform.line("gps").push(EPOCH);
    platform.pressButton();
    server.say(CLAIM);
    const kept = platform.files["microspime.claims1"] || "";
    // A day after 2026-11-25T00:00:00Z and some seconds.
    ok(contains(kept, "17956512"), kept);
  });

  test("its button lets somebody claim it, and what it keeps of that is in its store", function () {
    const platform = startClaimable();
    const server = logIn(platform);
    platform.connection().sent();
    server.say(CLAIM);
    ok(contains(platform.connection().sent(), "<forbidden "), "before the button");
    platform.advance(100);
    platform.pressButton();
    server.say(CLAIM);
    const answer = platform.connection().sent();
    equal(
      answer.slice(0, 54),
      '<iq id="c" to="owner@mydomain.example/web" type="result">'.slice(0, 54),
    );
    ok(contains(answer, '<response authorizes="owner@mydomain.example"><claimkey>'), answer);
    ok(contains(platform.files["microspime.claims1"] || "", " owner@mydomain.example"), "kept");
    platform.advance(31000);
    server.say(CLAIM.split("owner@").join("other@"));
    ok(contains(platform.connection().sent(), "<forbidden "), "too late");
  });

  test("a set that is nothing of OpenSpime's is refused as ever", function () {
    const platform = startClaimable();
    const server = logIn(platform);
    platform.connection().sent();
    server.say("<iq type='set' id='q' from='a@b/c'><query xmlns='jabber:iq:roster'/></iq>");
    ok(contains(platform.connection().sent(), "<service-unavailable "), "refused");
  });
});

export const agentConfigurationSuite = suite("agent, configuration", function (test) {
  test("a wrong configuration throws and names the field, not its value", function () {
    const wrong: { [name: string]: unknown } = {
      host: "",
      port: "5222",
      tls: 1,
      jid: undefined,
      password: 12345,
      scopenode: "",
      exposure: undefined,
      samplePeriodS: "60",
    };
    Object.keys(wrong).forEach(function (name) {
      const values = configuration();
      (values as unknown as { [name: string]: unknown })[name] = wrong[name];
      const platform = createFakePlatform();
      const message = thrownBy(function () {
        boot(platform, values);
      });
      ok(contains(message, "configuration: " + name + " must be a "), message);
      equal([contains(message, "12345"), platform.timers(), platform.lines], [false, 0, []]);
    });
  });

  test("a board that is to sign does not start without its key, and says nothing in the clear", function () {
    [undefined, ""].forEach(function (key) {
      const platform = createFakePlatform();
      const values = configuration();
      values.certifier = "services@spime.example/cert";
      platform.files["microspime.key"] = key;
      const message = thrownBy(function () {
        boot(platform, values);
      });
      equal([message, platform.timers(), platform.connections()], ["no microspime.key", 0, 0]);
    });
  });

  test("a missing UART throws, and nothing has been started", function () {
    const platform = createFakePlatform();
    platform.uart.open = function (settings) {
      throw new Error("no UART " + settings.device);
    };
    const message = thrownBy(function () {
      boot(platform, configuration());
    });
    equal([message, platform.timers()], ["no UART gps", 0]);
  });
});

export const agentScheduleSuite = suite("agent, schedule", function (test) {
  function startWith(settings: Partial<Configuration>): FakePlatform & { slept: number[] } {
    const platform = createFakePlatform() as FakePlatform & { slept: number[] };
    platform.setClock(1795564800000);
    platform.slept = [];
    platform.sleep = function (durationMs) {
      platform.slept.push(durationMs);
    };
    const all = configuration() as unknown as { [name: string]: unknown };
    for (const name in settings) all[name] = settings[name as keyof Configuration];
    boot(platform, all as unknown as Configuration);
    return platform;
  }

  test("a board sleeps when its time is up, unless a report is under way", function () {
    const platform = startWith({ sleep: { awakeS: 15, asleepS: 900 } });
    platform.setNetwork(true);
    const server = logIn(platform);
    measure(platform, EPOCH, FRAME);
    platform.advance(12000);
    const id = idOf(platform.connection().sent());
    platform.advance(8000);
    equal(platform.slept, [], "a report is under way");
    acknowledge(platform, server, id);
    platform.advance(1000);
    equal(platform.slept, [900000]);
    ok(platform.logged("asleep s=900"), "the log");
  });

  test("with nothing under way it sleeps at once; with a report that does not end, a minute later", function () {
    const platform = startWith({ sleep: { awakeS: 15, asleepS: 900 } });
    platform.advance(15000);
    equal(platform.slept, [900000]);
    const hung = startWith({ sleep: { awakeS: 15, asleepS: 900 } });
    hung.setNetwork(true);
    logIn(hung);
    measure(hung, EPOCH, FRAME);
    hung.setRoom(300);
    hung.advance(74000);
    equal(hung.slept, []);
    hung.advance(1000);
    equal(hung.slept, [900000]);
  });

  test("a board that cannot sleep says so", function () {
    const settings = configuration();
    settings.sleep = { awakeS: 60, asleepS: 900 };
    const thrown = thrownBy(function () {
      boot(createFakePlatform(), settings);
    });
    equal(thrown, "configuration: sleep: this board cannot");
  });

  test("the watchdog is fed with each sample, but not while a report hangs", function () {
    const platform = createFakePlatform();
    let fed = 0;
    platform.feedWatchdog = function (timeoutS) {
      equal(timeoutS, 620);
      fed++;
    };
    boot(platform, configuration());
    platform.setNetwork(true);
    logIn(platform);
    measure(platform, EPOCH, FRAME);
    platform.setRoom(300);
    platform.advance(100000);
    equal(fed, 10);
    platform.advance(600000);
    fed = 0;
    platform.advance(100000);
    equal(fed, 0, "there has been no room for ten minutes");
  });

  test("its status is in the log, and told to whom the configuration says, and to nobody else", function () {
    const platform = createFakePlatform();
    platform.setClock(1795564800000);
    const { monotonicMs } = platform.clock;
    let laterMs = 0;
    platform.clock.monotonicMs = function () {
      return monotonicMs() + laterMs;
    };
    const settings = configuration();
    settings.statusTo = "Monitor@spime.example/city";
    platform.state = function () {
      return { freeVariables: 910 };
    };
    boot(platform, settings);
    platform.setNetwork(true);
    const server = logIn(platform);
    platform.advance(10000);
    const words = "freeVariables=910 board=test version= boots=1 upS=10 waiting=0 rsa=none";
    equal(platform.logged("status"), "info status " + words);
    const told = stanza(platform.connection().sent());
    equal([told.attributes["to"], told.children[0].attributes["boots"]], [settings.statusTo, "1"]);
    ["monitor@spime.example/city", "owner@spime.example/web"].forEach(function (from) {
      const query = "<status xmlns='urn:x-microspime:status'/>";
      server.say("<iq type='get' id='q' from='" + from + "'>" + query + "</iq>");
      const { attributes } = stanza(platform.connection().sent());
      equal(attributes["type"], from[0] === "m" ? "result" : "error");
    });
    laterMs = 86400000;
    platform.advance(10000);
    ok(platform.logged("upS=86420"), "a day later again");
  });

  test("its status waits for the link to whom it is told", function () {
    const platform = createFakePlatform();
    platform.setClock(1795564800000);
    const settings = configuration();
    settings.statusTo = "monitor@spime.example/city";
    boot(platform, settings);
    platform.advance(20000);
    equal(platform.logged("info status"), "");
    platform.setNetwork(true);
    logIn(platform);
    platform.advance(10000);
    equal(stanza(platform.connection().sent()).attributes["to"], settings.statusTo);
  });

  test("on trial, it is confirmed with the first sample that it takes online", function () {
    const platform = createFakePlatform();
    platform.setClock(1795564800000);
    platform.console!["microspimePlace"] = "b";
    platform.console!["microspimeTrial"] = platform.timer.start(600000, function () {});
    boot(platform, configuration());
    platform.advance(10000);
    equal(platform.files["microspime.run"], undefined);
    ok(platform.logged("place=b-trial"), "its status");
    platform.setNetwork(true);
    platform.connection().open();
    logIn(platform);
    equal(platform.files["microspime.run"], undefined);
    platform.advance(10000);
    equal(platform.files["microspime.run"], "b");
    ok(platform.logged("confirmed place=b"), "log");
  });

  test("an update is refused by a board that nobody owns", function () {
    const platform = start();
    platform.setNetwork(true);
    platform.connection().open();
    const server = logIn(platform);
    const update = "<try xmlns='urn:x-microspime:update'/>";
    server.say("<iq type='set' id='q' from='owner@spime.example/web'>" + update + "</iq>");
    const { attributes, children } = stanza(platform.connection().sent());
    equal([attributes["type"], children[0].children[0].name], ["error", "forbidden"]);
  });
});
