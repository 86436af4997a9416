// A tour of OpenSpime v0.9's application examples, in their order, with simulated parties: each section is
// played by those whose code it is, and every stanza is shown as it was sent.

import { setTimeout as delay } from "node:timers/promises";
import { serviceOf } from "../connecting.js";
import { claimSpime, seekSpime } from "../claimer/index.js";
import type { Claim, ClaimOptions } from "../claimer/index.js";
import { Busy, ExitCode, Failure, messageOf } from "../failure.js";
import { foldAddress } from "../openspime/address.js";
import type { Seek } from "../scopenode/index.js";
import { trustBeside } from "../sim/cast.js";
import type { Engine } from "../sim/engines.js";
import type { LogEvent } from "../sim/agent-log.js";
import { within } from "../within.js";
import { setStage } from "./stage.js";
import type { Stage, TourServer } from "./stage.js";
import { TourBoard } from "./tour-board.js";
import type { TourBoardOptions } from "./tour-board.js";

export interface TourOptions {
  readonly engine: Engine;
  /** Of the keys. */
  readonly bits: number;
  readonly outside?: TourServer;
  /** For each section. */
  readonly patienceS: number;
}

export interface TourScene {
  readonly server: string;
  readonly engine: Engine;
  readonly bits: number;
  /** Who is who, by full JID or domain. */
  readonly roles: ReadonlyMap<string, string>;
}

export interface TourAudience {
  onScene(scene: TourScene): void;
  onSection(number: string, title: string): void;
  /** Each stanza once; `from` and `to` are roles, or addresses of nobody known. */
  onStanza(from: string, to: string, xml: string): void;
  /** What the section has come to. */
  onDone(number: string, outcome: string): void;
  /** A line of the board's log. */
  onLog(line: string): void;
}

/** Out of the ScopeNode's scope until the board has asked for the second time; then as later, when the same dates come again. */
const CO2_OUT_OF_SCOPE_FIRST = "0,50\n4,50\n4.1,428\n9999,428";
const CO2 = "0,428";
/** While a small board signs a report it has no memory for a claim. */
const BUSY_RETRY_MS = 2000;

export async function claimWhenFree(options: ClaimOptions): Promise<Claim> {
  for (;;) {
    try {
      return await claimSpime(options);
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      await delay(BUSY_RETRY_MS);
    }
  }
}

type Party = "board" | "scopenode" | "claimer";

/** Rejects with a `Failure` that names the section. */
export async function playTour(options: TourOptions, audience: TourAudience): Promise<void> {
  const tour = new Tour(options, audience);
  try {
    await tour.play();
  } finally {
    await tour.close();
  }
}

class Tour {
  private stage: Stage | undefined;
  private board: TourBoard | undefined;
  private roles: ReadonlyMap<string, string> = new Map();
  private readonly seeks: Seek[] = [];

  constructor(
    private readonly options: TourOptions,
    private readonly audience: TourAudience,
  ) {}

  async play(): Promise<void> {
    const { engine, bits, outside } = this.options;
    // Who is who is not known before all are on stage.
    const early: (() => void)[] = [];
    const stage = await setStage({
      bits,
      ...(outside && { outside }),
      onStanza: (direction, xml) => {
        const show = () => this.show("scopenode", direction, xml);
        if (this.stage) show();
        else early.push(show);
      },
      onSeek: (seek) => void this.seeks.push(seek),
    });
    this.stage = stage;
    this.roles = rolesOf(stage);
    this.audience.onScene({ server: stage.title, engine, bits, roles: this.roles });
    await this.section(
      "XEP-0060",
      "The ScopeNode subscribes to the node of SpimeSeek",
      async () => {
        early.forEach((show) => show());
        return { outcome: `node spimeseek of ${stage.server.pubsub}` };
      },
    );
    await this.section("1.0.0", "A spime reports data, in the clear", () =>
      this.reportPlain(stage),
    );
    await this.section("1.0.1", "Signed and encrypted", () => this.reportSecured(stage));
    const claim = await this.section("1.1.0", "Its owner claims it", () => this.claim(stage));
    await this.section("1.2.0", "The spime seeks what is known about it", () =>
      this.seekSelf(stage),
    );
    await this.section("1.2.1", "Its owner seeks it", () => this.seekAsOwner(stage, claim.value));
  }

  async close(): Promise<void> {
    await this.board?.stop();
    await this.stage?.close();
  }

  private async section<T extends { readonly outcome: string }>(
    number: string,
    title: string,
    play: () => Promise<T>,
  ): Promise<T> {
    this.audience.onSection(number, title);
    try {
      const { patienceS } = this.options;
      const late = `nothing more for ${patienceS} s`;
      const result = await within(patienceS * 1000, late, play());
      this.audience.onDone(number, result.outcome);
      return result;
    } catch (error) {
      if (error instanceof Failure) throw error;
      const message = `Section ${number} was not played to its end: ${messageOf(error)}.`;
      throw new Failure(ExitCode.notAcknowledged, message, "--patience waits longer.");
    }
  }

