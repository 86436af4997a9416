// The place of a sample as it is written: in a report, and in the log.

import { formatScaled } from "../format.js";
import { attribute, element } from "../xml/element.js";
import type { Sample } from "./sample.js";

/** `lat`, `lon` and `ele` of an entry; an old place has its age in seconds, which is not in the document. */
export function placeElements(sample: Sample): string {
  return placeWith(sample, function (name, value, unit) {
    const age = sample.placeAgeS ? attribute("age", "" + sample.placeAgeS) : "";
    return element(name, value, age + unit);
  });
}

export function placeForLog(sample: Sample): string {
  const place = placeWith(sample, (name, value) => " " + name + "=" + value);
  return place + (sample.placeAgeS ? " age=" + sample.placeAgeS : "");
}

/** What there is to tell. */
function placeWith(
  { latE9, lonE9, heightMm }: Sample,
  write: (name: string, value: string, unit: string) => string,
): string {
  if (isNaN(latE9)) return "";
  return (
    write("lat", formatScaled(latE9, 9), "") +
    write("lon", formatScaled(lonE9, 9), "") +
    (isNaN(heightMm) ? "" : write("ele", formatScaled(heightMm, 3), attribute("unit", "m")))
  );
}
