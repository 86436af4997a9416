// One stream in a fake world: what both suites about xmpp/stream begin with.

import { equal } from "./suite.js";
import type { Hash } from "../../src/firmware/crypto/hash.js";
import type { Element } from "../../src/firmware/xml/element.js";
import { domainOf } from "../../src/firmware/xmpp/jid.js";
import { createLogin } from "../../src/firmware/xmpp/login.js";
import { openStream } from "../../src/firmware/xmpp/stream.js";
import type { Stream, StreamSurroundings } from "../../src/firmware/xmpp/stream.js";
import { createFakePlatform } from "./fake-platform.js";
import type { FakeConnection, FakePlatform } from "./fake-platform.js";
import { ACCOUNT, createFakeServer, freshAccount, SASL, TOY_HASHES } from "./fake-server.js";
import type { FakeServer } from "./fake-server.js";

export const MECHANISMS = ["SCRAM-SHA-256", "SCRAM-SHA-1"];
export const ERRORS = "urn:ietf:params:xml:ns:xmpp-streams";
export const END = "</stream:stream>";

const NOTHING_TO_RESUME = { id: "", received: 0 };

export interface World {
  platform: FakePlatform & StreamSurroundings;
  connection: FakeConnection;
  server: FakeServer;
  stream: Stream;
  /**
   * What the stream said: `online JID`, `stanza NAME`, `closed REASON` with `again`, `refused` (not before five
   * minutes) or `wrong` (an hour).
   */
  events: string[];
}

export function begin(hashes?: Hash[], isTrickling?: boolean): World {
  const platform: FakePlatform & StreamSurroundings = createFakePlatform();
  const offered = hashes || TOY_HASHES;
  const events: string[] = [];
  const account = freshAccount();
  let take: (stanza: Element) => void;
  const stream = openStream(
    platform,
    account,
    domainOf(account.jid),
    function (stanza) {
      take(stanza);
    },
    function () {
      return true;
    },
    function (reason, leastRetryMs) {
      const verdict = leastRetryMs > 300000 ? " wrong" : leastRetryMs ? " refused" : " again";
      events.push("closed " + reason + verdict);
    },
  );
  const around = { entropy: platform.entropy, hashes: offered };
  take = createLogin(around, account, NOTHING_TO_RESUME, stream, function (jid) {
    events.push("online " + jid);
    take = function (stanza) {
      events.push("stanza " + stanza.name);
    };
  });
  const connection = platform.connection();
  const server = createFakeServer(connection, offered[0], ACCOUNT.password, isTrickling);
  return { platform, connection, server, stream, events };
}

/** The stages of a login, each ready for what the server says next. */
export const STAGES: { [name: string]: (server: FakeServer) => void } = {
  greeting: function (server) {
    server.open();
  },
  challenging: function (server) {
    server.open();
    server.offer(MECHANISMS);
  },
  proving: function (server) {
    server.open();
    server.offer(MECHANISMS);
    server.challenge();
  },
  restarting: function (server) {
    server.open();
    server.offer(MECHANISMS);
    server.challenge();
    server.accept();
  },
  binding: function (server) {
    server.open();
    server.offer(MECHANISMS);
    server.challenge();
    server.accept();
    server.offerBind();
  },
  online: function (server) {
    server.logIn();
  },
};

export const STAGE_NAMES = [
  "greeting",
  "challenging",
  "proving",
  "restarting",
  "binding",
  "online",
];
/** Stages at which the server's header is still to come. */
export const FRESH = ["greeting", "restarting"];

/** A stream whose login has come to that stage, and what it said is forgotten. */
export function at(stage: string): World {
  const world = begin();
  STAGES[stage](world.server);
  world.connection.sent();
  world.events.splice(0);
  return world;
}

/** It ended for that reason, with these last words, and nothing is left of it. */
export function expectEnd(world: World, event: string, lastWords: string, what?: string): void {
  const about = what ? what + ": " : "";
  equal(world.events, [event], about + "events");
  equal(world.connection.sent(), lastWords, about + "last words");
  equal(world.connection.isClosed(), true, about + "closed");
  equal(world.platform.timers(), 0, about + "timers");
}

/** The last words after bad XML. */
export function streamError(condition: string): string {
  const error = "<" + condition + ' xmlns="' + ERRORS + '"></' + condition + ">";
  return "<stream:error>" + error + "</stream:error>" + END;
}

export function sasl(name: string, content: string): string {
  return "<" + name + " xmlns='" + SASL + "'>" + content + "</" + name + ">";
}
