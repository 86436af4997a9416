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

/** Where it stands in the journal. */
export interface Noted<Kind extends Happening["kind"]> {
  readonly at: number;
  readonly what: Extract<Happened, { kind: Kind }>;
}

export class Journal {
  readonly all: Happened[] = [];
  private crashReason: string | undefined;
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
    if (happened.kind === "crash") this.crashReason ??= happened.reason;
    this.onHappened(happened);
    for (const look of [...this.looks]) look();
  }

  /** In their order. */
  of<Kind extends Happening["kind"]>(kind: Kind, from = 0): Noted<Kind>[] {
    const noted = this.all.slice(from).map((what, index) => ({ at: from + index, what }));
    return noted.filter(({ what }) => what.kind === kind) as never;
  }

  /** Gives each of them once: whoever looks all night at what has come looks at what is new. */
  reader<Kind extends Happening["kind"]>(kind: Kind, from = 0): () => Noted<Kind>[] {
    let next = from;
    return () => {
      const news = this.of(kind, next);
      next = this.all.length;
      return news;
    };
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
    return this.crashReason;
  }

  /** Nothing more is to be expected. */
  isOver(): boolean {
    return this.isEnded || this.crashReason !== undefined;
  }
}
