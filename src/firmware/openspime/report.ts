// The data report of OpenSpime v0.9, application examples section 1.0.0, in Canonical XML by
// construction: double quotes, namespaces first, then attributes sorted, no empty-element tags.

import { placeElements } from "../report/place.js";
import type { Sample } from "../report/sample.js";
import { formatDate } from "../time.js";
import { attribute, element, escapeText } from "../xml/element.js";

/** The attributes of an element that opens a namespace of OpenSpime: what it has after `protocol:`. */
export function inProtocol(area: string): string {
  return versioned("openspime:protocol:" + area);
}

export function versioned(namespace: string): string {
  return attribute("xmlns", namespace) + attribute("version", "0.9");
}

/** `<data>` with an `<entry>` for each sample; `exposure` as in the configuration. */
export function dataReport(samples: Sample[], exposure: string): string {
  function entry(sample: Sample): string {
    return element(
      "entry",
      element("date", formatDate(sample.timeMs)) +
        (exposure && element("exposure", escapeText(exposure))) +
        placeElements(sample) +
        element("ppm", "" + sample.co2Ppm),
    );
  }
  return element("data", samples.map(entry).join(""), inProtocol("extension:data"));
}
