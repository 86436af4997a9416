// SpimeSeek requests for the tests, put together by hand: the ScopeNode's own reader does not read itself.

import { generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { sealClaimKey } from "../../../src/desktop/openspime/claim-key.js";
import { sign } from "../../../src/desktop/openspime/signature.js";
import { element } from "../openspime/support.js";
import { openspimeXml, transportXml } from "./support.js";

export const CERT_JID = "services@spime.openspime.com/cert";
export const OWNER_CERT_JID = "services@spime.openspime.com/owners";
export const SPIME = "4a6b-5638-0312111d@spime.openspime.com/spime";
export const OWNER = "spimeowner@spime.openspime.com/web";

export interface Seeker {
  readonly osid: string;
  readonly cert: string;
  readonly key: KeyObject;
}

export interface SeekChanges {
  readonly id?: string;
  readonly spimeId?: string;
  readonly expiresAt?: Date;
  readonly encrequired?: string;
  /** In the place of the seeker's own. */
  readonly sign?: string;
  /** An element, by `claimKeyXml`. */
  readonly claimKey?: string;
  /** In the place of <request/>. */
  readonly request?: string;
}

const HOUR_MS = 3_600_000;

export function inAnHour(): Date {
  return new Date(Date.now() + HOUR_MS);
}

export function seekXml(seeker: Seeker, changes: SeekChanges = {}): string {
  const { id = "7abc78af21", spimeId = SPIME, expiresAt = inAnHour() } = changes;
  const { encrequired = "false", claimKey = "" } = changes;
  const fields =
    `<spimeid> ${spimeId} </spimeid><expdate>${expiresAt.toISOString()}</expdate>` +
    `<encrequired>${encrequired}</encrequired>`;
  const request = changes.request ?? `<request id='${id}'>${fields}</request>`;
  const xmlns = "http://openspime.org/protocol/spimeseek";
  const payload = `<spimeseek xmlns='${xmlns}' version='0.9'>${request}</spimeseek>`;
  const signature = changes.sign ?? `<sign>${sign(element(payload), seeker.key)}</sign>`;
  const origin = `<originator cert='${seeker.cert}' osid='${seeker.osid}'>`;
  return openspimeXml(`${origin}${signature}${claimKey}</originator>`, transportXml(payload));
}

export interface ClaimKeyChanges {
  readonly cert?: string;
  readonly claims?: string;
  readonly osid?: string;
  readonly expiresAt?: Date;
}

/** <claimkey/>, made by this key. */
export function claimKeyXml(key: KeyObject, changes: ClaimKeyChanges = {}): string {
  const { cert = CERT_JID, claims = SPIME, osid = OWNER, expiresAt = inAnHour() } = changes;
  const text = sealClaimKey({ osid, expiresAt }, key);
  return `<claimkey cert='${cert}' claims='${claims}'> ${text} </claimkey>`;
}

export function newKey(): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}

export interface EventPlace {
  readonly service?: string;
  readonly node?: string;
  readonly to?: string;
}

export const PUBSUB_JID = "pubsub.openspime.com";

/** The message with which a PubSub service tells of items. */
export function eventXml(contents: readonly string[], place: EventPlace = {}): string {
  const { service = PUBSUB_JID, node = "spimeseek", to = "" } = place;
  const items = contents.map((content, index) => `<item id='i${index}'>${content}</item>`).join("");
  const event = `<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${node}'>${items}</items></event>`;
  return `<message from='${service}' to='${to}' type='headline' id='e1'>${event}</message>`;
}
