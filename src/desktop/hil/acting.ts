// What a scenario does: faults, power, the line to the server, and what the owner asks.

import type { EmbeddedServer } from "../server/server.js";
import type { VirtualClock } from "../sim/virtual-clock.js";
import type { Judgement } from "./expecting.js";
import type { Gate } from "./gate.js";
import type { Journal } from "./journal.js";
import type { Owner } from "./owner.js";
import type { RigFaults } from "./rig-faults.js";
import type { Action, FaultSpec, Tempo } from "./scenario.js";
import type { Target } from "./targets/target.js";

export interface ActingSurroundings {
  readonly tempo: Tempo;
  readonly clock: VirtualClock;
  readonly journal: Journal;
  readonly faults: { readonly gps: RigFaults; readonly co2: RigFaults };
  readonly gate: Gate;
  readonly target: Target;
  readonly owner: Owner;
  readonly embedded: EmbeddedServer | undefined;
  /** Seconds of the board's clock. */
  readonly pause: (seconds: number) => Promise<void>;
}

const OFF_S = 1;
const SEEK_S = 30;

const done = (seen = "done"): Judgement => ({ isPassed: true, seen });

export class Acting {
  constructor(private readonly around: ActingSurroundings) {}

  /** Rejects with what could not be done. */
  async act(action: Action): Promise<Judgement> {
    const { pause, owner, tempo } = this.around;
    if ("wait" in action) await pause(action.wait * tempo.pace);
    else if ("fault" in action) this.fault(action.fault);
    else if ("claim" in action) owner.claim(action.claim.as ?? "owner", action.claim.code);
    else if ("seek" in action) return this.seek(action.seek.within ?? SEEK_S);
    else if ("status" in action) return done(await this.status());
    else if ("power-cycle" in action) await this.powerCycle(action["power-cycle"].offS ?? OFF_S);
    else if ("power" in action) await this.switchPower(action.power === "on");
    else if ("server" in action) await this.switchServer(action.server);
    else if ("partition" in action) this.partition(action.partition === "begin");
    else this.cut();
    return done();
  }

  fault({ sensor, name, answers, seconds, oneIn }: FaultSpec): void {
    const { tempo, clock } = this.around;
    const faults = this.around.faults[sensor];
    if (name === "none") faults.release();
    else if (answers !== undefined) faults.inject(name, answers);
    else faults.hold(name, oneIn);
    if (seconds !== undefined) clock.after(seconds * tempo.pace * 1000, () => faults.release());
  }

  private seek(withinS: number): Judgement {
    const { owner, tempo } = this.around;
    if (!owner.hasClaim) return { isPassed: false, seen: "the owner has no claim yet" };
    owner.seek((withinS * tempo.pace * 1000) / tempo.speed);
    return done("published");
  }

  private async status(): Promise<string> {
    const fields = await this.around.owner.status();
    const words = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    return words.join(" ");
  }

  private async powerCycle(offS: number): Promise<void> {
    const { pause, tempo } = this.around;
    await this.switchPower(false);
    await pause(offS * tempo.pace);
    await this.switchPower(true);
  }

  private async switchPower(isOn: boolean): Promise<void> {
    const { target, journal } = this.around;
    if (isOn) await target.powerUp();
    else await target.cutPower();
    journal.add({ kind: "power", isOn });
  }

  private async switchServer(state: "down" | "up"): Promise<void> {
    const { gate, journal } = this.around;
    if (state === "down") await gate.close();
    else await this.serverUp();
    journal.add({ kind: "link", what: `server ${state}` });
  }

  /** As after a restart: it knows nothing of the sessions that there were. */
  private async serverUp(): Promise<void> {
    const { embedded, gate } = this.around;
    for (const jid of embedded?.hibernating() ?? []) embedded?.expireSession(jid);
    await gate.open();
  }

  private partition(isBegin: boolean): void {
    const { gate, journal } = this.around;
    gate.partition(isBegin);
    journal.add({ kind: "link", what: isBegin ? "partition" : "partition over" });
  }

  private cut(): void {
    const { gate, journal } = this.around;
    gate.cut();
    journal.add({ kind: "link", what: "cut" });
  }
}
