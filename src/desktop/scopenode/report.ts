// Data reporting, OpenSpime v0.9 application examples section 1.0.0:
//
//   <openspime xmlns='openspime:protocol:core' version='0.9'>
//     <transport>
//       <data xmlns='openspime:protocol:extension:data' version='0.9'>
//         <entry>
//           <date>2008-04-02T17:54:22+01:00</date>
//           <exposure>outdoor</exposure>
//           <lat>45.475841199050905</lat>
//           <lon>9.172725677490234</lon>
//           <ele unit='m'>120.0</ele>
//           <ppm>176.4</ppm>
//         </entry>
//       </data>
//     </transport>
//   </openspime>

import { refuse } from "../openspime/conditions.js";
import type { Parsed } from "../openspime/conditions.js";
import { parseDateTime } from "../openspime/datetime.js";
import { childrenNamed, isOpenSpime, textOf } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { DATA } from "../openspime/namespaces.js";
import { isVersion, refuseVersion } from "../openspime/envelope.js";

export interface Entry {
  readonly date: Date;
  readonly exposure?: string;
  readonly lat: number;
  readonly lon: number;
  readonly eleM?: number;
  readonly ppm: number;
}

/** The entries of the one element inside <transport/>. */
export function parseData(data: XmlElement): Parsed<Entry[]> {
  if (!isOpenSpime(data, "data", DATA)) {
    return refuse("feature-not-implemented", `<transport/> holds <${data.name}/>, not <data/>`);
  }
  if (!isVersion(data)) return refuseVersion(data);
  const elements = childrenNamed(data, "entry", DATA);
  if (elements.length === 0) return refuse("inconsistent-data-with-scope", "no <entry/>");
  return parseEntries(elements);
}

function parseEntries(elements: XmlElement[]): Parsed<Entry[]> {
  const entries: Entry[] = [];
  for (const [index, element] of elements.entries()) {
    const entry = parseEntry(element);
    if (typeof entry === "string") {
      return refuse("inconsistent-data-with-scope", `entry ${index + 1}: ${entry}`);
    }
    entries.push(entry);
  }
  return { value: entries };
}

interface Field<T> {
  readonly element: string;
  readonly optional?: true;
  /** Undefined if the element does not hold such a value. */
  readonly read: (element: XmlElement) => T | undefined;
}

const fields: { readonly [K in keyof Entry]-?: Field<Entry[K]> } = {
  date: { element: "date", read: (element) => parseDateTime(textOf(element)) },
  exposure: { element: "exposure", optional: true, read: readText },
  lat: { element: "lat", read: readNumber },
  lon: { element: "lon", read: readNumber },
  eleM: { element: "ele", optional: true, read: readMetres },
  ppm: { element: "ppm", read: readNumber },
};

/** The entry, or what is wrong with it. Elements that are not fields of section 1.0.0 are ignored. */
function parseEntry(entry: XmlElement): Entry | string {
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    const [element, second] = childrenNamed(entry, field.element, DATA);
    if (element === undefined && field.optional) continue;
    if (element === undefined) return `${field.element} missing`;
    if (second !== undefined) return `${field.element} given twice`;
    const value = field.read(element);
    if (value === undefined) return `${field.element} not a value: ${clip(textOf(element))}`;
    values[key] = value;
  }
  return values as unknown as Entry;
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

function clip(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
