// Whom a board on the bench reports to: the embedded server, and a ScopeNode with a database. Both can go away and
// come back as they were, at the same ports and on the same database.

import { foldAddress } from "../../src/desktop/openspime/address.js";
import { Database, startScopeNode } from "../../src/desktop/scopenode/index.js";
import type { ScopeNode } from "../../src/desktop/scopenode/index.js";
import { startServer } from "../../src/desktop/server/server.js";
import type { EmbeddedServer } from "../../src/desktop/server/server.js";

const DOMAIN = "spime.localhost";
const SCOPE_DOMAIN = "scopenode.localhost";
const SCOPENODE_JID = `node@${SCOPE_DOMAIN}/co2`;
const SPIME_JID = `4a6b-5638-0312111d@${DOMAIN}/spime`;
const PASSWORD = "soak";
const MAX_ENTRIES = 10_000_000;
/** A board that comes back does so sooner; longer, and the server keeps hundreds of sessions that nobody goes on with. */
const RESUME_TIMEOUT_MS = 10_000;

/** What a board is configured with to report there, but for host and port. */
export const ACCOUNT = {
  ...{ tls: false, jid: SPIME_JID, password: PASSWORD },
  ...{ scopenode: SCOPENODE_JID, exposure: "outdoor" },
};

/** 0: any port that is free. */
function serve(port: number, componentPort: number): Promise<EmbeddedServer> {
  return startServer({
    domain: DOMAIN,
    accounts: [{ localpart: SPIME_JID.split("@")[0] ?? "", password: PASSWORD }],
    components: [{ domain: SCOPE_DOMAIN, secret: PASSWORD }],
    ...{ port, componentPort },
    resumeTimeoutMs: RESUME_TIMEOUT_MS,
  });
}

/** `database`: path of its file. */
export async function openStage(database: string): Promise<Stage> {
  const stage = new Stage(database, await serve(0, 0));
  await stage.open();
  return stage;
}

export class Stage {
  /** Entries that have come in, those that were recognised too. */
  received = 0;
  /** Of the server, for boards. */
  readonly port: number;
  private readonly componentPort: number;
  private readonly service: string;
  private server: EmbeddedServer | undefined;
  private node: ScopeNode | undefined;

  constructor(
    private readonly database: string,
    server: EmbeddedServer,
  ) {
    const { address, ports } = server;
    this.server = server;
    this.port = ports.client;
    this.componentPort = ports.component ?? 0;
    this.service = `xmpp://${address}:${this.componentPort}`;
  }

  get isNodeUp(): boolean {
    return this.node !== undefined;
  }

  /** What is not there comes back; a server that does knows no session. */
  async open(): Promise<void> {
    this.server ??= await serve(this.port, this.componentPort);
    this.node ??= await startScopeNode({
      ...{ service: this.service, domain: SCOPE_DOMAIN, secret: PASSWORD, jid: SCOPENODE_JID },
      database: this.database,
      databaseBounds: { maxEntries: MAX_ENTRIES },
      onReport: ({ entries }) => void (this.received += entries.length),
    });
  }

  async stopNode(): Promise<void> {
    const { node } = this;
    this.node = undefined;
    await node?.stop();
  }

  async close(): Promise<void> {
    await this.stopNode();
    const { server } = this;
    this.server = undefined;
    await server?.close();
  }

  /** Of every entry of the board, as Unix time; once all is closed, because one has the file open at a time. */
  storedDates(): number[] {
    const database = new Database(this.database, { maxEntries: MAX_ENTRIES });
    try {
      const entries = database.newest(foldAddress(SPIME_JID), MAX_ENTRIES);
      return entries.map(({ date }) => date.getTime());
    } finally {
      database.close();
    }
  }
}
