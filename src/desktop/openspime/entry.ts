// <entry>, where a spime was and what it measured: OpenSpime v0.9 section 1.0.0, in the report of a spime, and
// section 1.2.0, in the answer to who seeks it, where the document prints no <ppm>:
//
//   <entry>
//     <date>2008-04-02T17:54:22+01:00</date>
//     <exposure>outdoor</exposure>
//     <lat>45.475841199050905</lat>
//     <lon>9.172725677490234</lon>
//     <ele unit='m'>120.0</ele>
//   </entry>
//
// Ours, for which the document has no word: an entry without a place has none of <lat/>, <lon/> and <ele/>, one
// with a coarse place has no <ele/>, and a place from before the entry's date has its age, in whole seconds:
//
//     <lat age='340'>45.475841199050905</lat>
//     <lon age='340'>9.172725677490234</lon>
//     <ele age='340' unit='m'>120.0</ele>

import { clip } from "./conditions.js";
import { parseDateTime } from "./datetime.js";
import { childrenNamed, textOf } from "./element.js";
import type { XmlElement } from "./element.js";

export interface SpimeEntry {
  readonly date: Date;
  readonly exposure?: string;
  /** Degrees, WGS 84; both or neither. */
  readonly lat?: number;
  readonly lon?: number;
  /** Metres above sea level; not without `lat` and `lon`. */
  readonly eleM?: number;
  /** How long before `date` the spime was there, in whole seconds; absent: it is the place of that moment. */
  readonly placeAgeS?: number;
  /** CO2 in parts per million of volume. */
  readonly ppm?: number;
}

interface Field<T> {
  readonly element: string;
  readonly optional?: true;
  /** Undefined if the element does not hold such a value. */
  readonly read: (element: XmlElement) => T | undefined;
}

type Fields = Omit<SpimeEntry, "placeAgeS">;

const fields: { readonly [K in keyof Fields]-?: Field<Fields[K]> } = {
  date: { element: "date", read: (element) => parseDateTime(textOf(element)) },
  exposure: { element: "exposure", optional: true, read: readText },
  lat: { element: "lat", optional: true, read: readNumber },
  lon: { element: "lon", optional: true, read: readNumber },
  eleM: { element: "ele", optional: true, read: readMetres },
  ppm: { element: "ppm", optional: true, read: readNumber },
};

/**
 * The entry, or what is wrong with it; `xmlns` is that of the element around it. Elements that are not fields
 * of section 1.0.0 are ignored.
 */
export function parseEntry(entry: XmlElement, xmlns: string): SpimeEntry | string {
  const values = readFields(entry, xmlns);
  if (typeof values === "string") return values;
  const fault = faultOfPlace(values);
  if (fault !== undefined) return fault;
  const age = readPlaceAge(entry, xmlns);
  if (typeof age === "string") return age;
  return age === 0 ? values : { ...values, placeAgeS: age };
}

function readFields(entry: XmlElement, xmlns: string): Fields | string {
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    const [element, second] = childrenNamed(entry, field.element, xmlns);
    if (element === undefined && field.optional) continue;
    if (element === undefined) return `${field.element} missing`;
    if (second !== undefined) return `${field.element} given twice`;
    const value = field.read(element);
    if (value === undefined) return `${field.element} not a value: ${clip(textOf(element), 40)}`;
    values[key] = value;
  }
  return values as unknown as Fields;
}

/** Half a place is none: who left a part out may have meant another place. */
function faultOfPlace({ lat, lon, eleM }: Fields): string | undefined {
  const isAbsent = lat === undefined && lon === undefined && eleM === undefined;
  if (isAbsent || (lat !== undefined && lon !== undefined)) return undefined;
  return `${lat === undefined ? "lat" : "lon"} missing`;
}

/** Nine digits are 31 years, and a number that every reader can hold. */
const AGE = /^\d{1,9}$/;

/** Seconds, the same in each element of the place, or what is wrong. */
function readPlaceAge(entry: XmlElement, xmlns: string): number | string {
  const elements = ["lat", "lon", "ele"].flatMap((name) => childrenNamed(entry, name, xmlns));
  const texts = elements.map(({ attrs }) => attrs.age ?? "0");
  const wrong = texts.find((text) => !AGE.test(text));
  if (wrong !== undefined) return `age of the place not whole seconds: ${clip(wrong, 40)}`;
  const [age = 0, ...others] = new Set(texts.map(Number));
  return others.length === 0 ? age : "lat, lon and ele of different ages";
}

function readText(element: XmlElement): string | undefined {
  return textOf(element) || undefined;
}

/** XML Schema part 2, double without INF and NaN: the author's platform writes exponents. */
const DOUBLE = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function readNumber(element: XmlElement): number | undefined {
  const text = textOf(element);
  const value = DOUBLE.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}

function readMetres(element: XmlElement): number | undefined {
  const { unit = "m" } = element.attrs;
  return unit === "m" ? readNumber(element) : undefined;
}
