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

import { clip } from "./conditions.js";
import { parseDateTime } from "./datetime.js";
import { childrenNamed, textOf } from "./element.js";
import type { XmlElement } from "./element.js";

export interface SpimeEntry {
  readonly date: Date;
  readonly exposure?: string;
  /** Degrees, WGS 84. */
  readonly lat: number;
  readonly lon: number;
  /** Metres above sea level. */
  readonly eleM?: number;
  /** CO2 in parts per million of volume. */
  readonly ppm?: number;
}

interface Field<T> {
  readonly element: string;
  readonly optional?: true;
  /** Undefined if the element does not hold such a value. */
  readonly read: (element: XmlElement) => T | undefined;
}

const fields: { readonly [K in keyof SpimeEntry]-?: Field<SpimeEntry[K]> } = {
  date: { element: "date", read: (element) => parseDateTime(textOf(element)) },
  exposure: { element: "exposure", optional: true, read: readText },
  lat: { element: "lat", read: readNumber },
  lon: { element: "lon", read: readNumber },
  eleM: { element: "ele", optional: true, read: readMetres },
  ppm: { element: "ppm", optional: true, read: readNumber },
};

/**
 * The entry, or what is wrong with it; `xmlns` is that of the element around it. Elements that are not fields
 * of section 1.0.0 are ignored.
 */
export function parseEntry(entry: XmlElement, xmlns: string): SpimeEntry | string {
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
  return values as unknown as SpimeEntry;
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
