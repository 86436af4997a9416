// A course of CO2 over time, from lines `seconds,ppm`; other lines (a heading, `#` comments) are passed
// over. Between two lines the value goes straight, after the last one it starts again.

interface Point {
  readonly second: number;
  readonly ppm: number;
}

const POINT = /^\s*(\d+(?:\.\d+)?)\s*[,;\t]\s*(\d+(?:\.\d+)?)\s*$/;

export type Co2Curve = (second: number) => number;

function pointsOf(text: string): Point[] {
  const matches = text.split(/\r?\n/).map((line) => POINT.exec(line));
  return matches.flatMap((match) =>
    match ? [{ second: Number(match[1]), ppm: Number(match[2]) }] : [],
  );
}

function between(before: Point, after: Point, second: number): number {
  const part = (second - before.second) / (after.second - before.second || 1);
  return before.ppm + (after.ppm - before.ppm) * part;
}

/** ppm by second since the start; `undefined` when no line is a point or their times go back. */
export function co2CurveOf(text: string): Co2Curve | undefined {
  const points = pointsOf(text);
  const isOrdered = points.every(({ second }, i) => i === 0 || second > points[i - 1].second);
  if (points.length === 0 || !isOrdered) return undefined;
  const last = points[points.length - 1];
  return (second) => {
    const inCourse = last.second > 0 ? second % last.second : 0;
    const next = points.findIndex((point) => point.second > inCourse);
    if (next < 0) return last.ppm;
    return next === 0 ? points[0].ppm : between(points[next - 1], points[next], inCourse);
  };
}
