// The board's owner, and a stranger: what they ask of it, one thing after the other, since each has one address only.

import { askStatus, type Claim, seekSpime } from "../claimer/index.js";
import type { ClaimerAccount, ClaimOptions } from "../claimer/index.js";
import { serviceOf } from "../connecting.js";
import { messageOf } from "../failure.js";
import { newSecret } from "../sim/embedded-addresses.js";
import { trustBeside } from "../sim/cast.js";
import type { Stage } from "../tour/stage.js";
import { claimWhenFree } from "../tour/tour.js";
import type { Happening } from "./journal.js";

const DAY_MS = 86_400_000;
const STATUS_TIMEOUT_MS = 15_000;
const STRANGER = "stranger";

export class Owner {
  private readonly account: ClaimerAccount;
  private readonly stranger: ClaimerAccount;
  private last: Promise<void> = Promise.resolve();
  private claimed: Claim | undefined;

  constructor(
    private readonly stage: Stage,
    onStanza: NonNullable<ClaimerAccount["onStanza"]>,
    private readonly onHappening: (happening: Happening) => void,
  ) {
    const { server, embedded } = stage;
    const service = serviceOf(server.host, server.port, server.tls);
    const trust = trustBeside(service, server);
    this.account = { service, ...server.owner, ...trust, onStanza };
    const password = newSecret();
    embedded?.addAccount(STRANGER, password);
    const jid = `${STRANGER}@${server.jid.split("@")[1].split("/")[0]}/web`;
    this.stranger = { service, jid, password, ...trust, onStanza };
  }

  /** The outcome happens some time later. */
  claim(as: "owner" | "stranger", code: string | undefined): void {
    void this.inTurn(async () => {
      try {
        const options = { ...this.who(as), ...this.spime, ...(code !== undefined && { code }) };
        const claim = await claimWhenFree(options);
        if (as === "owner") this.claimed = claim;
        this.onHappening(granted(claim));
      } catch (error) {
        this.onHappening({ kind: "claim", outcome: "refused", text: messageOf(error) });
      }
    });
  }

  /** An answer happens, or does not, within that time. */
  seek(waitMs: number): void {
    void this.inTurn(async () => {
      const { keys, ownerCertifier, server, certifier } = this.stage;
      if (!this.claimed) return;
      await seekSpime({
        ...this.account,
        signing: { key: keys.owner, certifier: ownerCertifier },
        claim: { ...this.claimed, certifier: this.claimed.certifier ?? certifier },
        ...{ pubsub: server.pubsub, wanted: 1, waitMs },
        onAnswer: (answer) => this.onHappening({ kind: "answer", answer }),
      });
    });
  }

  /** What the board says of itself, which happens too; rejects with a `Failure` when it says nothing. */
  status(): Promise<Readonly<Record<string, string>>> {
    const spime = this.stage.server.jid;
    return this.inTurn(async () => {
      const asked = { ...this.account, spime, timeoutMs: STATUS_TIMEOUT_MS };
      const { fields } = await askStatus(asked);
      this.onHappening({ kind: "state", fields });
      return fields;
    });
  }

  get hasClaim(): boolean {
    return this.claimed !== undefined;
  }

  /** When nothing is under way any more. */
  settled(): Promise<void> {
    return this.last;
  }

  private get spime(): Pick<ClaimOptions, "spime" | "spimeCertifier"> {
    return { spime: this.stage.server.jid, spimeCertifier: this.stage.certifier };
  }

  private who(as: "owner" | "stranger"): ClaimerAccount {
    return as === "owner" ? this.account : this.stranger;
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.last.then(task);
    this.last = done.then(
      () => {},
      () => {},
    );
    return done;
  }
}

function granted({ authorizes, expiresAt }: Claim): Happening {
  const days = Math.round((expiresAt.getTime() - Date.now()) / DAY_MS);
  const text = `${authorizes} is authorized until ${expiresAt.toISOString().slice(0, 10)}`;
  return { kind: "claim", outcome: "granted", text, days };
}
