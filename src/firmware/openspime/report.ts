// The data report of OpenSpime v0.9, application examples section 1.0.0, in Canonical XML by
// construction: double quotes, namespaces first, then attributes sorted, no empty-element tags.

import { formatDate, formatScaled } from "../format.js";
import type { Sample } from "../report/sample.js";
import { attribute, element, escapeText } from "../xml/element.js";

/** The attributes of an element that opens a namespace of OpenSpime: what it has after `protocol:`. */
export function inProtocol(area: string): string {
  return versioned("openspime:protocol:" + area);
}

export function versioned(namespace: string): string {
  return attribute("xmlns", namespace) + attribute("version", "0.9");
}

function entry(sample: Sample): string {
  return element(
    "entry",
    element("date", formatDate(sample.timeMs)) +
      (sample.exposure && element("exposure", escapeText(sample.exposure))) +
      element("lat", formatScaled(sample.latE9, 9)) +
      element("lon", formatScaled(sample.lonE9, 9)) +
      element("ele", formatScaled(sample.heightMm, 3), attribute("unit", "m")) +
      element("ppm", "" + sample.co2Ppm),
  );
}

/** `<data>` with an `<entry>` for each sample. */
export function dataReport(samples: Sample[]): string {
  return element("data", samples.map(entry).join(""), inProtocol("extension:data"));
}
