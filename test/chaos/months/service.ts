// Whom the board reports to, without TCP: the sessions of the embedded server, and behind it the ScopeNode's own
// acceptance and database. Both can go away and come back; the server with its sessions or without.

import { Random } from "../../../src/desktop/server/random.js";
import { AccountDomain } from "../../../src/desktop/server/account-domain.js";
import { Accounts } from "../../../src/desktop/server/accounts.js";
import { ClientSession } from "../../../src/desktop/server/client-session.js";
import { ComponentDomain } from "../../../src/desktop/server/component-domain.js";
import type { Element } from "../../../src/desktop/server/element.js";
import { element } from "../../../src/desktop/server/element.js";
import type { Jid } from "../../../src/desktop/server/jid.js";
import { allManners } from "../../../src/desktop/server/manners.js";
import { NS } from "../../../src/desktop/server/namespaces.js";
import { Resumptions } from "../../../src/desktop/server/resumptions.js";
import { type Destination, Router } from "../../../src/desktop/server/router.js";
import { SaslNegotiation } from "../../../src/desktop/server/sasl.js";
import { isRequest, resultFor } from "../../../src/desktop/server/stanza.js";
import { Stream } from "../../../src/desktop/server/stream.js";
import type { Timers } from "../../../src/desktop/server/timers.js";
import { keysOf } from "../../../src/desktop/scram-keys.js";
import { scramText } from "../../../src/desktop/provisioning/board-configuration.js";
import type { SteppedClock } from "../../support/stepped-clock.js";
import type { ServerEnd } from "./network.js";

export const DOMAIN = "spime.localhost";
export const SCOPE_DOMAIN = "scopenode.localhost";
const LOCALPART = "4a6b-5638-0312111d";
const PASSWORD = "months";
export const SPIME_JID = `${LOCALPART}@${DOMAIN}/spime`;

const ITERATIONS = 4096;
const HANDSHAKE_TIMEOUT_MS = 30_000;
const MAX_UNACKNOWLEDGED = 500;
const TIME = "urn:xmpp:time";

/** As servers do, for years: the same account for every run. */
const ACCOUNTS = new Accounts(ITERATIONS);
ACCOUNTS.add(LOCALPART, PASSWORD);

/** What a board is provisioned with in the place of its password. */
export function boardScram(): string {
  const { salt } = ACCOUNTS.credentials(LOCALPART, "sha256");
  const keys = keysOf("sha256", PASSWORD, salt, ITERATIONS);
  return scramText({
    mechanism: "SCRAM-SHA-256",
    iterations: ITERATIONS,
    salt: salt.toString("base64"),
    clientKey: keys.clientKey.toString("base64"),
    serverKey: keys.serverKey.toString("base64"),
  });
}

export interface ServiceOptions {
  readonly clock: SteppedClock;
  readonly seed: number;
  /** XEP-0198. */
  readonly isManaged: boolean;
  readonly resumeTimeoutMs: number;
  /** What it says that it is (XEP-0202), Unix time; NaN: it does not say. */
  readonly timeMs: () => number;
  /** Takes what is for the ScopeNode. */
  readonly deliver: (stanza: Element) => void;
}

/** What lives no longer than a server that forgets. */
interface Domains {
  readonly router: Router;
  readonly accountDomain: AccountDomain;
  readonly component: ComponentDomain;
  readonly resumptions: Resumptions;
}

const STREAMS = 1000;

export class Service {
  isUp = true;
  private domains: Domains;
  private streams = 0;
  private isJoined = false;
  private readonly timers: Timers;

  constructor(private readonly options: ServiceOptions) {
    const { clock } = options;
    this.timers = {
      after: (delayMs, callback) => clock.after(delayMs, callback),
      cancel: (handle) => clock.cancel(handle as number),
    };
    this.domains = this.newDomains();
    this.join();
  }

  accept(end: ServerEnd): boolean {
    if (!this.isUp) return false;
    const { seed, isManaged } = this.options;
    const style = { manners: allManners, random: new Random(seed, STREAMS + ++this.streams) };
    end.cutAs(style);
    const stream = new Stream(end, style, NS.client, DOMAIN, this.timers);
    const sasl = new SaslNegotiation(ACCOUNTS, DOMAIN, ["SCRAM-SHA-256"], false);
    new ClientSession(stream, sasl, undefined, {
      ...this.domains,
      domain: DOMAIN,
      streamManagement: isManaged,
      maxUnacknowledged: MAX_UNACKNOWLEDGED,
    });
    stream.startDeadline(HANDSHAKE_TIMEOUT_MS);
    return true;
  }

  /** Its connections are the network's to end. */
  stop(): void {
    this.isUp = false;
  }

  /** All sessions, those that could go on too. */
  forget(): void {
    this.domains.resumptions.close();
    this.domains = this.newDomains();
    if (this.isJoined) this.domains.component.attach(this.link);
  }

  start(): void {
    this.isUp = true;
  }

  /** The ScopeNode is there. */
  join(): void {
    this.isJoined = true;
    this.domains.component.attach(this.link);
  }

  leave(): void {
    this.isJoined = false;
    this.domains.component.detach(this.link);
  }

  /** What the ScopeNode says; lost where there is no server. */
  route(stanza: Element): void {
    if (this.isUp) this.domains.router.route(stanza);
  }

  private readonly link = { deliver: (stanza: Element) => this.options.deliver(stanza) };

  private newDomains(): Domains {
    const { resumeTimeoutMs } = this.options;
    const router = new Router();
    const accountDomain = new AccountDomain(router, ACCOUNTS);
    const component = new ComponentDomain(router, SCOPE_DOMAIN, PASSWORD);
    router.register(DOMAIN, this.withTime(accountDomain, router));
    router.register(SCOPE_DOMAIN, component);
    const limits = { resumeTimeoutMs, maxHibernating: 100, maxHibernatingPerAccount: 10 };
    return { router, accountDomain, component, resumptions: new Resumptions(limits, this.timers) };
  }

  /** The embedded server does not tell the time. */
  private withTime(domain: AccountDomain, router: Router): Destination {
    return {
      deliver: (stanza: Element, to: Jid) => {
        const isQuestion = to.local === "" && isRequest(stanza) && stanza.child("time", TIME);
        const timeMs = this.options.timeMs();
        if (!isQuestion || Number.isNaN(timeMs)) domain.deliver(stanza, to);
        else router.route(resultFor(stanza, timeElement(timeMs)));
      },
    };
  }
}

function timeElement(timeMs: number): Element {
  const utc = `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
  const fields = [element("tzo", TIME, {}, "+00:00"), element("utc", TIME, {}, utc)];
  return element("time", TIME, {}, ...fields);
}
