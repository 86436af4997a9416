// The data report of OpenSpime v0.9, application examples section 1.0.0, in Canonical XML by
// construction: double quotes, namespaces first, then attributes sorted, no empty-element tags.

import type { Sample } from "../report/sample.js";
import { escapeText } from "../xml/element.js";

/**
 * A decimal number from an integer of 10^-`places` units. Digits are put together from integers below
 * 2^31, because Espruino prints a fraction with 13 digits at most.
 */
export function formatScaled(value: number, places: number): string {
  const scale = +("1e" + places);
  const whole = Math.floor(Math.abs(value) / scale);
  let fraction = "" + (scale + (Math.abs(value) % scale));
  fraction = fraction.slice(1);
  while (fraction.length > 1 && fraction.slice(-1) === "0") fraction = fraction.slice(0, -1);
  return (value < 0 ? "-" : "") + whole + "." + fraction;
}

/** `2008-04-02T16:54:22+00:00`, with the milliseconds where there are any (XEP-0082). */
export function formatDate(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  const seconds = iso.slice(0, 19);
  return seconds + (timeMs % 1000 ? iso.slice(19, 23) : "") + "+00:00";
}

/** An element; where it opens a namespace of OpenSpime, `protocol` is what that has after `protocol:`. */
export function element(name: string, content: string, protocol?: string): string {
  const attributes = protocol ? ' xmlns="openspime:protocol:' + protocol + '" version="0.9"' : "";
  return "<" + name + attributes + ">" + content + "</" + name + ">";
}

function entry(sample: Sample): string {
  return element(
    "entry",
    element("date", formatDate(sample.timeMs)) +
      (sample.exposure && element("exposure", escapeText(sample.exposure))) +
      element("lat", formatScaled(sample.latE9, 9)) +
      element("lon", formatScaled(sample.lonE9, 9)) +
      '<ele unit="m">' +
      formatScaled(sample.heightMm, 3) +
      "</ele>" +
      element("ppm", "" + sample.co2Ppm),
  );
}

/** `<data>` with an `<entry>` for each sample. */
export function dataReport(samples: Sample[]): string {
  return element("data", samples.map(entry).join(""), "extension:data");
}
