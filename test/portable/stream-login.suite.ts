// The login, from the connection to the address, as it should be and with servers that cheat.

import { toBase64 } from "../../src/firmware/bytes.js";
import type { Hash } from "../../src/firmware/crypto/hash.js";
import { PORTABLE_HASHES } from "../../src/firmware/crypto/portable-hash.js";
import { contains } from "./fake-platform.js";
import {
  ACCOUNT,
  BOUND_JID,
  createFakeServer,
  HEADER,
  stanza,
  STANZAS,
  TOY_HASHES,
} from "./fake-server.js";
import { at, begin, END, expectEnd, MECHANISMS, sasl, streamError } from "./stream-world.js";
import { equal, ok, suite } from "./suite.js";

/** The real digests; 4,096 rounds of PBKDF2 would take an interpreter minutes. */
const FAST_HASHES: Hash[] = PORTABLE_HASHES.map(function (hash) {
  return {
    name: hash.name,
    digest: hash.digest,
    pbkdf2: function (password: string, salt: string) {
      return hash.digest(password + salt);
    },
  };
});

const FAILURES = ["not-authorized", "account-disabled", "credentials-expired", "aborted"];
const BIND_ERROR =
  "<error type='cancel'><text xmlns='" + STANZAS + "'>no</text>" + "<conflict xmlns='" + STANZAS;

function unsupported(): string {
  return streamError("unsupported-stanza-type");
}

/** The client's first message after so many random bytes. */
function firstMessage(taken: number): string {
  const { platform, server, connection } = begin();
  platform.entropy.bytes(taken);
  server.open();
  server.offer(MECHANISMS);
  return connection.sent();
}

