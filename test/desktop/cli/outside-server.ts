// An XMPP server outside the program, and the command line that names it.

import { type EmbeddedServer, startServer } from "../../../src/desktop/server/server.js";
import type { ServerSetup } from "../../support/servers.js";

const DOMAIN = "spime.example";
export const JID = `board@${DOMAIN}/roof`;
export const PASSWORD = "correct-horse-4711";
export const SECRET = "battery-staple-0815";
const COMPONENT_DOMAIN = "scopenode.example";
export const CERTIFIER_JID = `services@${DOMAIN}/cert`;
const CERTIFIER_PASSWORD = "paper-clip-1729";

export const setup: ServerSetup = {
  domain: DOMAIN,
  accounts: [
    { localpart: "board", password: PASSWORD },
    { localpart: "services", password: CERTIFIER_PASSWORD },
  ],
  components: [{ domain: COMPONENT_DOMAIN, secret: SECRET }],
};

/** Where it is reached; the secrets go by the environment. */
export interface OutsidePorts {
  readonly host: string;
  readonly c2sPort: number;
  readonly componentPort: number;
}

export const credentials = {
  MICROSPIME_PASSWORD: PASSWORD,
  MICROSPIME_SECRET: SECRET,
  MICROSPIME_CERT_PASSWORD: CERTIFIER_PASSWORD,
};

export const outsideOptions = (ports: OutsidePorts) => [...serverOptions(ports), "--plain"];

/** With the third account, that of the certification service. */
export const securedOptions = (ports: OutsidePorts) => [
  ...serverOptions(ports),
  ...["--certifier-jid", CERTIFIER_JID],
];

function serverOptions({ host, c2sPort, componentPort }: OutsidePorts): string[] {
  const server = ["--xmpp", `${host}:${c2sPort}`, "--jid", JID];
  const component = ["--component", `${host}:${componentPort}`];
  return [...server, ...component, "--component-domain", COMPONENT_DOMAIN];
}

export interface OutsideServer extends OutsidePorts {
  readonly server: EmbeddedServer;
}

/** Ports: those it had before, to come back there. */
export async function startOutside(before?: OutsidePorts): Promise<OutsideServer> {
  const server = await startServer({
    ...setup,
    port: before?.c2sPort ?? 0,
    componentPort: before?.componentPort ?? 0,
  });
  const { client, component } = server.ports;
  return { server, host: server.address, c2sPort: client, componentPort: component ?? 0 };
}