  private async reportPlain(stage: Stage) {
    const board = await this.startBoard(stage, { hasFix: true, co2: CO2_OUT_OF_SCOPE_FIRST });
    const refused = await board.event(({ name }) => name === "refused");
    await board.event(({ name }) => name === "acknowledged");
    const why = refused.values["condition"];
    return { outcome: `one report refused (${why}), the next one taken` };
  }

  private async reportSecured(stage: Stage) {
    const board = await this.startBoard(stage, { hasFix: true, co2: CO2, isSecured: true });
    await board.event(({ name }) => name === "acknowledged");
    return { outcome: "decrypted, verified and taken" };
  }

  private async claim(stage: Stage): Promise<{ outcome: string; value: Claim }> {
    const { server, certifier } = stage;
    const owner = this.ownerAccount(stage);
    const options = { ...owner, spime: server.jid, spimeCertifier: certifier };
    const value = await Promise.race([claimWhenFree(options), this.board!.crashed]);
    const until = value.expiresAt.toISOString().slice(0, 10);
    return { outcome: `${value.authorizes} is authorized until ${until}`, value };
  }

  private async seekSelf(stage: Stage) {
    const board = await this.startBoard(stage, { hasFix: false, co2: CO2, isSecured: true });
    const { values } = await board.event(({ name }) => name === "found");
    return { outcome: `before its first fix it knows that it was at ${placeOf(values)}` };
  }

  private async seekAsOwner(stage: Stage, claim: Claim) {
    const { certifier = stage.certifier } = claim;
    const { answers } = await seekSpime({
      ...this.ownerAccount(stage),
      signing: { key: stage.keys.owner, certifier: stage.ownerCertifier },
      claim: { ...claim, certifier },
      pubsub: stage.server.pubsub,
      wanted: 1,
      waitMs: this.options.patienceS * 1000,
    });
    const [answer] = answers;
    if (answer === undefined) throw new Error(`no ScopeNode has answered${this.reasons()}`);
    return { outcome: `${answer.entries.length} entries, decrypted by the owner alone` };
  }

  /** Why the ScopeNode has not answered. */
  private reasons(): string {
    const [last] = this.seeks.slice(-1);
    return last ? ` (${last.outcome}: ${last.text})` : "";
  }

  private ownerAccount({ server }: Stage) {
    const service = serviceOf(server.host, server.port, server.tls);
    return {
      service,
      ...server.owner,
      ...trustBeside(service, server),
      onStanza: (direction: "sent" | "received", xml: string) =>
        this.show("claimer", direction, xml),
    };
  }

  /** In the place of the one before. */
  private async startBoard(
    stage: Stage,
    part: Pick<TourBoardOptions, "hasFix" | "co2"> & { readonly isSecured?: boolean },
  ): Promise<TourBoard> {
    const { server, scopenode, certifier, keys } = stage;
    const { host, port, tls, jid, password, owner, pubsub } = server;
    const { isTrusting = false, fingerprint } = server;
    const { hasFix, co2, isSecured = false } = part;
    const claims = { policy: "owners", owners: [owner.jid.split("/")[0] ?? ""], days: 365 };
    await this.board?.stop();
    this.board = await TourBoard.start({
      engine: this.options.engine,
      configuration: {
        ...{ host, port, tls, jid, password, scopenode },
        ...(tls && fingerprint !== undefined && { fingerprint }),
        // The document's seek about itself is not encrypted.
        ...(isSecured && { certifier, encrypt: hasFix, claims, pubsub }),
      },
      ...(isSecured && { key: keys.spime }),
      isTrusting,
      hasFix,
      co2,
      onStanza: (direction, xml) => this.show("board", direction, xml),
      onLog: (line) => this.audience.onLog(line),
    });
    return this.board;
  }

  /** A stanza between two of the parties is seen by both: shown is what was sent. */
  private show(party: Party, direction: "sent" | "received", xml: string): void {
    const stanza = STANZA.exec(xml);
    if (!stanza) return;
    const other = attributeOf(stanza[0], direction === "sent" ? "to" : "from");
    const role = this.roleOf(other);
    if (other === "" || (direction === "received" && PARTIES.includes(role))) return;
    if (direction === "sent") this.audience.onStanza(party, role, xml);
    else this.audience.onStanza(role, party, xml);
  }

  private roleOf(jid: string): string {
    const [bare = ""] = jid.split("/");
    return this.roles.get(foldAddress(jid)) ?? this.roles.get(foldAddress(bare)) ?? jid;
  }
}

const STANZA = /^<(?:iq|message)\s[^>]*>/;
const PARTIES: readonly string[] = ["board", "scopenode", "claimer"] satisfies Party[];

function attributeOf(tag: string, name: string): string {
  const match = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return match?.[1] ?? match?.[2] ?? "";
}

function rolesOf({ server, scopenode, certifier, ownerCertifier }: Stage) {
  const roles = {
    board: server.jid,
    scopenode,
    claimer: server.owner.jid,
    certifier,
    "owner's certifier": ownerCertifier,
    pubsub: server.pubsub,
  };
  return new Map(Object.entries(roles).map(([role, jid]) => [foldAddress(jid), role]));
}

function placeOf(values: LogEvent["values"]): string {
  return `${values["lat"]}, ${values["lon"]} at ${values["date"]}`;
}
