// An entry as XML, OpenSpime v0.9 section 1.0.0: date, exposure, lat, lon, ele, ppm, in this order; of the place what is
// known, and how old it is (openspime/entry.ts).

import { xml } from "@xmpp/component";
import type { Element } from "@xmpp/component";
import type { Entry } from "./report.js";

export function entryElement({ date, exposure, lat, lon, eleM, placeAgeS, ppm }: Entry): Element {
  const age: Record<string, string> = placeAgeS ? { age: String(placeAgeS) } : {};
  return xml(
    "entry",
    {},
    xml("date", {}, dateTime(date)),
    ...(exposure === undefined ? [] : [xml("exposure", {}, exposure)]),
    ...numberElement("lat", age, lat),
    ...numberElement("lon", age, lon),
    ...numberElement("ele", { ...age, unit: "m" }, eleM),
    xml("ppm", {}, decimal(ppm)),
  );
}

function numberElement(
  name: string,
  attributes: Record<string, string>,
  value: number | undefined,
): Element[] {
  return value === undefined ? [] : [xml(name, attributes, decimal(value))];
}

/** XEP-0082 section 3.2; of a whole second without a fraction, as the document prints it. */
function dateTime(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}

/** Without an exponent, which not every board reads. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(12).replace(/\.?0+$/, "") : text;
}
