// Ambient modules have nothing to import.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="../../../src/desktop/types/xmpp.d.ts" />
// What the tests of the ScopeNode share: stanzas as the wire's own parser reads them, and test vectors.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { xml } from "@xmpp/client";
import type { Element } from "@xmpp/client";

export const NODE_JID = "775B-F2C2-2B3765F4@scopenode.openspime.com/co2";
export const SPIME_JID = "4a6b-5638-0312111d@spime.openspime.com/spime";

/** The only stanza in the text, inside a component's stream as it is on the wire. */
export function parseStanza(text: string): Element {
  const parser = new xml.Parser();
  const stanzas: Element[] = [];
  parser.on("element", (stanza: Element) => stanzas.push(stanza));
  parser.write("<stream:stream xmlns='jabber:component:accept' xmlns:stream='x'>");
  parser.write(text);
  assert.ok(stanzas[0], "not one whole stanza");
  return stanzas[0];
}

export function readVector(name: string): string {
  return readFileSync(`test/vectors/openspime/${name}.xml`, "utf8");
}

export function openspimeOf(iq: Element): Element {
  const openspime = iq.getChildElements()[0];
  assert.ok(openspime);
  return openspime;
}

/** An <entry/> of section 1.0.0; a field set to undefined is left out. */
export function entryXml(changes: Record<string, string | undefined> = {}): string {
  const fields = { date: "2008-04-02T17:54:22+01:00", lat: "45.5", lon: "9.2", ppm: "176.4" };
  const children = Object.entries<string | undefined>({ ...fields, ...changes })
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<entry>${children.join("")}</entry>`;
}

export function dataXml(...entries: string[]): string {
  const content = entries.join("");
  return `<data xmlns='openspime:protocol:extension:data' version='0.9'>${content}</data>`;
}

export function transportXml(content: string, attributes = ""): string {
  return `<transport ${attributes}>${content}</transport>`;
}

export function openspimeXml(...children: string[]): string {
  return `<openspime xmlns='openspime:protocol:core' version='0.9'>${children.join("")}</openspime>`;
}

export function reportXml(...entries: string[]): string {
  return openspimeXml(transportXml(dataXml(...entries)));
}

/** A stanza as a server delivers it to the component. */
export function iqXml(content: string, attributes: Record<string, string> = {}): string {
  const all = { type: "set", id: "q1", from: SPIME_JID, to: NODE_JID, ...attributes };
  const written = Object.entries(all).map(([name, value]) => `${name}='${value}'`);
  return `<iq ${written.join(" ")}>${content}</iq>`;
}
