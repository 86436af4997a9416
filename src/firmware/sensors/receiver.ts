// A GPS receiver that can be told which sentences to send.

export interface Receiver {
  /** What to write at the start. */
  start(): string;
  /** What to write when a sentence of that name (`GPGSV`) has come; "": nothing. */
  answer(name: string): string;
}
