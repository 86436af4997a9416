// Places on the ground: a track of points, and how far two are from each other (a sphere is good enough for a desk).

import type { Point } from "./scenario.js";

const EARTH_M = 6_371_000;
const RADIANS = Math.PI / 180;

/** Along a great circle. */
export function metresBetween(one: Point, other: Point): number {
  const [lat1, lat2] = [one.lat * RADIANS, other.lat * RADIANS];
  const dLat = lat2 - lat1;
  const dLon = (other.lon - one.lon) * RADIANS;
  const a = Math.sin(dLat / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** After so many metres; at the end it stays. */
export function pointOn(track: readonly Point[], metres: number): Point {
  let left = metres;
  for (let i = 1; i < track.length; i++) {
    const [from, to] = [track[i - 1], track[i]];
    const length = metresBetween(from, to);
    if (left < length) return between(from, to, left / length);
    left -= length;
  }
  return track[track.length - 1];
}

function between(from: Point, to: Point, part: number): Point {
  const at = (a: number, b: number) => a + (b - a) * part;
  return {
    lat: at(from.lat, to.lat),
    lon: at(from.lon, to.lon),
    eleM: at(from.eleM ?? 0, to.eleM ?? 0),
  };
}
