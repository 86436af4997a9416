// Lines on standard output, and beside it: colours only on a terminal (and not with NO_COLOR), objects for scripts.

import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

const hasColours = process.stdout.isTTY && !process.env["NO_COLOR"];

export function paint(style: Style, text: string): string {
  return hasColours ? styleText(style, text) : text;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** To standard error, by the program's name: what is no result. */
export function printAside(...lines: string[]): void {
  process.stderr.write(`microspime: ${lines.join("\n")}\n`);
}

/** What --json prints: an object a line. */
export function printEvent(event: string, values: object): void {
  print(JSON.stringify({ event, ...values }));
}

/** Others' text, without what would move a terminal's cursor. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "\ufffd");
}

export function plural(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** A line for under a place, `indent` characters in; none where the place is of the moment that stands there. */
export function placeAgeLines(indent: number, placeAgeS = 0): string[] {
  return placeAgeS > 0 ? [`${" ".repeat(indent)}(${placeAgeS} s old)`] : [];
}

/** UTC, to the second. */
export function timeOf(date: Date): string {
  return date.toISOString().slice(0, 19).replace("T", " ");
}
