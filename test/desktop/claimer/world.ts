// Who is there when somebody claims or seeks: a server, a spime that answers as the test wants it, the spime's
// certification service, which has its key and the owner's.

import { client } from "@xmpp/client";
import type { Element, Entity } from "@xmpp/client";
import { startCertificationService } from "../../../src/desktop/certification/index.js";
import type { CertificationService } from "../../../src/desktop/certification/index.js";
import { CORE } from "../../../src/desktop/openspime/namespaces.js";
import { prosody as bareProsody } from "../../support/servers.js";
import type { ServerFixture, ServerSetup, TestServer } from "../../support/servers.js";
import { privateKey, publicKey, readPem } from "../openspime/support.js";

export const DOMAIN = "spime.example";
export const SPIME = "4a6b-5638-0312111d";
export const SPIME_JID = `${SPIME}@${DOMAIN}/spime`;
export const OWNER_JID = `owner@${DOMAIN}/web`;
export const OWNER = `owner@${DOMAIN}`;
export const CERTIFIER_JID = `services@${DOMAIN}/cert`;
export const NODE_DOMAINS = ["scopenode.example", "second.example"] as const;
export const PUBSUB = "pubsub.example";
export const PASSWORD = "correct horse 4711";
export const SECRET = "battery staple";

export const spimeKey = privateKey("spime-2048");
export const spimePublicKey = publicKey("spime-2048");
export const ownerKey = privateKey("scopenode-2048");
export const ownerPublicKey = publicKey("scopenode-2048");
/** Somebody else's. */
export const strangeKey = privateKey("spime-1024");

const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: [SPIME, "owner", "services", "other"].map((localpart) => ({
    localpart,
    password: PASSWORD,
  })),
  components: NODE_DOMAINS.map((domain) => ({ domain, secret: SECRET })),
};

export { embedded } from "../../support/servers.js";

export const prosody: ServerFixture = {
  ...bareProsody,
  start: (options) => bareProsody.start({ ...options, pubsub: PUBSUB }),
};

/** What a spime makes of an iq set with an `<openspime>`. */
export type Behaviour = (iq: Element) => Element | true | Promise<Element | true>;

export class World {
  /** Every request that came to the spime. */
  readonly requests: Element[] = [];
  behaviour: Behaviour = () => true;

  private constructor(
    readonly server: TestServer,
    private readonly service: CertificationService,
    private readonly spime: Entity,
  ) {
    spime.iqCallee.set(CORE, "openspime", ({ stanza }) => {
      this.requests.push(stanza);
      return this.behaviour(stanza);
    });
  }

  static async start(fixture: ServerFixture): Promise<World> {
    const server = await fixture.start(setup);
    const service = await startCertificationService({
      ...login(server, "services"),
      keys: new Map([
        [SPIME_JID, readPem("spime-2048.pub")],
        [OWNER_JID, readPem("scopenode-2048.pub")],
      ]),
    });
    const spime = await logIn(server, SPIME, "spime");
    return new World(server, service, spime);
  }

  /** The owner's login. */
  get account() {
    return { service: login(this.server, "owner").service, jid: OWNER_JID, password: PASSWORD };
  }

  /** The same as options and environment of the program. */
  get accountOptions(): string[] {
    const { host, c2sPort } = this.server;
    return ["--xmpp", `${host}:${c2sPort}`, "--jid", OWNER_JID];
  }

  async stop(): Promise<void> {
    await this.spime.stop();
    await this.service.stop();
    await this.server.stop();
  }
}

export const environment = {
  MICROSPIME_PASSWORD: PASSWORD,
  MICROSPIME_CERT_PASSWORD: PASSWORD,
};

function login({ host, c2sPort }: TestServer, username: string) {
  return { service: `xmpp://${host}:${c2sPort}`, domain: DOMAIN, username, password: PASSWORD };
}

export async function logIn(
  server: TestServer,
  username: string,
  resource: string,
): Promise<Entity> {
  const entity = client({ ...login(server, username), resource });
  entity.on("error", () => {});
  entity.reconnect.stop();
  await entity.start();
  return entity;
}
