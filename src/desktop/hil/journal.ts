// What happens in a run, in its order, by seconds of the board's clock since its power came; and waiting for it.

import type { LogEvent } from "../sim/agent-log.js";
import type { FaultName } from "../sim/sensors/faults.js";

/** One entry of a report that the ScopeNode has taken. */
export interface ReceivedEntry {
  readonly date: Date;
  readonly co2Ppm: number;
  readonly lat?: number;
  readonly lon?: number;
  readonly eleM?: number;
  readonly placeAgeS?: number;
  readonly isSigned: boolean;
  readonly isEncrypted: boolean;
  /** Full JID of who has signed, or else sent, it. */
  readonly osid: string;
}

export type Happening =
  | { readonly kind: "log"; readonly event: LogEvent; readonly line: string }
  | { readonly kind: "entry"; readonly entry: ReceivedEntry }
  | { readonly kind: "replay"; readonly entry: ReceivedEntry }
  | { readonly kind: "refusal"; readonly condition: string; readonly text: string }
  | {
      readonly kind: "claim";
      readonly outcome: "granted" | "refused";
      readonly text: string;
      readonly days?: number;
    }
  | { readonly kind: "answer"; readonly answer: ReceivedAnswer }
  | { readonly kind: "state"; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: "fault"; readonly sensor: "gps" | "co2"; readonly name: FaultName }
  | { readonly kind: "power"; readonly isOn: boolean }
  | { readonly kind: "link"; readonly what: LinkChange }
  | { readonly kind: "crash"; readonly reason: string };

export type LinkChange = "server down" | "server up" | "partition" | "partition over" | "cut";

export interface ReceivedAnswer {
  readonly from: string;
  readonly isEncrypted: boolean;
  readonly entries: readonly { readonly lat?: number; readonly lon?: number }[];
}

export type Happened = Happening & { readonly atS: number };

export class Journal {
  readonly all: Happened[] = [];
  private readonly looks = new Set<() => void>();
  private isEnded = false;

  constructor(
    private readonly nowS: () => number,
    private readonly after: (seconds: number, callback: () => void) => void,
    private readonly onHappened: (happened: Happened) => void,
  ) {}

  add(happening: Happening): void {
    const happened = { ...happening, atS: this.nowS() };
    this.all.push(happened);
    this.onHappened(happened);
    for (const look of [...this.looks]) look();
  }

  /** In their order, with where they stand. */
  of<Kind extends Happening["kind"]>(
    kind: Kind,
    from = 0,
  ): { readonly at: number; readonly what: Extract<Happened, { kind: Kind }> }[] {
    return this.all
      .map((what, at) => ({ at, what }))
      .filter(({ at, what }) => at >= from && what.kind === kind) as never;
  }

  /** Nobody waits any more. */
  end(): void {
    this.isEnded = true;
    for (const look of [...this.looks]) look();
  }

  /** What `find` finds, as soon as it does; undefined after so many seconds, or when the board's program has ended. */
  async until<Found>(seconds: number, find: () => Found | undefined): Promise<Found | undefined> {
    const found = find();
    if (found !== undefined || this.isOver()) return found;
    return new Promise((resolve) => {
      const end = (result: Found | undefined) => {
        this.looks.delete(look);
        resolve(result);
      };
      const look = () => {
        const result = find();
        if (result !== undefined || this.isOver()) end(result);
      };
      this.looks.add(look);
      this.after(seconds, () => end(undefined));
    });
  }

  /** Why, if it has. */
  crash(): string | undefined {
    const crash = this.all.find((one) => one.kind === "crash");
    return crash?.kind === "crash" ? crash.reason : undefined;
  }

  /** Nothing more is to be expected. */
  isOver(): boolean {
    return this.isEnded || this.crash() !== undefined;
  }
}
