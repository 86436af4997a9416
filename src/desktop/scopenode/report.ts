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
import { childrenNamed, isOpenSpime } from "../openspime/element.js";
import type { XmlElement } from "../openspime/element.js";
import { parseEntry } from "../openspime/entry.js";
import type { SpimeEntry } from "../openspime/entry.js";
import { isVersion, refuseVersion } from "../openspime/envelope.js";
import { DATA } from "../openspime/namespaces.js";

export interface Entry extends SpimeEntry {
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
    const entry = reportedEntry(element);
    if (typeof entry === "string") {
      return refuse("inconsistent-data-with-scope", `entry ${index + 1}: ${entry}`);
    }
    entries.push(entry);
  }
  return { value: entries };
}

/** A report without a measurement reports nothing. */
function reportedEntry(element: XmlElement): Entry | string {
  const entry = parseEntry(element, DATA);
  if (typeof entry === "string") return entry;
  const { ppm } = entry;
  return ppm === undefined ? "ppm missing" : { ...entry, ppm };
}
