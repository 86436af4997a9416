// Whether a whole stream, and a session over one, did right with some bytes of a server: what was said to
// whom, and how it ended. What a parser makes of those bytes is what is to be answered.

import type { Element } from "../../src/firmware/xml/element.js";
import { createXmlParser } from "../../src/firmware/xml/parser.js";
import type { XmlFault } from "../../src/firmware/xml/parser.js";
import { createSession } from "../../src/firmware/xmpp/session.js";
import { CAPS } from "../../src/firmware/xmpp/stream.js";
import { createFakePlatform } from "../portable/fake-platform.js";
import type { FakeConnection } from "../portable/fake-platform.js";
import { ACCOUNT, createFakeServer, HEADER, TOY_HASHES } from "../portable/fake-server.js";
import { at, END, FRESH, STAGE_NAMES, streamError } from "../portable/stream-world.js";
import { streamReader } from "../portable/xml-events.js";
import { readBySaxes } from "./saxes-reading.js";

const STREAMS = "http://etherx.jabber.org/streams";
const CLIENT = "jabber:client";
const AFTERWARDS = "<iq type='get' id='late'><ping xmlns='urn:xmpp:ping'/></iq>";

interface Expected {
  /** Those before the first that ends the stream. */
  readonly stanzas: readonly Element[];
  readonly fault?: XmlFault;
  readonly isEnded: boolean;
}

/**
 * What there is to take in the pieces, behind a header of their own or that of the fake server. Nothing is kept of a stanza
 * that is not wanted, nor of what an error brings back.
 */
function expectedOf(pieces: readonly string[], isWanted: (stanza: Element) => boolean): Expected {
  const stanzas: Element[] = [];
  let isEnded = false;
  const builder = streamReader({
    onHeader: () => {},
    onStanza: (stanza) => {
      if (isEnded) return;
      isEnded = stanza.namespace === STREAMS && stanza.name === "error";
      if (!isEnded) stanzas.push(stanza);
    },
    onEnd: () => {
      isEnded = true;
    },
  });
  let isError = false;
  const parser = createXmlParser(CAPS, (element, depth, isWhole) => {
    builder(element, depth, isWhole);
    if (depth === 1 && !isWhole) {
      isError = element.attributes["type"] === "error";
      return element.namespace === STREAMS || isWanted(element);
    }
    return depth !== 2 || !isError || element.name === "error";
  });
  parser.push(HEADER);
  const faults = pieces.map((piece) => parser.push(piece));
  return { stanzas, fault: isEnded ? undefined : faults.at(-1), isEnded };
}

/** The end of a stream after a fault: the error, the closing tag, and the socket closed. */
function problemOfEnd(
  connection: FakeConnection,
  sent: string,
  fault?: XmlFault,
): string | undefined {
  const lastWords = fault ? streamError(fault) : END;
  if (!sent.endsWith(lastWords))
    return `last words ${JSON.stringify(sent.slice(-200))}, not ${lastWords}`;
  if (!connection.isClosed()) return "the socket is open";
  connection.receive(AFTERWARDS);
  const late = connection.sent();
  return late ? `said ${late} after its end` : undefined;
}

/** Bytes that are to be stanzas, perhaps with the stream's end. */
function problemOfOutput(sent: string): string | undefined {
  const restarted = sent.split("<?xml version='1.0'?>");
  for (const part of restarted) {
    const xml = part.startsWith("<stream:stream") ? part : HEADER + part;
    const { error } = readBySaxes(xml);
    if (error) return `wrote what is no XML (${error}): ${JSON.stringify(part)}`;
  }
  return undefined;
}

const names = (stanzas: readonly Element[]): string => stanzas.map(({ name }) => name).join();

function problemOnline(events: readonly string[], expected: Expected): string | undefined {
  const passed = events.filter((event) => event.startsWith("stanza "));
  const said = passed.map((event) => event.slice("stanza ".length)).join();
  return said === names(expected.stanzas)
    ? undefined
    : `passed on ${said}, not ${names(expected.stanzas)}`;
}

