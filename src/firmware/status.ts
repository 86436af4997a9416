// How a board is, for whoever looks after it: once a day, and for its owner whenever he asks. Ours; no standard has it.

import type { Board } from "./board.js";
import type { Hash } from "./crypto/hash.js";
import type { RsaProvider } from "./crypto/rsa.js";
import type { Platform } from "./platform.js";
import { readDurable, writeDurable } from "./store/durable-file.js";
import type { SmallStore } from "./store/durable-file.js";
import { attribute, element, escapeText } from "./xml/element.js";

/** The namespace of `<status/>`, in an iq of type get. */
export const STATUS = "urn:x-microspime:status";

/** By name, as it is told. */
export interface Status {
  [name: string]: string | number;
}

/**
 * What the machine says of itself, then what we know: how often the board has started, for how long it has been up, how
 * many samples wait. Names in quotes are left as they are by the build.
 */
export function statusOf(
  platform: Platform,
  { name, version }: Board,
  boots: number,
  upS: number,
  waiting: number,
  rsa: RsaProvider | undefined,
): Status {
  const status: Status = platform.state ? platform.state() : {};
  status["board"] = name;
  status["version"] = version || "";
  status["boots"] = boots;
  status["upS"] = upS;
  status["waiting"] = waiting;
  status["rsa"] = rsa ? rsa.name : "none";
  const place = platform.console && platform.console["microspimePlace"];
  // Of the two that the loader chooses from; on trial until it is confirmed.
  if (place) status["place"] = place + (platform.console!["microspimeTrial"] ? "-trial" : "");
  return status;
}

/** How often the board has started, this start too; it is kept in the store. */
export function countBoot(hash: Hash, store: SmallStore): number {
  const file = { hash, store, name: "microspime.boots" };
  const boots = (parseInt(readDurable(file), 10) || 0) + 1;
  writeDurable(file, "" + boots);
  return boots;
}

export function statusWords(status: Status): string {
  return Object.keys(status)
    .map((name) => " " + name + "=" + status[name])
    .join("");
}

/** `notes` inside of it. */
export function statusXml(status: Status, notes: string): string {
  const attributes = Object.keys(status).map((name) => attribute(name, "" + status[name]));
  return element("status", escapeText(notes), attribute("xmlns", STATUS) + attributes.join(""));
}