export const streamLoginSuite = suite("xmpp/stream, login", function (test) {
  test("logs in with SCRAM-SHA-256 and binds its resource", function () {
    const { server, connection, events, platform } = begin(FAST_HASHES);
    equal([connection.address.host, connection.address.port], ["10.0.0.1", 5222]);
    equal(connection.sent(), "", "nothing before the connection stands");
    server.open();
    server.offer(MECHANISMS);
    server.challenge();
    server.accept();
    server.offerBind();
    const bind = connection.sent();
    ok(contains(bind, "<resource>spime</resource>"), bind);
    connection.receive(
      "<iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>" +
        BOUND_JID +
        "</jid></bind></iq>",
    );
    equal(events, ["online " + BOUND_JID]);
    equal(platform.timers(), 0, "the watchdog is off");
  });

  test("logs in with SCRAM-SHA-1 where a server has nothing better", function () {
    const { connection, events } = begin(FAST_HASHES);
    const server = createFakeServer(connection, FAST_HASHES[1], ACCOUNT.password);
    server.open();
    server.offer(["DIGEST-MD5", "SCRAM-SHA-1", "PLAIN"]);
    server.challenge();
    server.accept();
    server.offerBind();
    server.bind(BOUND_JID);
    equal(events, ["online " + BOUND_JID]);
  });

  test("prefers SHA-256 in whatever order the server names them", function () {
    [MECHANISMS, ["SCRAM-SHA-1", "PLAIN", "SCRAM-SHA-256"]].forEach(function (names) {
      const { server, connection } = begin();
      server.open();
      server.offer(names);
      equal(stanza(connection.sent()).attributes["mechanism"], "SCRAM-SHA-256", names.join());
    });
  });

  test("logs in from pieces of one byte", function () {
    const { server, events } = begin(TOY_HASHES, true);
    server.logIn();
    equal(events, ["online " + BOUND_JID]);
  });

  test("two logins use two nonces", function () {
    ok(firstMessage(0) !== firstMessage(1), "the same nonce");
  });

  test("takes the address as the server writes it, another resource included", function () {
    const { server, events } = at("binding");
    server.say("<iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>");
    server.say("<jid>4a6b-5638@spime.example/a&amp;b</jid></bind></iq>");
    equal(events, ["online 4a6b-5638@spime.example/a&b"]);
  });

  test("CVE-2016-10027: a server that offers only PLAIN never sees the password", function () {
    const world = begin();
    world.server.open();
    world.server.offer(["PLAIN", "X-OAUTH2"]);
    expectEnd(world, "closed no-scram-offered:PLAIN,X-OAUTH2 refused", END);
  });

  test("no mechanisms, or features without any, are refused", function () {
    ["", "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"].forEach(function (content) {
      const world = at("greeting");
      world.server.say(HEADER + "<stream:features>" + content + "</stream:features>");
      expectEnd(world, "closed no-scram-offered: refused", END);
    });
  });

  test("a challenge for another nonce, of too few rounds or without sense is refused", function () {
    ["r=other,s=c2FsdA==,i=4096", "r=,s=,i=", "e=other-error", "\0\xff", ""].forEach(
      function (text) {
        const world = at("challenging");
        world.server.say(sasl("challenge", toBase64(text)));
        expectEnd(world, "closed bad-challenge refused", END, text);
      },
    );
    const world = at("challenging");
    world.server.say(sasl("challenge", "not base64!"));
    expectEnd(world, "closed bad-challenge refused", END);
  });

  test("CVE-2022-24968: a server that does not prove that it knows the password is refused", function () {
    const forged = toBase64("v=" + toBase64("0123456789abcdef0123456789abcdef"));
    [forged, "", "=", toBase64("v="), toBase64("e=invalid-proof")].forEach(function (text) {
      const world = at("proving");
      world.server.say(sasl("success", text));
      expectEnd(world, "closed bad-server-signature refused", END, text);
    });
  });

  test("a server with another password gets nowhere", function () {
    const world = begin();
    const impostor = createFakeServer(world.connection, TOY_HASHES[0], "wrong");
    impostor.open();
    impostor.offer(MECHANISMS);
    impostor.challenge();
    world.connection.sent();
    const own = createFakeServer(world.connection, TOY_HASHES[0], "wrong");
    own.say(sasl("success", toBase64("v=" + toBase64("wrong"))));
    expectEnd(world, "closed bad-server-signature refused", END);
  });

  test("success before the challenge, or instead of a login, is none", function () {
    ["challenging", "greeting"].forEach(function (stage) {
      const world = at(stage);
      const start = stage === "greeting" ? HEADER : "";
      world.server.say(start + "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
      expectEnd(world, "closed bad-stream:unsupported-stanza-type again", unsupported(), stage);
    });
  });

  test("features with bind before the login are no way round it", function () {
    const world = at("challenging");
    world.server.say("<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>");
    world.server.say("</stream:features>");
    expectEnd(world, "closed bad-stream:unsupported-stanza-type again", unsupported());
  });

  test("each failure of SASL is a refusal that names its condition", function () {
    FAILURES.forEach(function (condition) {
      const world = at("proving");
      world.server.say(sasl("failure", "<" + condition + "/><text>some &lt;words&gt;</text>"));
      expectEnd(world, "closed login-refused:" + condition + "+text wrong", END);
    });
    const passing = at("proving");
    passing.server.say(sasl("failure", "<temporary-auth-failure/>"));
    expectEnd(passing, "closed login-refused:temporary-auth-failure again", END);
    const world = at("challenging");
    world.server.say(sasl("failure", "<text>no</text>"));
    expectEnd(world, "closed login-refused:text wrong", END);
  });

  test("a refused bind is a refusal that names its condition", function () {
    const world = at("binding");
    world.server.say("<iq type='error' id='bind'>" + BIND_ERROR + "'/></error></iq>");
    expectEnd(world, "closed bind-refused:text+conflict refused", END);
  });

  test("a bind without an address, or for another id, is refused", function () {
    const bind = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@b/c</jid></bind>";
    ["<iq type='result' id='bind'/>", "<iq type='result' id='x'>" + bind + "</iq>"].forEach(
      function (answer) {
        const world = at("binding");
        world.server.say(answer);
        expectEnd(world, "closed bind-refused:none refused", END, answer);
      },
    );
  });
});