/** A stream at a stage of its login, or online. `header`: for stages at which one is due. */
export function judgeStream(
  stage: string,
  header: string,
  pieces: readonly string[],
): string | undefined {
  const world = at(stage);
  const isFresh = FRESH.includes(stage);
  for (const piece of isFresh ? [header, ...pieces] : pieces) world.server.say(piece);
  const sent = world.connection.sent();
  const end = world.events.at(-1) ?? "";
  const closes = world.events.filter((event) => event.startsWith("closed ")).length;
  const bad = /^closed bad-stream:(\S+)/.exec(end)?.[1];
  if (closes > 1 || (closes === 1) !== end.startsWith("closed "))
    return `events ${world.events.join("; ")}`;
  if (closes && world.platform.timers()) return "a timer is left";
  const expected = expectedOf(pieces, () => true);
  const isOnline = stage === "online";
  if (isOnline && (closes === 1) !== (expected.isEnded || !!expected.fault))
    return `ended: ${end}, ${expected.fault}`;
  return (
    (isOnline ? problemOnline(world.events, expected) : undefined) ??
    (closes ? problemOfEnd(world.connection, sent, bad as XmlFault | undefined) : undefined) ??
    problemOfOutput(sent)
  );
}

export const STAGES: readonly string[] = STAGE_NAMES;

interface Reply {
  readonly id: string;
  readonly to: string;
}

/** The replies among what was sent, by saxes. */
function repliesIn(sent: string): Reply[] {
  const { reading } = readBySaxes(HEADER + sent);
  let depth = 0;
  return reading.flatMap((event) => {
    if (event.kind === "close") depth--;
    if (event.kind !== "open") return [];
    depth++;
    const attributes = new Map(event.attributes);
    const isReply = /^(result|error)$/.test(attributes.get("type") ?? "");
    if (depth !== 2 || event.name !== "iq" || !isReply) return [];
    return [{ id: attributes.get("id") ?? "", to: attributes.get("to") ?? "" }];
  });
}

const decoded = (bytes: string | undefined): string =>
  Buffer.from(bytes ?? "", "latin1").toString("utf8");

const isQuery = ({ name, attributes }: Element): boolean =>
  name === "iq" && (attributes["type"] === "get" || attributes["type"] === "set");

/** What a session wants that has asked nothing and waits for no message. */
const isQueryOrError = ({ name, attributes }: Element): boolean =>
  name === "iq" && attributes["type"] !== "result";

/** Each iq of type get or set has one reply, in their order; those of no client's namespace may have one. */
function problemOfReplies(replies: Reply[], expected: Expected): string | undefined {
  const left = [...replies];
  for (const query of expected.stanzas.filter(isQuery)) {
    const [next] = left;
    const isReply =
      next?.id === decoded(query.attributes["id"]) && next.to === decoded(query.attributes["from"]);
    if (isReply) left.shift();
    else if (query.namespace === CLIENT)
      return `no reply to ${JSON.stringify(query.attributes)}, but ${JSON.stringify(next)}`;
  }
  return left.length > 0 ? `${left.length} replies too many` : undefined;
}

/** A session online that answers what is of OpenSpime, and says whether it ended as it should. */
export function judgeSession(pieces: readonly string[]): string | undefined {
  const platform = createFakePlatform();
  const session = createSession({ ...platform, hashes: TOY_HASHES }, ACCOUNT, {
    onOnline: () => {},
    onRequest: (payload, _from, answer) => {
      if (payload.name !== "openspime") return false;
      answer("");
      return true;
    },
    awaitsMessage: () => false,
    onMessage: () => {},
  });
  session.start();
  const connection = platform.connection();
  createFakeServer(connection, TOY_HASHES[0], ACCOUNT.password).logIn();
  connection.sent();
  for (const piece of pieces) connection.receive(piece);
  const sent = connection.sent();
  const expected = expectedOf(pieces, isQueryOrError);
  const isOver = expected.isEnded || !!expected.fault;
  if (session.isOnline() === isOver) return isOver ? "stayed online" : "went offline";
  return (
    problemOfReplies(repliesIn(sent), expected) ??
    (isOver ? problemOfEnd(connection, sent, expected.fault) : undefined) ??
    problemOfOutput(sent)
  );
}
